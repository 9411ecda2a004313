import { scheduleActivity, workflowInfo } from '@temporalio/workflow'
import { outcomeOfFailure, UNRECOGNISED } from './engine/call-runner.js'
import type { TransactionOtpRequest } from './calls.js'
import { failure } from './failures.js'
import { transactionOtpInput } from './guards.js'
import { idHash } from './id-hash.js'
import type { TransactionOtpInput, TransactionOtpResult } from './messages.js'
import { moneyOutcomeOf } from './outcome-guards.js'

/** One dispatch of a transaction OTP: asked once, never repeated, whatever becomes of the answer. */
export async function sendTransactionOtp(input: TransactionOtpInput): Promise<TransactionOtpResult> {
  const fieldErrors = transactionOtpInput(input)
  if (Object.keys(fieldErrors).length > 0) {
    throw failure({
      code: 'INVALID_INPUT',
      message: 'The input of the dispatch is malformed.',
      details: { fieldErrors },
    })
  }
  const { workflowId, runId } = workflowInfo()
  const clientRef = `${idHash(workflowId)}t${runId.slice(-6)}`
  const request: TransactionOtpRequest = { ...input, clientRef }
  const brought = await scheduleActivity<unknown>('sendTransactionOtp', [request], {
    startToCloseTimeout: '40 s',
    retry: { initialInterval: '500 ms', maximumInterval: '20 s' },
    summary: 'Eko: send transaction OTP',
  }).catch(outcomeOfFailure)
  const outcome = moneyOutcomeOf(brought) ?? UNRECOGNISED
  return {
    answer: outcome.answer,
    otpRefId: outcome.otpRefId ?? null,
    inputCode: outcome.inputCode ?? null,
    facts: outcome.facts ?? null,
  }
}
