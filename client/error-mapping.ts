import {
  isGrpcCancelledError,
  isGrpcDeadlineError,
  isGrpcServiceError,
  NamespaceNotFoundError,
  WorkflowFailedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client'
import { ApplicationFailure } from '@temporalio/common'
import { CodecKeyMissingError } from '../secrets/index.js'
import { isJourneyCode, notConfigured, OnboardingError } from './errors.js'

/** The failure type with which the server answers an update whose workflow ended before the update did. */
const ENDED_UNDER_AN_UPDATE = 'AcceptedUpdateCompletedWorkflow'

/** gRPC status codes (grpc.io/docs/guides/status-codes) that have a meaning of their own here. */
const GRPC = { NOT_FOUND: 5, PERMISSION_DENIED: 7, UNAVAILABLE: 14, UNAUTHENTICATED: 16 } as const

/** The server's words for a run with too many signals or updates; its status is that of malformed requests. */
const FULL_RUN = /exceeded workflow execution limit|limit on (?:the )?total number of (?:distinct )?updates/i

/** Which call failed: stands in the error's details. */
export interface CallFacts {
  /** For messages, e.g. `open`, `enterPan`, `view`. */
  readonly call: string
  readonly workflowId?: string
  readonly submissionId?: string
}

/** Whether time ran out, which says nothing about whether the call happened. */
export function isDeadline(error: unknown): boolean {
  return (
    error instanceof WorkflowUpdateRPCTimeoutOrCancelledError ||
    isGrpcDeadlineError(error) ||
    isGrpcCancelledError(error)
  )
}

/** The coded error for what Temporal's client threw. Deadlines are told apart from unreachable servers by the caller. */
export function toOnboardingError(error: unknown, facts: CallFacts): OnboardingError {
  if (error instanceof OnboardingError) return error
  const { call: _call, ...ids } = facts
  if (error instanceof WorkflowUpdateFailedError) return fromFailedUpdate(error, facts)
  if (error instanceof WorkflowNotFoundError) return new OnboardingError('NOT_FOUND', { details: ids, cause: error })
  if (error instanceof WorkflowFailedError) {
    return new OnboardingError('RUN_FAILED', { details: { ...ids, failure: failureName(error.cause) }, cause: error })
  }
  if (error instanceof NamespaceNotFoundError) {
    return notConfigured({ TEMPORAL_NAMESPACE: `The server has no namespace \`${error.namespace}\`.` }, error)
  }
  if (error instanceof CodecKeyMissingError) return notConfigured({ ONBOARDING_CODEC_KEYS_FILE: error.message }, error)
  if (isDeadline(error)) return new OnboardingError('DEADLINE', { details: { ...facts }, cause: error })
  return fromGrpc(error, facts)
}

function fromFailedUpdate(error: WorkflowUpdateFailedError, facts: CallFacts): OnboardingError {
  const failure = error.cause
  const { call: _call, ...ids } = facts
  if (failure instanceof ApplicationFailure && isJourneyCode(failure.type)) {
    const [details] = failure.details ?? []
    return new OnboardingError(failure.type, {
      details: { ...ids, ...(isRecord(details) ? details : {}) },
      cause: error,
    })
  }
  if (failure instanceof ApplicationFailure && failure.type === ENDED_UNDER_AN_UPDATE) {
    return new OnboardingError('JOURNEY_CLOSED', { details: ids, cause: error })
  }
  return new OnboardingError('TEMPORAL_ERROR', { details: { ...facts, failure: failureName(failure) }, cause: error })
}

function fromGrpc(error: unknown, facts: CallFacts): OnboardingError {
  const grpc = grpcErrorIn(error)
  if (!grpc) return new OnboardingError('TEMPORAL_ERROR', { details: { ...facts }, cause: error })
  const details = { ...facts, grpcStatus: grpc.code, grpcMessage: grpc.details }
  if (FULL_RUN.test(grpc.details)) return new OnboardingError('RUN_FULL', { details, cause: error })
  switch (grpc.code) {
    case GRPC.UNAVAILABLE:
      return new OnboardingError('UNREACHABLE', { details, cause: error })
    case GRPC.NOT_FOUND:
      return new OnboardingError('NOT_FOUND', { details, cause: error })
    case GRPC.PERMISSION_DENIED:
    case GRPC.UNAUTHENTICATED:
      return new OnboardingError('ACCESS_DENIED', { details, cause: error })
    default: {
      const message = `Temporal refused the call \`${facts.call}\` (gRPC status ${grpc.code}): ${grpc.details}`
      return new OnboardingError('TEMPORAL_ERROR', { message, details, cause: error })
    }
  }
}

/** The gRPC error in a chain of causes. */
function grpcErrorIn(error: unknown): { code: number; details: string } | null {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    if (isGrpcServiceError(at)) return { code: at.code, details: at.details }
  }
  return null
}

function failureName(failure: unknown): string {
  if (failure instanceof ApplicationFailure) return failure.type ?? 'ApplicationFailure'
  return failure instanceof Error ? failure.name : 'unknown'
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
