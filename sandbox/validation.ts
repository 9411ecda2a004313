import type { Developer } from './developers.js'
import type { DialectRules } from './dialects.js'
import { agentNotAllowed, initiatorUnknown, missingFields } from './envelope.js'
import type { Answer } from './envelope.js'
import type { Operation, ParamRule } from './operations.js'

/** Parameters that every operation takes. `user_code` is required, as on the older pages; newer ones leave it out. */
const COMMON: readonly ParamRule[] = [
  { name: 'initiator_id', kind: 'scalar', required: true },
  { name: 'user_code', kind: 'scalar', required: true },
  { name: 'client_ref_id', kind: 'scalar', required: false, pattern: /^[A-Za-z0-9_-]{1,20}$/ },
]

/**
 * What Eko refuses before an operation is carried out: 97 for missing and malformed fields, 319 for a foreign
 * `initiator_id`, 346 for a foreign `user_code`, in this order.
 */
export function refusedRequest(
  operation: Operation,
  mobile: string,
  params: Readonly<Record<string, unknown>>,
  developer: Developer,
  rules: DialectRules,
): Answer | undefined {
  const bad = [...COMMON, ...operation.params].filter((rule) => !fits(rule, params[rule.name])).map(({ name }) => name)
  if (operation.rail !== null && !/^\d{10}$/.test(mobile)) bad.push('customer_id')
  const org = params['org_id']
  if (needs(operation, 'org_id') && developer.orgId !== undefined && String(org) !== developer.orgId) bad.push('org_id')
  if (bad.length > 0) return missingFields([...new Set(bad)], rules.invalidParams)
  const initiatorId = String(params['initiator_id'])
  if (initiatorId !== developer.initiatorId) {
    return initiatorUnknown(rules.initiatorUnknown, initiatorId, rules.invalidParams)
  }
  return developer.userCodes.includes(String(params['user_code'])) ? undefined : agentNotAllowed(346)
}

function needs(operation: Operation, name: string): boolean {
  return operation.params.some((rule) => rule.name === name)
}

function fits(rule: ParamRule, value: unknown): boolean {
  if (value === undefined || value === null) return !rule.required
  if (rule.kind === 'absent') return false
  if (rule.kind === 'lines') {
    return Array.isArray(value) && value.length > 0 && value.every((line) => typeof line === 'string' && line !== '')
  }
  if (typeof value !== 'string' && typeof value !== 'number') return false
  const text = String(value)
  if (text === '') return rule.kind === 'present'
  if (rule.kind === 'integer' && !/^\d+$/.test(text)) return false
  return rule.pattern?.test(text) ?? true
}
