import { describe, expect, it } from '@jest/globals'
import {
  NamespaceNotFoundError,
  ServiceError,
  WorkflowFailedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client'
import { ApplicationFailure, RetryState, TerminatedFailure } from '@temporalio/common'
import { CLIENT_CODES, ERROR_CODES, OnboardingError } from '../../client/index.js'
import { toOnboardingError } from '../../client/error-mapping.js'
import { REFUSALS, REJECTIONS } from '../../workflows/messages.js'

const FACTS = { call: 'enterPan', workflowId: 'onboarding:levin:acme:0', submissionId: 's1' }
const IDS = { workflowId: FACTS.workflowId, submissionId: FACTS.submissionId }

function grpc(code: number, details = 'as the server says'): ServiceError {
  const cause = Object.assign(new Error(`${code}`), { code, details, metadata: {} })
  return new ServiceError('Failed', { cause })
}

function failedUpdate(type: string, details?: unknown[]): WorkflowUpdateFailedError {
  const failure = ApplicationFailure.create({ type, message: 'why', nonRetryable: true, ...(details && { details }) })
  return new WorkflowUpdateFailedError('Workflow Update failed', failure)
}

describe('the table of codes', () => {
  it('has every refusal and rejection of the journey and every code of the client, each with its cause and what to do', () => {
    const codes = [REFUSALS, REJECTIONS, CLIENT_CODES].flatMap((table) => Object.keys(table))
    expect(Object.keys(ERROR_CODES).sort()).toEqual([...new Set(codes)].sort())
    for (const { cause, action } of Object.values(ERROR_CODES)) {
      expect(cause).toMatch(/\S.*\.$/)
      expect(action).toMatch(/\S.*\.$/)
    }
  })

  it('gives an error without a message of its own both sentences', () => {
    const error = new OnboardingError('NOT_FOUND')
    expect(error.message).toBe(`${ERROR_CODES.NOT_FOUND.cause} ${ERROR_CODES.NOT_FOUND.action}`)
  })
})

it('the advice for a server that is away fits calls without a submissionId, too', () => {
  expect(ERROR_CODES.UNREACHABLE.action).toMatch(/ask again, where there was a `submissionId` with the same one/)
})

describe('what Temporal’s client throws is told as one code', () => {
  it.each([...Object.keys(REFUSALS), ...Object.keys(REJECTIONS)])(
    'a refused update as %s, with what the journey said to mend it',
    (code) => {
      const error = toOnboardingError(failedUpdate(code, [{ retryAt: 'soon' }]), FACTS)
      expect(error).toMatchObject({ code, details: { ...IDS, retryAt: 'soon' } })
      expect(error.message).toContain(ERROR_CODES[error.code].action)
    },
  )

  it.each([
    ['a failure that the contract does not know', failedUpdate('SomethingNew'), 'TEMPORAL_ERROR'],
    ['an update whose journey ended first', failedUpdate('AcceptedUpdateCompletedWorkflow'), 'JOURNEY_CLOSED'],
    ['no such workflow', new WorkflowNotFoundError('x', 'id', undefined), 'NOT_FOUND'],
    ['a deadline', grpc(4), 'DEADLINE'],
    ['a deadline of an update', new WorkflowUpdateRPCTimeoutOrCancelledError('x', { cause: grpc(4) }), 'DEADLINE'],
    ['a server that is away', grpc(14), 'UNREACHABLE'],
    ['a wrong key', grpc(16), 'ACCESS_DENIED'],
    ['a missing right', grpc(7), 'ACCESS_DENIED'],
    ['a namespace that is not there', new NamespaceNotFoundError('nowhere'), 'NOT_CONFIGURED'],
    ['a refused request', grpc(3, 'no mapping for search attribute'), 'TEMPORAL_ERROR'],
    ['anything else', new TypeError('odd'), 'TEMPORAL_ERROR'],
    [
      'a terminated run',
      new WorkflowFailedError('x', new TerminatedFailure('by hand'), RetryState.NON_RETRYABLE_FAILURE),
      'RUN_FAILED',
    ],
  ])('%s', (_what, thrown, code) => {
    const error = toOnboardingError(thrown, FACTS)
    expect(error.code).toBe(code)
    expect(error.cause).toBeDefined()
  })

  it('an error that is coded already stays what it is', () => {
    const coded = new OnboardingError('QUEUE_FULL')
    expect(toOnboardingError(coded, FACTS)).toBe(coded)
  })

  it('the cause stays out of JSON, since it may hold a server’s answer', () => {
    expect(Object.keys(toOnboardingError(grpc(14), FACTS).toJSON()).sort()).toEqual(['code', 'details', 'message'])
  })
})
