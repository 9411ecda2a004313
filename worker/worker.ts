import type { DataConverter } from '@temporalio/common'
import { type NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker'
import { OWN_BUNDLE_PARTS } from './bundle.js'
import type { WorkerConfig } from './config.js'

/** After the grace time, activities are cancelled; this long later the worker ends whatever they do. */
const FORCE_AFTER_GRACE_MS = 5_000

export interface WorkerDependencies {
  readonly connection: NativeConnection
  /** From `createActivities`. */
  readonly activities: object
  /** From `dataConverterOf`. */
  readonly dataConverter: DataConverter
}

/** The part of the configuration that a worker itself needs. */
export type WorkerShape = Pick<
  WorkerConfig,
  | 'temporal'
  | 'taskQueue'
  | 'workflowBundle'
  | 'shutdownGraceMs'
  | 'maxCachedWorkflows'
  | 'maxConcurrentActivities'
  | 'stickyTimeoutMs'
  | 'version'
>

/** A Temporal worker for journeys and their activities. Runs with `worker.run()`; the connection stays the caller's. */
export function createOnboardingWorker(config: WorkerShape, dependencies: WorkerDependencies): Promise<Worker> {
  return Worker.create({
    connection: dependencies.connection,
    namespace: config.temporal.namespace,
    taskQueue: config.taskQueue,
    activities: dependencies.activities,
    dataConverter: dependencies.dataConverter,
    ...workflowSource(config.workflowBundle),
    shutdownGraceTime: config.shutdownGraceMs,
    shutdownForceTime: config.shutdownGraceMs + FORCE_AFTER_GRACE_MS,
    maxCachedWorkflows: config.maxCachedWorkflows,
    maxConcurrentActivityTaskExecutions: config.maxConcurrentActivities,
    stickyQueueScheduleToStartTimeout: config.stickyTimeoutMs,
    ...OUTLASTS_A_FREEZE,
    ...versioning(config.version),
  })
}

/**
 * The SDK interrupts a workflow's step after five seconds by the clock, and has no public option for it. A process that was
 * frozen for so long in the middle of one would end by it: Node's `vm` leaves async hooks in disorder
 * ("async hook stack has become corrupted"). Our steps are a few milliseconds of pure code.
 */
const OUTLASTS_A_FREEZE = { isolateExecutionTimeout: '1 minute' }

/** The prebuilt bundle holds interceptors and converters already. */
export function workflowSource(
  bundle: string | undefined,
): Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath' | 'interceptors' | 'bundlerOptions'> {
  if (bundle !== undefined) return { workflowBundle: { codePath: bundle } }
  const { workflowsPath, workflowInterceptorModules, preloadModules } = OWN_BUNDLE_PARTS
  return {
    workflowsPath,
    interceptors: { workflowModules: workflowInterceptorModules },
    bundlerOptions: { preloadModules },
  }
}

/** Journeys take days at most, so each stays on the build that it began with. */
function versioning(version: WorkerConfig['version']): Pick<WorkerOptions, 'workerDeploymentOptions'> {
  if (version === undefined) return {}
  return { workerDeploymentOptions: { version, useWorkerVersioning: true, defaultVersioningBehavior: 'PINNED' } }
}
