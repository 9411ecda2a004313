import { setTimeout as sleep } from 'node:timers/promises'
import type { Receipt, SharedReceipt } from '../workflows/messages.js'
import { OnboardingError } from './errors.js'
import { callLive, describeJourney, keyOf, queryReceipt, readable, type Submission } from './journeys.js'
import type { Prepared } from './messages.js'
import { type OneJourney, runsOf } from './runs.js'
import { call, type Wire, withinDeadline } from './wire.js'

/** Between two times that a message which waits behind others is sent, in milliseconds. */
const PAUSE_MS = 200

/**
 * Sends a message as an update and answers what became of it, all within the client's deadline. The same submission
 * again gets the same answer, also after the journey has closed.
 * @param only the journey that is meant; default: whichever is the last one
 * @returns `QUEUED` only where the deadline passed before it was known what came of it
 * @throws OnboardingError a refusal of the journey, or a code of the client; STARTED_ANEW only with `only`
 */
export async function answerOf<R extends SharedReceipt = Receipt>(
  wire: Wire,
  workflowId: string,
  prepared: Prepared,
  only?: OneJourney,
): Promise<R> {
  const bounded = withinDeadline(wire)
  let queued: R | null = null
  try {
    // A journey that makes room in its history answers QUEUED; the next run knows the submission, and answers again.
    for (;;) {
      const receipt: R = await sendOnce<R>(bounded, workflowId, prepared, only, queued !== null)
      if (receipt.outcome !== 'QUEUED') return receipt
      queued = receipt
      if (Date.now() + PAUSE_MS >= bounded.end) return queued
      await sleep(PAUSE_MS)
    }
  } catch (error) {
    // QUEUED is a good answer too: time that runs out behind it is no error.
    if (queued && error instanceof OnboardingError && UNKNOWN_YET.includes(error.code)) return queued
    throw error
  }
}

const UNKNOWN_YET: readonly string[] = ['DEADLINE', 'WORKER_LACKS_KEY']

async function sendOnce<R extends SharedReceipt = Receipt>(
  wire: Wire,
  workflowId: string,
  { name, body, submissionId }: Prepared,
  only: OneJourney | undefined,
  wasQueued: boolean,
): Promise<R> {
  const submission = { message: name, submissionId }
  const handle = wire.workflows.getHandle(workflowId, undefined, only && { firstExecutionRunId: only.firstRunId })
  const send = (): Promise<R> => handle.executeUpdate(name, { args: [body], updateId: keyOf(submission) })
  try {
    return await callLive(wire, { call: name, workflowId, submissionId }, send, only?.firstRunId)
  } catch (error) {
    if (!(error instanceof OnboardingError) || !ENDED.includes(error.code)) throw error
    const runs = await endedRuns(wire, workflowId, only)
    const answer = await answerInAny<R>(wire, workflowId, runs, submission)
    if (answer && answer.outcome !== 'QUEUED') return answer
    // What came of a message that a later run took out of the queue was told to nobody.
    const carried = answer !== null || wasQueued
    const remembered = carried ? await rememberedBy<R>(wire, workflowId, runs, submission) : null
    if (remembered) return remembered
    // Refused, or never taken.
    throw error
  }
}

const ENDED: readonly string[] = ['JOURNEY_CLOSED', 'STARTED_ANEW']

/** What became of a submission, or null where the journey has not heard of it, has refused it, or has forgotten it. */
export async function receiptOf<R extends SharedReceipt = Receipt>(
  wire: Wire,
  workflowId: string,
  submission: Submission,
): Promise<R | null> {
  const bounded = withinDeadline(wire)
  const asked = await queryReceipt<R>(bounded, workflowId, submission)
  if (asked.open) return asked.value
  const runs = await endedRuns(bounded, workflowId)
  const answer = await answerInAny<R>(bounded, workflowId, runs, submission)
  if (answer && answer.outcome !== 'QUEUED') return answer
  // Of a signal the server keeps no outcome.
  return rememberedBy<R>(bounded, workflowId, runs, submission)
}

/**
 * What a journey that has ended answered to an update: the server keeps it in the run that was asked. QUEUED only where
 * the update went on into a later run and was not sent there again.
 * @param runs the newest first
 */
async function answerInAny<R extends SharedReceipt = Receipt>(
  wire: Wire,
  workflowId: string,
  runs: readonly string[],
  submission: Submission,
): Promise<R | null> {
  let queued: R | null = null
  for (const runId of runs) {
    const answer = await answerIn<R>(wire, workflowId, runId, submission)
    if (answer && answer.outcome !== 'QUEUED') return answer
    queued ??= answer
  }
  return queued
}

/** What the journey itself has kept of its latest answers. Only a worker can tell: it replays the closed run. */
async function rememberedBy<R extends SharedReceipt = Receipt>(
  wire: Wire,
  workflowId: string,
  [lastRun]: readonly string[],
  submission: Submission,
): Promise<R | null> {
  if (lastRun === undefined) return null
  const asked = await queryReceipt<R>(wire, workflowId, submission, lastRun)
  return asked.open ? asked.value : null
}

/** The runs of the journey that is meant, the newest first. */
async function endedRuns(wire: Wire, workflowId: string, only?: OneJourney): Promise<string[]> {
  if (only) return runsOf(wire, workflowId, only)
  const last = await describeJourney(wire, workflowId)
  if (!last) return []
  return last.runId === last.firstRunId ? [last.runId] : runsOf(wire, workflowId, last)
}

/** What one closed run answered to an update; null where it has not heard of it, or ended before it answered. */
async function answerIn<R extends SharedReceipt = Receipt>(
  wire: Wire,
  workflowId: string,
  runId: string,
  submission: Submission,
): Promise<R | null> {
  const facts = { call: 'receipt', workflowId }
  const handle = wire.workflows.getHandle(workflowId, runId)
  try {
    return readable(await call(wire, facts, () => handle.getUpdateHandle<R>(keyOf(submission)).result()), facts)
  } catch (error) {
    if (error instanceof OnboardingError && UNANSWERED.includes(error.code)) return null
    throw error
  }
}

const UNANSWERED: readonly string[] = ['NOT_FOUND', 'JOURNEY_CLOSED']
