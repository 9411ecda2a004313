import { activityInfo, log } from '@temporalio/activity'
import { ApplicationFailure } from '@temporalio/common'
import { wholeRupees } from '../values/index.js'
import type { Opener, Sealer } from '../secrets/index.js'
import {
  type CallName,
  type CallOutcome,
  type CallRequest,
  type JourneyActivities,
  type TransactionOtpRequest,
  UNKNOWN_OUTCOME_FAILURE,
} from '../workflows/calls.js'
import { type EkoAnswer, type EkoClient, type OpenedRequest, operationTable } from './eko/index.js'
import { type IntentFence, intentFence } from './fence.js'
import { openRequest } from './open-request.js'
import { resolveJourney } from './resolve-journey.js'
import { sealAnswer } from './seal-answer.js'
import { tenantConsent } from './tenant-consent.js'
import type { Tenant, TenantRegistry } from './tenants.js'

export interface ActivityDependencies {
  readonly tenants: TenantRegistry
  readonly eko: EkoClient
  readonly opener: Opener
  readonly sealer: Sealer
  /** Upper bound of one attempt, in ms: the HTTP timeout and some seconds for the fence. */
  readonly startToCloseMs: number
  readonly allowPlaintextCodes: boolean
}

/** Attempts after which a call that did not reach Eko is given back to the journey, which parks. */
const ATTEMPTS_BEFORE_PARKING = 4
/** A longer wait than this is not spent inside an activity, in ms: the journey parks, says so and can be cancelled. */
const LONGEST_WAIT_MS = 5_000
/** What an attempt needs beside its HTTP call, in ms. */
const FENCE_MARGIN_MS = 5_000

/** The activities of a worker: the only room that touches the world. */
export function createActivities(deps: ActivityDependencies): JourneyActivities {
  const call = (name: CallName) => (request: CallRequest) => callEko(deps, name, request)
  return {
    resolveJourney: (request) => resolveJourney(request, deps),
    getSender: call('getSender'),
    onboardSender: call('onboardSender'),
    generateSenderOtp: call('generateSenderOtp'),
    verifySenderOtp: call('verifySenderOtp'),
    consentLanguages: call('consentLanguages'),
    consentDetails: call('consentDetails'),
    generateAadhaarOtp: call('generateAadhaarOtp'),
    verifyAadhaarOtp: call('verifyAadhaarOtp'),
    validatePan: call('validatePan'),
    sendTransactionOtp: (request) => sendTransactionOtp(deps, request),
  }
}

async function callEko(deps: ActivityDependencies, name: CallName, sealed: CallRequest): Promise<CallOutcome> {
  const table = operationTable(sealed.rail, name)
  return fenced(deps, table?.repeatable ?? true, async () => {
    const tenant = await deps.tenants.find(sealed.tenant)
    if (!tenant?.userCodes.includes(sealed.userCode)) return NOT_CONFIGURED
    if (!table) return tenantConsent(tenant, name, sealed)
    const { journey, clientRefId } = identity(sealed.clientRef)
    const allowPlaintextCodes = deps.allowPlaintextCodes && tenant.environment !== 'production'
    const context = { opener: deps.opener, tenant, journey, allowPlaintextCodes, clientRefId, now: Date.now() }
    const opened = await openRequest(name, sealed, context)
    return opened.ok ? { tenant, request: opened.request } : opened.outcome
  })
}

async function sendTransactionOtp(deps: ActivityDependencies, sealed: TransactionOtpRequest): Promise<CallOutcome> {
  return fenced(deps, false, async () => {
    const { rail, userCode, mobile, recipientId, beneficiaryId } = sealed
    const tenant = await deps.tenants.find(sealed.tenant)
    if (!tenant?.userCodes.includes(userCode) || !operationTable(rail, 'sendTransactionOtp')) return NOT_CONFIGURED
    const amount = wholeRupees(sealed.amountPaise)
    if (!amount.ok) return { class: 'INPUT_REFUSED', answer: 'INPUT_REFUSED', inputCode: amount.code }
    const { clientRefId } = identity(sealed.clientRef)
    const request: OpenedRequest = {
      ...{ rail, operation: 'sendTransactionOtp', userCode, mobile, clientRefId, recipientId },
      ...{ amountRupees: amount.value, ...(beneficiaryId !== undefined && { beneficiaryId }) },
    }
    return { tenant, request }
  })
}

const NOT_CONFIGURED: CallOutcome = { class: 'NOT_SENT', answer: 'CONFIGURATION' }

function identity(clientRef: string): { journey: string; clientRefId: string } {
  const { workflowExecution, attempt } = activityInfo()
  // The last characters are the attempt's, so that each attempt has a fresh reference.
  return {
    journey: workflowExecution?.workflowId ?? '',
    clientRefId: `${clientRef}${attempt.toString(36)}`.slice(0, 20),
  }
}

interface Prepared {
  readonly tenant: Tenant
  readonly request: OpenedRequest
}

/**
 * Makes a call behind the fence, unless it is repeatable. The fence is looked at before anything else: whatever has
 * changed since, an attempt that may have reached Eko is not repeated.
 */
async function fenced(
  deps: ActivityDependencies,
  repeatable: boolean,
  prepare: () => Promise<Prepared | CallOutcome>,
): Promise<CallOutcome> {
  const fence = repeatable ? null : intentFence()
  if (fence?.declaredBefore) throw unknownOutcome({ class: 'UNKNOWN_OUTCOME', answer: 'UNKNOWN_OUTCOME' })
  const prepared = await prepare().catch(parkAtLast)
  if ('class' in prepared) return prepared
  const { tenant, request } = prepared
  let declared = false
  const declare = (): Promise<void> => {
    declared = true
    return fence?.declare() ?? Promise.resolve()
  }
  const timeoutMs = activityInfo().startToCloseTimeoutMs - FENCE_MARGIN_MS
  const answer = await deps.eko
    .call(tenant.credentials, request, { timeoutMs, beforeSend: declare })
    .catch((error: unknown) => {
      // With an intent declared, the next attempt finds it and ends as unknown.
      if (declared) throw error
      parkAtLast(error)
      return null
    })
  return answer ? settle(deps, answer, fence, request) : NOT_CONFIGURED
}

/** What a defect or a broken store threw before anything was sent: retried, then shown as a parked call. */
function parkAtLast(error: unknown): CallOutcome {
  if (activityInfo().attempt < ATTEMPTS_BEFORE_PARKING) throw error
  log.error('A call could not be prepared; it is parked', { error: error instanceof Error ? error.name : 'unknown' })
  return NOT_CONFIGURED
}

/** What Temporal shall retry is thrown; what the journey shall decide is returned; what nobody may repeat is final. */
async function settle(
  deps: ActivityDependencies,
  answer: EkoAnswer,
  fence: IntentFence | null,
  request: OpenedRequest,
): Promise<CallOutcome> {
  const { workflowExecution, attempt } = activityInfo()
  const journey = workflowExecution?.workflowId ?? ''
  const outcome = await sealAnswer(answer, deps.sealer, journey, request.consentLanguage ?? '')
  const mayRetry = answer.class === 'NOT_SENT' || (answer.class === 'UNKNOWN_OUTCOME' && fence === null)
  const soon = (answer.retryAfterMs ?? 0) <= LONGEST_WAIT_MS
  if (mayRetry && soon && attempt < ATTEMPTS_BEFORE_PARKING) {
    await fence?.clear()
    throw ApplicationFailure.create({
      type: answer.answer,
      message: 'The call did not get through; it may be repeated.',
      details: [outcome],
      ...(answer.retryAfterMs !== undefined && { nextRetryDelay: answer.retryAfterMs }),
    })
  }
  if (answer.class === 'UNKNOWN_OUTCOME' && fence) throw unknownOutcome(outcome)
  return outcome
}

function unknownOutcome(outcome: CallOutcome): ApplicationFailure {
  return ApplicationFailure.create({
    type: UNKNOWN_OUTCOME_FAILURE,
    message: 'The call may or may not have been executed; it is not repeated.',
    nonRetryable: true,
    details: [outcome],
  })
}
