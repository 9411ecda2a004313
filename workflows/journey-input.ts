import { sealedHeader } from '../values/sealed-field.js'
import { onboardingInput } from './guards.js'
import type { OnboardingInput } from './messages.js'
import type { FieldErrors } from './shape.js'
import { workflowIdErrors } from './workflow-id.js'

/** What is wrong with the input of a journey of this workflow id: field name to complaint. */
export function inputErrors(input: OnboardingInput, workflowId: string): FieldErrors {
  const errors = onboardingInput(input)
  if (Object.keys(errors).length > 0) return errors
  const misnamed = workflowIdErrors('onboarding', input, workflowId)
  if (Object.keys(misnamed).length > 0) return misnamed
  const { otpRefId } = input
  if (otpRefId == null) return {}
  const header = sealedHeader(otpRefId)
  const sealedHere = header?.field === 'otpRefId' && header.journey === workflowId
  return sealedHere ? {} : { otpRefId: 'must be sealed for this journey as `otpRefId`' }
}
