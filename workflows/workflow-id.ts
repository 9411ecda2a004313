import type { FieldErrors } from './shape.js'
import type { SharedInput } from './shared-messages.js'

/**
 * What is wrong with the workflow id of a journey. It must be of this kind, rail and tenant: another one would keep the
 * place of another journey.
 */
export function workflowIdErrors(
  kind: 'onboarding' | 'transfer',
  { rail, tenant }: Pick<SharedInput, 'rail' | 'tenant'>,
  workflowId: string,
): FieldErrors {
  const [idKind, idRail, idTenant, hash, ...rest] = workflowId.split(':')
  const named = idKind === kind && idRail === rail && idTenant === tenant && rest.length === 0
  if (named && /^[0-9a-f]{32}$/.test(hash ?? '')) return {}
  return { workflowId: `must be \`${kind}:<rail>:<tenant>:<32 hex digits>\`, as \`onboard id\` prints it` }
}
