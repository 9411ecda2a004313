import { ApplicationFailure } from '@temporalio/common'

/** A coded refusal as the only kind of error that may leave a handler or a workflow. */
export function failure(refusal: {
  readonly code: string
  readonly message: string
  readonly details?: Readonly<Record<string, unknown>>
}): ApplicationFailure {
  return ApplicationFailure.create({
    type: refusal.code,
    message: refusal.message,
    nonRetryable: true,
    ...(refusal.details && { details: [refusal.details] }),
  })
}
