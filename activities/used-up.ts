import { setTimeout as sleep } from 'node:timers/promises'
import { activityInfo, log } from '@temporalio/activity'
import type { SecretStore } from '../secrets/index.js'
import { SECRET_FIELDS, type SecretField } from '../values/index.js'
import type { Answer, CallName, MoneyCallName } from '../workflows/calls.js'
import type { RECIPIENTS_WORKFLOW_TYPE, TRANSFER_WORKFLOW_TYPE, WORKFLOW_TYPE } from '../workflows/messages.js'

type JourneyType = typeof WORKFLOW_TYPE | typeof TRANSFER_WORKFLOW_TYPE | typeof RECIPIENTS_WORKFLOW_TYPE
type UsedUp = Partial<Record<CallName | MoneyCallName, Partial<Record<Answer, readonly SecretField[]>>>>

/**
 * Secrets that no later call needs, by the kind of journey, call and answer: what ends an onboarding begins a transfer. Should
 * the worker die before its answer is recorded, a repeated call finds no PAN and asks for it again, which Eko takes as done.
 * Of what is not named here, and of a session of recipients, each secret goes with its time.
 */
const USED_UP: Readonly<Record<JourneyType, UsedUp>> = {
  senderOnboarding: {
    verifyAadhaarOtp: { PAN_PENDING: ['aadhaar', 'otp', 'otpRefId'] },
    verifySenderOtp: { ONBOARDED: SECRET_FIELDS },
    validatePan: { ONBOARDED: SECRET_FIELDS },
  },
  senderTransfer: {
    initiateTransaction: { TRANSFER_DONE: SECRET_FIELDS, TRANSFER_FAILED: SECRET_FIELDS },
    transactionInquiry: { TRANSFER_DONE: SECRET_FIELDS, REFUNDED: SECRET_FIELDS },
    initiateRefund: { REFUND_DONE: SECRET_FIELDS },
  },
  senderRecipients: {},
}

/** How long a vault may take to forget what is used up, in ms: Eko's answer must not be late for it. */
const FORGET_MS = 1_000

/** Has the vault forget what this answer leaves of no use. What cannot be forgotten now goes with its time. */
export async function forgetUsedUp(
  secrets: SecretStore,
  name: CallName | MoneyCallName,
  answer: Answer,
): Promise<void> {
  const { workflowExecution, workflowType } = activityInfo()
  const fields = (USED_UP as Readonly<Record<string, UsedUp>>)[workflowType ?? '']?.[name]?.[answer]
  if (!fields) return
  const forgotten = secrets.forget(workflowExecution?.workflowId ?? '', fields).catch((error: unknown) => {
    log.error('Secrets that are used up could not be deleted from the vault', {
      error: error instanceof Error ? error.name : 'unknown',
    })
  })
  await Promise.race([forgotten, sleep(FORGET_MS, undefined, { ref: false })])
}
