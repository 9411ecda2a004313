import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileEvidenceStore, type OnboardingClient, type Rail, type Retention, type View } from '../../client/index.js'
import { type JourneyOptions, startJourney, type TestJourney, until } from '../support/journeys.js'
import { type CodecKeyRing, generateCodecKey, readIdKey } from '../../secrets/index.js'
import type { TestStack } from '../support/test-stack.js'

/** The days are a test's; nobody's decision. */
export const RETENTION: Retention = {
  history: { days: 30, daysAfterWithdrawal: 0, basis: 'test basis of history' },
  evidence: { days: 60, basis: 'test basis of evidence' },
  sealedSecrets: { days: 1, basis: 'test basis of secrets' },
  logs: { days: 60, basis: 'test basis of logs' },
}

/** Who erases, and why. */
export const AUDIT = { reason: 'request 4711', actor: { type: 'operator', id: 'op-7' } } as const

/** A client that keeps evidence in a folder. */
export function eraser(stack: TestStack, folder: string, retention = RETENTION): Promise<OnboardingClient> {
  return stack.connect({ evidence: fileEvidenceStore(folder), retention })
}

/** Codec keys of this deployment that nothing was encrypted with: whoever has only them reads no journey. */
export async function unusedCodecKeys({ local }: TestStack): Promise<CodecKeyRing> {
  return { keys: [generateCodecKey(await readIdKey(local.clientEnv['ONBOARDING_ID_KEY_FILE'] ?? ''))] }
}

/** A journey that completed. */
export async function completed(stack: TestStack, rail: Rail, options: JourneyOptions = {}): Promise<TestJourney> {
  const journey = await startJourney(stack, rail, options)
  const view: View = await journey.person.finish(journey.view)
  if (view.state !== 'COMPLETED') throw new Error(`The journey ended as ${view.state}`)
  return journey
}

/** Waits until visibility lists so many closed journeys of an id. */
export async function untilListed({ temporal }: OnboardingClient, workflowId: string, count: number): Promise<void> {
  await until(async () => {
    const query = `WorkflowId = '${workflowId}' AND ExecutionStatus != 'Running'`
    return (await temporal.workflow.count(query)).count === count
  }, `visibility lists ${count} closed runs`)
}

/** Every file below a folder: its path, its rights, its text. */
export async function filesIn(folder: string): Promise<{ path: string; mode: number; text: string }[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return Promise.all(
    files.sort().map(async (path) => ({
      path: path.slice(folder.length + 1),
      mode: (await stat(path)).mode & 0o777,
      text: await readFile(path, 'utf8'),
    })),
  )
}

/** Events of all runs of an id that the server still has. */
export async function runsLeft({ temporal }: OnboardingClient, workflowId: string): Promise<number> {
  let left = 0
  for await (const { runId } of temporal.workflow.list({ query: `WorkflowId = '${workflowId}'` })) {
    const gone = await temporal.workflow
      .getHandle(workflowId, runId)
      .describe()
      .then(
        () => false,
        (error: Error) => error.name === 'WorkflowNotFoundError',
      )
    if (!gone) left += 1
  }
  return left
}

/** Resets the last run of an id to its first step: the journey begins again in a run of its own. */
export async function reset({ temporal }: OnboardingClient, workflowId: string): Promise<void> {
  const handle = temporal.workflow.getHandle(workflowId)
  const { runId } = await handle.describe()
  const { events } = await handle.fetchHistory()
  const done = events?.find(({ workflowTaskCompletedEventAttributes }) => workflowTaskCompletedEventAttributes)
  await temporal.workflowService.resetWorkflowExecution({
    namespace: temporal.options.namespace,
    workflowExecution: { workflowId, runId },
    ...{ reason: 'test', requestId: `reset-${runId}`, workflowTaskFinishEventId: done?.eventId ?? null },
  })
}
