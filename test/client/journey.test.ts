import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { OnboardingClient, TransactionOtpRequest } from '../../client/index.js'
import { action, calls, codeOf, errorOf, smsFor, startJourney, USER_CODE } from '../support/journeys.js'
import { newPerson } from '../support/people.js'
import { startTestStack, type TestStack } from '../support/test-stack.js'

/** What the SDK promises on top of the journey, on the whole stack. */

let stack: TestStack
let client: OnboardingClient
beforeAll(async () => {
  stack = await startTestStack()
  client = stack.client
})
afterAll(() => stack?.stop())

describe('start', () => {
  it('with the same submission id again gets the first answer', async () => {
    const facts = newPerson()
    const options = { submissionId: 'order-1' }
    const first = await startJourney(stack, 'digikhata', { facts, options })
    const again = await startJourney(stack, 'digikhata', { facts, options })
    expect([first.joined, again.joined]).toEqual([false, false])
    expect(again.view).toEqual(first.view)
  })

  it('after completion gives the result back without an SMS, to every spelling of the mobile; `force` starts anew', async () => {
    const journey = await startJourney(stack, 'digikhata')
    const end = await journey.person.finish(journey.view)
    const before = await journey.ledger()
    const input = { rail: 'digikhata', userCode: USER_CODE } as const
    const again = await client.start({ ...input, mobile: `+91 ${journey.mobile}` })
    expect(again).toMatchObject({ joined: true, view: end, result: { state: 'COMPLETED', capability: 'full' } })
    expect((await journey.ledger()).calls).toEqual(before.calls)
    const anew = await client.start({ ...input, mobile: journey.mobile }, { force: true })
    expect(anew).toMatchObject({ joined: false, view: { state: 'SENDER_OTP_REQUIRED' } })
    expect(anew.result).toBeUndefined()
    expect(smsFor(await journey.ledger(), 'SENDER')).toHaveLength(2)
  })

  it('that is rejected at once is an error with the code of the rejection', async () => {
    const start = { rail: 'levin', mobile: newPerson().mobile, userCode: 'nobody' } as const
    expect(await codeOf(client.start(start))).toBe('USER_CODE_NOT_ALLOWED')
    expect(await client.handleOf(start).result()).toMatchObject({ rejection: 'USER_CODE_NOT_ALLOWED' })
  })
})

describe('a submission', () => {
  it('is applied once, and the same one again gets the first receipt, also after the journey has closed', async () => {
    const journey = await startJourney(stack, 'digikhata')
    const { challengeId } = action(journey.view, 'ENTER_SENDER_OTP')
    const message = { otp: await journey.person.wrongCode('SENDER'), challengeId, submissionId: 'try-1' }
    const first = await journey.handle.enterSenderOtp(message)
    expect(first).toMatchObject({ outcome: 'WRONG_CODE', submissionId: 'try-1' })
    expect(await journey.handle.enterSenderOtp(message)).toEqual(first)
    expect(calls(await journey.ledger(), 'verifySenderOtp')).toHaveLength(1)
    expect(await journey.handle.receipt('enterSenderOtp', 'try-1')).toEqual(first)

    await journey.handle.cancel({ reason: 'enough' })
    await journey.handle.result()
    expect(await journey.handle.enterSenderOtp(message)).toEqual(first)
    expect(await journey.handle.receipt('enterSenderOtp', 'try-1')).toEqual(first)
    expect(await journey.handle.receipt('enterSenderOtp', 'never')).toBeNull()
    expect(await codeOf(journey.handle.enterSenderOtp({ ...message, submissionId: 'try-2' }))).toBe('JOURNEY_CLOSED')
  })

  it('by signal is applied too, and its receipt can be asked for', async () => {
    const journey = await startJourney(stack, 'levin')
    const { challengeId } = action(journey.view, 'ENTER_SENDER_OTP')
    const { submissionId } = await journey.handle.signal.enterSenderOtp({
      otp: await journey.person.code('SENDER'),
      challengeId,
    })
    const view = await journey.handle.waitForState('AADHAAR_REQUIRED')
    expect(view.revision).toBeGreaterThan(journey.view.revision)
    expect(await journey.handle.receipt('enterSenderOtp', submissionId)).toMatchObject({ outcome: 'ADVANCED' })
  })

  it('that the journey refuses is an error with its code, the ids and what helps', async () => {
    const journey = await startJourney(stack, 'digikhata', { policy: { resendCooldownSeconds: 60 } })
    const early = await errorOf(journey.handle.resendOtp({ submissionId: 'r1' }))
    expect(early).toMatchObject({
      code: 'RESEND_TOO_EARLY',
      details: { workflowId: journey.handle.workflowId, submissionId: 'r1' },
    })
    expect(early.details?.['resendAvailableAt']).toMatch(/Z$/)
    const stale = { otp: '123456', challengeId: 'another' }
    expect(await codeOf(journey.handle.enterSenderOtp(stale))).toBe('CHALLENGE_STALE')
    expect(await codeOf(journey.handle.enterAadhaarOtp(stale))).toBe('WRONG_STATE')
  })
})

describe('waiting', () => {
  it('ends with the change, state or next action that was waited for', async () => {
    const journey = await startJourney(stack, 'digikhata')
    const { handle } = journey
    const change = handle.waitForChange(journey.view.revision)
    const consent = handle.waitForNextAction(['REQUEST_CONSENT', 'ENTER_AADHAAR'])
    const completed = handle.waitForState('COMPLETED')
    await journey.person.act(journey.view.nextAction)
    expect((await change).revision).not.toBe(journey.view.revision)
    expect(await consent).toMatchObject({ state: 'AADHAAR_REQUIRED', nextAction: { do: 'REQUEST_CONSENT' } })
    const end = await journey.person.finish(await handle.view())
    expect(await completed).toEqual(end)
  })

  it('for what will never come ends as JOURNEY_CLOSED with how it ended', async () => {
    const journey = await startJourney(stack, 'digikhata')
    const waiting = Promise.all([
      errorOf(journey.handle.waitForState('PAN_REQUIRED')),
      errorOf(journey.handle.waitForNextAction('ENTER_PAN')),
    ])
    await journey.handle.cancel({ reason: 'not today' })
    for (const error of await waiting) {
      expect(error).toMatchObject({ code: 'JOURNEY_CLOSED', details: { state: 'CANCELLED' } })
    }
    const closed = await journey.handle.view()
    expect(closed).toMatchObject({ state: 'CANCELLED', nextAction: { do: 'NOTHING' } })
    expect(await journey.handle.waitForChange(closed.revision)).toEqual(closed)
  })

  it('a closed journey is answered from its result where no worker is up', async () => {
    const quiet = await startTestStack()
    try {
      const journey = await startJourney(quiet, 'digikhata')
      await journey.handle.cancel({ reason: 'a test' })
      const { view } = await journey.handle.result()
      await quiet.local.worker.stop()
      expect(await journey.handle.view()).toEqual(view)
      const input = { rail: 'digikhata', mobile: journey.mobile, userCode: USER_CODE } as const
      const hasty = await quiet.connect({ deadlineMs: 1_000 })
      expect(await codeOf(hasty.start(input))).toBe('DEADLINE')
    } finally {
      await quiet.stop()
    }
  })
})

describe('one client is one tenant', () => {
  it('a handle for another tenant’s journey is refused, and its lists do not show it', async () => {
    const journey = await startJourney(stack, 'digikhata')
    const bharat = await stack.connect({ tenant: 'bharat' })
    expect(await codeOf(Promise.resolve().then(() => bharat.handle(journey.handle.workflowId)))).toBe('TENANT_MISMATCH')
    expect(bharat.handleOf({ rail: 'digikhata', mobile: journey.mobile }).workflowId).not.toBe(
      journey.handle.workflowId,
    )
    const listed = await listedSoon(() => client.list({ limit: 1_000 }), journey.handle.workflowId)
    expect(listed).toMatchObject({ rail: 'digikhata', state: 'SENDER_OTP_REQUIRED', runStatus: 'RUNNING' })
    expect((await bharat.list({ limit: 1_000 })).map(({ workflowId }) => workflowId)).not.toContain(
      journey.handle.workflowId,
    )
  })
})

it('a client_ref_id of the timeline leads back to its journey', async () => {
  const journey = await startJourney(stack, 'levin')
  const facts = (await journey.handle.view()).timeline.findLast((entry) => entry.facts)?.facts
  const found = () => client.findByClientRef(facts?.clientRefId ?? '')
  await listedSoon(found, journey.handle.workflowId)
  expect(await found()).toHaveLength(1)
})

it('one request id is one transaction OTP, whoever asks and however often', async () => {
  const facts = newPerson()
  await stack.sandbox.putSender('digikhata', facts.mobile, { stage: 'ACTIVE' })
  const request: TransactionOtpRequest = {
    requestId: 'order-4711',
    rail: 'digikhata',
    mobile: facts.mobile,
    userCode: USER_CODE,
    recipientId: 10_017_740,
    amountPaise: 11_000,
  }
  const answers = await Promise.all([1, 2, 3].map(() => client.sendTransactionOtp(request)))
  expect(answers[0]).toMatchObject({ answer: 'OTP_SENT', facts: { status: 2133 } })
  expect(answers[0]?.otpRefId).toMatch(/^ey/)
  expect(answers[1]).toEqual(answers[0])
  expect(answers[2]).toEqual(answers[0])
  const { sms } = await stack.sandbox.ledger(facts.mobile)
  expect(sms.filter(({ purpose }) => purpose === 'TRANSACTION')).toHaveLength(1)
  await client.sendTransactionOtp({ ...request, requestId: 'order-4712' })
  expect((await stack.sandbox.ledger(facts.mobile)).sms).toHaveLength(2)
})

/** The list is served from an index that follows a little later. */
async function listedSoon<T extends { workflowId: string }>(list: () => Promise<T[]>, workflowId: string): Promise<T> {
  for (;;) {
    const found = (await list()).find((journey) => journey.workflowId === workflowId)
    if (found) return found
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
