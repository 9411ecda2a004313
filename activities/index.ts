import { activityInfo } from '@temporalio/activity'
import { wholeRupees } from '../values/index.js'
import type { Opener } from '../secrets/index.js'
import type {
  CallName,
  CallOutcome,
  CallRequest,
  JourneyActivities,
  TransactionOtpRequest,
} from '../workflows/calls.js'
import type { Subject } from './dispatch-place.js'
import { type OpenedRequest, type OperationTable, operationTable } from './eko/index.js'
import { type CallDependencies, type CallTerms, makeCall, NOT_CONFIGURED } from './make-call.js'
import { openRequest, subjectOf } from './open-request.js'
import { resolveJourney } from './resolve-journey.js'
import { tenantConsent } from './tenant-consent.js'
import type { TenantRegistry } from './tenants.js'

export interface ActivityDependencies extends CallDependencies {
  readonly tenants: TenantRegistry
  readonly opener: Opener
  /** Upper bound of one attempt, in ms: the HTTP timeout and some seconds for the fence. */
  readonly startToCloseMs: number
  readonly allowPlaintextCodes: boolean
}

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
  return makeCall(deps, termsOf(deps, table, sealed), async () => {
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

function termsOf({ opener }: ActivityDependencies, table: OperationTable | null, sealed: CallRequest): CallTerms {
  const { clientRef, quota, run } = sealed
  const purpose = table?.sends
  // Requests of journeys that began before places had names go without one.
  const { place = { id: clientRef, turn: 0 } } = sealed
  const subject = (): Promise<Subject> => subjectOf(sealed, opener, identity(clientRef).journey)
  return {
    repeatable: table?.repeatable ?? true,
    run,
    dispatch: purpose && quota && { purpose, quota, place, subject },
  }
}

async function sendTransactionOtp(deps: ActivityDependencies, sealed: TransactionOtpRequest): Promise<CallOutcome> {
  return makeCall(deps, { repeatable: false }, async () => {
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

function identity(clientRef: string): { journey: string; clientRefId: string } {
  const { workflowExecution, attempt } = activityInfo()
  // The last characters are the attempt's, so that each attempt has a fresh reference.
  return {
    journey: workflowExecution?.workflowId ?? '',
    clientRefId: `${clientRef}${attempt.toString(36)}`.slice(0, 20),
  }
}
