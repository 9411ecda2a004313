import { randomUUID } from 'node:crypto'
import { WorkflowFailedError } from '@temporalio/client'
import { ApplicationFailure } from '@temporalio/common'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { StartInput } from '../../client/index.js'
import { TASK_QUEUE, WORKFLOW_TYPE } from '../../workflows/messages.js'
import { calls, errorOf, startJourney, USER_CODE } from '../support/journeys.js'
import { newMobile, newPerson } from '../support/people.js'
import { UNDECODABLE } from '../support/raw-messages.js'
import { startTestStack, type TestStack } from '../support/test-stack.js'

let stack: TestStack
beforeAll(async () => {
  stack = await startTestStack()
})
afterAll(() => stack?.stop())

function input(over: object) {
  return { tenant: 'acme', rail: 'digikhata', mobile: newMobile(), userCode: USER_CODE, ...over }
}

const BAD_INPUTS: readonly (readonly [what: string, input: unknown, fields: readonly string[]])[] = [
  ['nothing', undefined, ['body']],
  ['null', null, ['body']],
  ['text', 'digikhata', ['body']],
  ['a list', [], ['body']],
  ['an empty object', {}, ['tenant', 'rail', 'mobile', 'userCode']],
  ['an unknown field', input({ colour: 'red' }), ['colour']],
  ['another rail', input({ rail: 'paytm' }), ['rail']],
  ['a mobile that is no mobile', input({ mobile: '12345' }), ['mobile']],
  ['a mobile that is not normalised', input({ mobile: '+91 9876543210' }), ['mobile']],
  ['a mobile as a number', input({ mobile: 9876543210 }), ['mobile']],
  ['a tenant with a colon', input({ tenant: 'acme:x' }), ['tenant']],
  ['an oversize user code', input({ userCode: '1'.repeat(1_000) }), ['userCode']],
  ['details that are text', input({ details: 'Asha' }), ['details']],
  ['another end', input({ stopAt: 'AADHAAR_REQUIRED' }), ['stopAt']],
  ['a policy that is text', input({ policy: 'lax' }), ['policy']],
  ['a policy of an unknown name', input({ policy: { freeMoney: 1 } }), ['policy']],
  ['a negative policy', input({ policy: { triesPerCode: -1 } }), ['policy']],
]

async function failureOf(workflowId: string): Promise<ApplicationFailure> {
  try {
    await stack.client.temporal.workflow.getHandle(workflowId).result()
  } catch (error) {
    if (error instanceof WorkflowFailedError && error.cause instanceof ApplicationFailure) return error.cause
    throw error
  }
  throw new Error('The run was expected to fail, and did not')
}

function fieldsOf(failure: ApplicationFailure): string[] {
  const [details] = (failure.details ?? []) as [{ fieldErrors?: Record<string, string> }?]
  return Object.keys(details?.fieldErrors ?? {})
}

describe('a journey that is started by hand with malformed input', () => {
  it('fails at once as INVALID_INPUT with the fields that are wrong, and asks Eko nothing', async () => {
    const callsBefore = (await stack.sandbox.ledger()).calls.length
    for (const [what, bad, fields] of BAD_INPUTS) {
      const workflowId = `bad-${randomUUID()}`
      const args = bad === undefined ? [] : [bad]
      await stack.client.temporal.workflow.start(WORKFLOW_TYPE, { workflowId, taskQueue: TASK_QUEUE, args })
      const failure = await failureOf(workflowId)
      expect([what, failure.type, fieldsOf(failure)]).toEqual([what, 'INVALID_INPUT', fields])
      expect(failure.message).not.toContain('9876543210')
    }
    expect((await stack.sandbox.ledger()).calls).toHaveLength(callsBefore)
  })

  it.each(Object.keys(UNDECODABLE))('that cannot be decoded (%s) fails as INVALID_INPUT', async (kind) => {
    const { encoding, data } = UNDECODABLE[kind] ?? { encoding: null, data: new Uint8Array() }
    const workflowId = `undecodable-${randomUUID()}`
    const { workflowService, options } = stack.client.temporal
    await workflowService.startWorkflowExecution({
      ...{ namespace: options.namespace, workflowId, requestId: randomUUID() },
      workflowType: { name: WORKFLOW_TYPE },
      taskQueue: { name: TASK_QUEUE },
      input: { payloads: [{ metadata: encoding === null ? {} : { encoding: Buffer.from(encoding) }, data }] },
    })
    expect((await failureOf(workflowId)).type).toBe('INVALID_INPUT')
  })

  it.each([
    'by hand',
    `onboarding:levin:acme:${'0'.repeat(32)}`,
    `onboarding:digikhata:bharat:${'0'.repeat(32)}`,
    `onboarding:digikhata:acme:${'0'.repeat(31)}`,
    `onboarding:digikhata:acme:${'Z'.repeat(32)}`,
  ])('under an id that is not its sender’s (%s) would keep the place of another, and fails', async (workflowId) => {
    const args = [input({})]
    await stack.client.temporal.workflow.start(WORKFLOW_TYPE, { workflowId, taskQueue: TASK_QUEUE, args })
    const failure = await failureOf(workflowId)
    expect([failure.type, fieldsOf(failure)]).toEqual(['INVALID_INPUT', ['workflowId']])
  })
})

describe('the SDK', () => {
  const good = (): StartInput => ({ rail: 'digikhata', mobile: newMobile(), userCode: USER_CODE })
  const bad: readonly (readonly [field: string, input: unknown])[] = [
    ['rail', { ...good(), rail: 'paytm' }],
    ['mobile', { ...good(), mobile: '12345' }],
    ['mobile', { rail: 'digikhata', userCode: USER_CODE }],
    ['userCode', { ...good(), userCode: 'a/b' }],
    ['colour', { ...good(), colour: 'red' }],
    ['policy.freeMoney', { ...good(), policy: { freeMoney: 1 } }],
    ['details.dob', { ...good(), details: { ...newPerson().details, dob: '1990-02-31' } }],
    ['details.dob', { ...good(), details: { ...newPerson().details, dob: '2020-01-31' } }],
  ]

  it('refuses malformed input by its fields before anything is sent', async () => {
    for (const [field, given] of bad) {
      const error = await errorOf(stack.client.start(given as StartInput))
      expect([field, error.code]).toEqual([field, 'INVALID_INPUT'])
      const fields = error.details?.['fields'] as Record<string, { code: string }>
      expect(Object.keys(fields)).toContain(field)
    }
  })

  it('refuses a malformed message before anything is sent', async () => {
    const journey = await startJourney(stack, 'digikhata')
    const { handle } = journey
    const before = await handle.view()
    const tries = [
      handle.enterSenderOtp({ otp: '12', challengeId: 'c' }),
      handle.enterSenderOtp({ otp: '123456' } as never),
      handle.enterPan({ pan: 'not a PAN' }),
      handle.enterAadhaar({ aadhaar: '1234', consent: {} as never }),
      handle.resendOtp({ please: true } as never),
      handle.reenter({} as never),
    ]
    for (const refused of tries) expect((await errorOf(refused)).code).toBe('INVALID_INPUT')
    expect(await handle.view()).toEqual(before)
    expect(calls(await journey.ledger(), 'verifySenderOtp')).toHaveLength(0)
  })
})
