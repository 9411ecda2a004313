import { setTimeout as sleep } from 'node:timers/promises'
import { type ClosedState, type MessageName, type OnboardingResult, type Receipt } from '../workflows/messages.js'
import { OnboardingError } from './errors.js'
import { callLive, journeyResult, type Queried, queryReceipt } from './journeys.js'
import type { Prepared } from './messages.js'
import { call, type Wire } from './wire.js'

/** Between two questions for the receipt of a message that waits behind others, in milliseconds. */
const PAUSE_MS = 200

interface Submission {
  readonly message: MessageName
  readonly submissionId: string
}

/**
 * Sends a message as an update and answers what became of it. The same submission again gets the same answer, also
 * after the journey has closed.
 * @throws OnboardingError a refusal of the journey, or a code of the client
 */
export async function answerOf(wire: Wire, workflowId: string, prepared: Prepared): Promise<Receipt> {
  const { name, body, submissionId } = prepared
  const updateId = `${name}:${submissionId}`
  const facts = { call: name, workflowId, submissionId }
  const end = Date.now() + wire.settings.deadlineMs
  try {
    const handle = wire.workflows.getHandle(workflowId)
    const receipt = await callLive(wire, facts, () =>
      handle.executeUpdate<Receipt, [unknown]>(name, { args: [body], updateId }),
    )
    if (receipt.outcome !== 'QUEUED') return receipt
    return await untilApplied(wire, workflowId, { message: name, submissionId }, receipt, end)
  } catch (error) {
    if (!(error instanceof OnboardingError) || error.code !== 'JOURNEY_CLOSED') throw error
    const earlier = await answerBeforeTheEnd(wire, workflowId, updateId)
    if (earlier) return earlier
    throw error
  }
}

/** What became of a submission, or null. */
export async function receiptOf(wire: Wire, workflowId: string, submission: Submission): Promise<Receipt | null> {
  const answer = await queryReceipt(wire, workflowId, submission)
  if (answer.open) return answer.value
  return answerBeforeTheEnd(wire, workflowId, `${submission.message}:${submission.submissionId}`)
}

/** A journey that makes room in its history answers QUEUED; the next run then applies the message. */
async function untilApplied(
  wire: Wire,
  workflowId: string,
  submission: Submission,
  queued: Receipt,
  end: number,
): Promise<Receipt> {
  for (let left = end - Date.now(); left > 0; left = end - Date.now()) {
    const answer = await queryReceipt(wire, workflowId, submission, left).catch(passingIsNoAnswer)
    if (!answer.open) return closingReceipt(submission, await journeyResult(wire, workflowId))
    if (answer.value && answer.value.outcome !== 'QUEUED') return answer.value
    await sleep(Math.min(PAUSE_MS, Math.max(0, end - Date.now())))
  }
  return queued
}

/** QUEUED is a good answer too: time that runs out behind it is no error. */
function passingIsNoAnswer(error: unknown): Queried<null> {
  if (error instanceof OnboardingError && error.code === 'DEADLINE') return { open: true, value: null }
  throw error
}

/** The server keeps the outcomes of a closed run's updates. */
async function answerBeforeTheEnd(wire: Wire, workflowId: string, updateId: string): Promise<Receipt | null> {
  const facts = { call: 'receipt', workflowId }
  const handle = wire.workflows.getHandle(workflowId)
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
