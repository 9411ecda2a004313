import { fileURLToPath } from 'node:url'
import { NativeConnection, Runtime, Worker } from '@temporalio/worker'
import { createLimits } from '../../activities/limits/index.js'
import { dataConverterOf } from '../../secrets/index.js'
import { createLogger } from '../../worker/index.js'

/**
 * A worker of its own process that runs the limits and asks them from activities:
 * `<address> <task queue> <id key, hex> [build]`. With a build its journeys are pinned, as in `worker/worker.ts`. Prints
 * one line when it polls.
 */
const [address = '', taskQueue = '', idKey = '', buildId] = process.argv.slice(2)
const path = (file: string): string => fileURLToPath(new URL(file, import.meta.url))

Runtime.install({ logger: createLogger({ level: 'warn' }) })
const connection = await NativeConnection.connect({ address })
const worker = await Worker.create({
  ...{
    connection,
    taskQueue,
    dataConverter: dataConverterOf(null),
    shutdownGraceTime: 5_000,
    stickyQueueScheduleToStartTimeout: 300,
  },
  activities: createLimits({ idKey: Buffer.from(idKey, 'hex'), taskQueue }),
  workflowsPath: path('./workflows.ts'),
  ...(buildId !== undefined && {
    workerDeploymentOptions: {
      ...{ version: { deploymentName: taskQueue, buildId }, useWorkerVersioning: true },
      defaultVersioningBehavior: 'PINNED' as const,
    },
  }),
  interceptors: { workflowModules: [path('../../workflows/interceptors.ts')] },
})
const running = worker.run()
process.stdout.write('polls\n')
await running
await connection.close()
