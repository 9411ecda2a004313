import { activityInfo } from '@temporalio/activity'
import type { CallName, JourneyPlan, ResolveOutcome, ResolveRequest, UnknownPolicy } from '../workflows/calls.js'
import type { Rail } from '../workflows/messages.js'
import { OPERATION_TABLES, operationTable } from './eko/index.js'
import type { Limits } from './limits/types.js'
import { clampPolicy, type TenantRegistry } from './tenants.js'

export interface ResolveContext {
  readonly tenants: TenantRegistry
  readonly limits: Limits
  readonly allowPlaintextCodes: boolean
  readonly startToCloseMs: number
}

/** Resolves what a caller only asserts: the tenant, whether rail and user_code are its own, and the policy it gets. */
export async function resolveJourney(request: ResolveRequest, context: ResolveContext): Promise<ResolveOutcome> {
  const tenant = await context.tenants.find(request.tenant)
  if (!tenant) return { refused: 'TENANT_UNKNOWN' }
  if (!tenant.rails.includes(request.rail)) return { refused: 'RAIL_NOT_ALLOWED' }
  if (!tenant.userCodes.includes(request.userCode)) return { refused: 'USER_CODE_NOT_ALLOWED' }
  const run = activityInfo().workflowExecution?.runId ?? ''
  if (!request.again) {
    const { userCode } = request
    const reserved = await context.limits.reserveJourney({ id: `${run}/${userCode}`, tenant, userCode })
    if (!reserved.granted) return { refused: 'USER_CODE_JOURNEYS_LIMIT', retryAt: reserved.retryAt, run }
  }
  return {
    run,
    plan: {
      environment: tenant.environment,
      policy: clampPolicy(tenant, request.policy),
      allowPlaintextCodes: context.allowPlaintextCodes && tenant.environment !== 'production',
      startToCloseMs: context.startToCloseMs,
      ...railPlan(request.rail),
    },
  }
}

/** What the rail's operation tables say about the journey as a whole. */
export function railPlan(rail: Rail): Pick<JourneyPlan, 'resendSenderOtp' | 'usesWallet' | 'onUnknown'> {
  const aadhaar = operationTable(rail, 'generateAadhaarOtp')
  const onUnknown = Object.fromEntries(
    Object.entries(OPERATION_TABLES)
      .filter(([operation]) => operation !== 'sendTransactionOtp')
      .map(([operation, tables]) => [operation, tables[rail]?.onUnknown ?? 'RUN_AGAIN']),
  ) as Record<CallName, UnknownPolicy>
  return {
    resendSenderOtp: operationTable(rail, 'generateSenderOtp') ? 'generateSenderOtp' : 'getSender',
    usesWallet:
      aadhaar?.parameters.some((parameter) => 'from' in parameter && parameter.from === 'walletToken') ?? false,
    onUnknown,
  }
}
