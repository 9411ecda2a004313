import type { FieldErrors } from './shape.js'
import type { SharedInput } from './shared-messages.js'

/**
 * What is wrong with the workflow id of a journey. It must be of this kind, rail and tenant: another one would keep the
 * place of another journey.
 */
export function workflowIdErrors(
  kind: 'onboarding' | 'recipients' | 'transfer',
  { rail, tenant }: Pick<SharedInput, 'rail' | 'tenant'>,
  workflowId: string,
): FieldErrors {
  // A transfer's own id is one transfer, on whichever rail.
  const scope = kind === 'transfer' ? `${kind}:${tenant}:` : `${kind}:${rail}:${tenant}:`
  if (workflowId.startsWith(scope) && /^[0-9a-f]{32}$/.test(workflowId.slice(scope.length))) return {}
  const form = kind === 'transfer' ? `${kind}:<tenant>` : `${kind}:<rail>:<tenant>`
  return { workflowId: `must be \`${form}:<32 hex digits>\`, as \`onboard id\` prints it` }
}
