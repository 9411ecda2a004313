import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client'
import { z } from 'zod'
import { parseMobile, wholeRupees } from '../values/index.js'
import {
  type Rail,
  RAILS,
  TRANSACTION_OTP_WORKFLOW_TYPE,
  type TransactionOtpInput,
  type TransactionOtpResult,
} from '../workflows/messages.js'
import { requireIdKey, transactionOtpId } from './ids.js'
import { ATTRIBUTES } from './journeys.js'
import { userCodeSchema } from './messages.js'
import { RAIL_NAMES } from './start.js'
import { check, textSchema, valueSchema } from './validation.js'
import { call, type Wire } from './wire.js'

/** One dispatch of a transaction OTP. */
export interface TransactionOtpRequest {
  /** The caller's own id: the same one again is the same dispatch and gets its answer, whatever else is asked. */
  readonly requestId: string
  readonly rail: Rail
  readonly mobile: string
  readonly userCode: string
  readonly recipientId: number
  /** Integer paise, a positive multiple of 100: Eko takes whole rupees. */
  readonly amountPaise: number
  readonly beneficiaryId?: string
}

export interface TransactionOtpAnswer extends TransactionOtpResult {
  readonly workflowId: string
}

const requestSchema = z.strictObject({
  requestId: textSchema(128),
  rail: z.enum(RAILS),
  mobile: valueSchema(parseMobile),
  userCode: userCodeSchema,
  recipientId: z.number().int('Must be a whole number.').positive('Must be positive.').max(Number.MAX_SAFE_INTEGER),
  amountPaise: valueSchema((paise) => {
    const rupees = wholeRupees(paise)
    return rupees.ok ? { ok: true, value: paise as number } : rupees
  }),
  beneficiaryId: textSchema(64, /^\w+$/).optional(),
})

/**
 * Has a transaction OTP sent, once for each `requestId`, and answers what Eko said.
 * @throws OnboardingError INVALID_INPUT before anything is sent; DEADLINE: ask again with the same `requestId`
 */
export async function sendTransactionOtp(wire: Wire, request: TransactionOtpRequest): Promise<TransactionOtpAnswer> {
  const { tenant, idKey, taskQueue } = wire.settings
  const { requestId, ...checked } = check(requestSchema, request)
  const workflowId = transactionOtpId(requireIdKey(idKey), tenant, checked.rail, requestId)
  const input = { ...checked, tenant } as TransactionOtpInput
  return call(wire, { call: TRANSACTION_OTP_WORKFLOW_TYPE, workflowId }, async () => {
    try {
      await wire.workflows.start(TRANSACTION_OTP_WORKFLOW_TYPE, {
        workflowId,
        taskQueue,
        args: [input],
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        workflowIdConflictPolicy: 'FAIL',
        staticSummary: `${RAIL_NAMES[checked.rail]} transaction OTP · tenant ${tenant}`,
        typedSearchAttributes: [
          { key: ATTRIBUTES.rail, value: checked.rail },
          { key: ATTRIBUTES.tenant, value: tenant },
        ],
      })
    } catch (error) {
      // Sent before: its answer is this one's.
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
    }
    const result = await wire.workflows.result<() => Promise<TransactionOtpResult>>(workflowId)
    return { ...result, workflowId }
  })
}
