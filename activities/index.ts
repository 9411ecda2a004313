import { activityInfo } from '@temporalio/activity'
import type { CallName, CallOutcome, CallRequest, JourneyActivities, MoneyCallName } from '../workflows/calls.js'
import type { Subject } from './dispatch-place.js'
import { type OperationTable, operationTable } from './eko/index.js'
import { type CallDependencies, type CallTerms, makeCall, NOT_CONFIGURED } from './make-call.js'
import { openRequest, subjectOf } from './open-request.js'
import { resolveJourney } from './resolve-journey.js'
import { tenantConsent } from './tenant-consent.js'
import type { TenantRegistry } from './tenants.js'
import { forgetUsedUp } from './used-up.js'

export interface ActivityDependencies extends CallDependencies {
  readonly tenants: TenantRegistry
  /** Upper bound of one attempt, in ms: the HTTP timeout and some seconds for the fence. */
  readonly startToCloseMs: number
  readonly allowPlaintextCodes: boolean
}

type AnyCall = CallName | MoneyCallName

/** The activities of a worker: the only room that touches the world. */
export function createActivities(deps: ActivityDependencies): JourneyActivities {
  const call = (name: AnyCall) => (request: CallRequest) => callEko(deps, name, request)
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
    sendTransactionOtp: call('sendTransactionOtp'),
    getRecipients: call('getRecipients'),
    addRecipient: call('addRecipient'),
    addRecipientBank: call('addRecipientBank'),
    generateRecipientBankOtp: call('generateRecipientBankOtp'),
    validateRecipientBankOtp: call('validateRecipientBankOtp'),
    loadWallet: call('loadWallet'),
    initiateTransaction: call('initiateTransaction'),
    transactionInquiry: call('transactionInquiry'),
    generateRefundOtp: call('generateRefundOtp'),
    initiateRefund: call('initiateRefund'),
  }
}

async function callEko(deps: ActivityDependencies, name: AnyCall, sealed: CallRequest): Promise<CallOutcome> {
  const table = operationTable(sealed.rail, name)
  const outcome = await makeCall(deps, termsOf(deps, table, sealed), async () => {
    const tenant = await deps.tenants.find(sealed.tenant)
    if (!tenant?.userCodes.includes(sealed.userCode)) return NOT_CONFIGURED
    if (!table) return tenantConsent(tenant, name, sealed)
    const { journey, clientRefId } = identity(sealed.clientRef, table.exactReference)
    const allowPlaintextCodes = deps.allowPlaintextCodes && tenant.environment !== 'production'
    const context = { opener: deps.secrets, tenant, journey, allowPlaintextCodes, clientRefId, now: Date.now() }
    const opened = await openRequest(name, sealed, context)
    if (!opened.ok) return opened.outcome
    // Eko's answer may hold secrets: one that could not be kept would be lost after it was carried out.
    await deps.secrets.check()
    return { tenant, request: opened.request }
  })
  await forgetUsedUp(deps.secrets, name, outcome.answer)
  return outcome
}

function termsOf({ secrets }: ActivityDependencies, table: OperationTable | null, sealed: CallRequest): CallTerms {
  const { clientRef, quota, run, submissions } = sealed
  const purpose = table?.sends
  // Requests of journeys that began before places had names go without one.
  const { place = { id: clientRef, turn: 0 } } = sealed
  const subject = (): Promise<Subject> => subjectOf(sealed, secrets, identity(clientRef).journey)
  return {
    repeatable: table?.repeatable ?? true,
    run,
    submissions,
    dispatch: purpose && quota && { purpose, quota, place, subject },
  }
}

function identity(clientRef: string, isExact = false): { journey: string; clientRefId: string } {
  const { workflowExecution, attempt } = activityInfo()
  // The last characters are the attempt's, so that each attempt has a fresh reference.
  return {
    journey: workflowExecution?.workflowId ?? '',
    clientRefId: isExact ? clientRef : `${clientRef}${attempt.toString(36)}`.slice(0, 20),
  }
}
