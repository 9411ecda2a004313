import { setTimeout as sleep } from 'node:timers/promises'
import { type ClosedState, type MessageName, type OnboardingResult, type Receipt } from '../workflows/messages.js'
import { OnboardingError } from './errors.js'
import { callLive, journeyResult, queryReceipt } from './journeys.js'
import type { Prepared } from './messages.js'
import { call, type Wire } from './wire.js'

/** Between two times that a message which waits behind others is sent, in milliseconds. */
const PAUSE_MS = 200

/** One journey of a sender, whatever other ones there were before or are there since. */
export interface OneJourney {
  /** Any run of it. */
  readonly runId: string
  readonly firstRunId: string
}

interface Submission {
  readonly message: MessageName
  readonly submissionId: string
}

/**
 * Sends a message as an update and answers what became of it. The same submission again gets the same answer, also
 * after the journey has closed.
 * @param only the journey that is meant; default: whichever is the last one
 * @throws OnboardingError a refusal of the journey, or a code of the client; STARTED_ANEW only with `only`
 */
export async function answerOf(
  wire: Wire,
  workflowId: string,
  prepared: Prepared,
  only?: OneJourney,
): Promise<Receipt> {
  const { name, body, submissionId } = prepared
  const updateId = `${name}:${submissionId}`
  const facts = { call: name, workflowId, submissionId }
  const end = Date.now() + wire.settings.deadlineMs
  const handle = wire.workflows.getHandle(workflowId, undefined, only && { firstExecutionRunId: only.firstRunId })
  let queued: Receipt | null = null
  try {
    // A journey that makes room in its history answers QUEUED; the next run knows the submission, and answers again.
    do {
      if (queued) await sleep(PAUSE_MS)
      const send = (): Promise<Receipt> => handle.executeUpdate(name, { args: [body], updateId })
      const receipt = await callLive(wire, facts, send, only?.firstRunId)
      if (receipt.outcome !== 'QUEUED') return receipt
      queued = receipt
    } while (Date.now() + PAUSE_MS < end)
    return queued
  } catch (error) {
    if (!(error instanceof OnboardingError)) throw error
    // QUEUED is a good answer too: time that runs out behind it is no error.
    if (queued && error.code === 'DEADLINE') return queued
    if (error.code !== 'JOURNEY_CLOSED' && error.code !== 'STARTED_ANEW') throw error
    const runId = error.code === 'STARTED_ANEW' ? only?.runId : undefined
    const earlier = await answerBeforeTheEnd(wire, workflowId, updateId, runId)
    if (earlier && earlier.outcome !== 'QUEUED') return earlier
    if (queued) {
      const result = await journeyResult(wire, workflowId, undefined, only?.firstRunId)
      return closingReceipt({ message: name, submissionId }, result)
    }
    throw error
  }
}

/** What became of a submission, or null. */
export async function receiptOf(wire: Wire, workflowId: string, submission: Submission): Promise<Receipt | null> {
  const answer = await queryReceipt(wire, workflowId, submission)
  if (answer.open) return answer.value
  return answerBeforeTheEnd(wire, workflowId, `${submission.message}:${submission.submissionId}`)
}

/** The server keeps the outcomes of a closed run's updates. The last run, unless another one is named. */
async function answerBeforeTheEnd(
  wire: Wire,
  workflowId: string,
  updateId: string,
  runId?: string,
): Promise<Receipt | null> {
  const facts = { call: 'receipt', workflowId }
  const handle = wire.workflows.getHandle(workflowId, runId)
  try {
    return await call(wire, facts, () => handle.getUpdateHandle<Receipt>(updateId).result())
  } catch (error) {
    if (error instanceof OnboardingError && error.code === 'NOT_FOUND') return null
    throw error
  }
}

/** The journey ended with this message, or before it: its end is the outcome. */
function closingReceipt({ message, submissionId }: Submission, { state, view }: OnboardingResult): Receipt {
  const outcome: ClosedState = state
  const { status, nextAction, revision } = view
  return { submissionId, message, outcome, state, status: status.kind, nextAction, revision }
}
