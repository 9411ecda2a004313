import { sealedHeader } from '../values/sealed-field.js'
import { onboardingInput } from './guards.js'
import type { OnboardingInput } from './messages.js'
import type { FieldErrors } from './shape.js'

/**
 * What is wrong with the input of a journey of this workflow id: field name to complaint. The id must be the sender's on
 * this rail and tenant: another one would keep the place of another journey.
 */
export function inputErrors(input: OnboardingInput, workflowId: string): FieldErrors {
  const errors = onboardingInput(input)
  if (Object.keys(errors).length > 0) return errors
  const { rail, tenant, otpRefId } = input
  const [kind, idRail, idTenant, hash, ...rest] = workflowId.split(':')
  const named = kind === 'onboarding' && idRail === rail && idTenant === tenant && rest.length === 0
  if (!named || !/^[0-9a-f]{32}$/.test(hash ?? '')) {
    return { workflowId: 'must be `onboarding:<rail>:<tenant>:<32 hex digits>`, as `onboard id` prints it' }
  }
  if (otpRefId == null) return {}
  const header = sealedHeader(otpRefId)
  const sealedHere = header?.field === 'otpRefId' && header.journey === workflowId
  return sealedHere ? {} : { otpRefId: 'must be sealed for this journey as `otpRefId`' }
}
