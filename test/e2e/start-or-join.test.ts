import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  action,
  errorOf,
  codeOf,
  RAILS,
  smsFor,
  startJourney,
  steps,
  ALL_STEPS_ONCE,
  walkTo,
} from '../support/journeys.js'
import { newPerson } from '../support/people.js'
import { startTestStack, type TestStack } from '../support/test-stack.js'

let stack: TestStack
beforeAll(async () => {
  stack = await startTestStack()
})
afterAll(() => stack?.stop())

/** The other agent of tenant `acme`. */
const OTHER_AGENT = '20810210'
/** An agent of tenant `bharat`. */
const FOREIGN_AGENT = '20810300'
const operator = { actor: { type: 'operator', id: 'op-1' }, reason: 'agent left' } as const

describe.each(RAILS)('on the %s rail', (rail) => {
  it('two starts at once are one journey and one SMS', async () => {
    const facts = newPerson()
    const [one, two] = await Promise.all([startJourney(stack, rail, { facts }), startJourney(stack, rail, { facts })])
    expect([one.joined, two.joined].sort()).toEqual([false, true])
    expect(one.view.runId).toBe(two.view.runId)
    expect(smsFor(await one.ledger(), 'SENDER')).toHaveLength(1)
    expect((await one.person.finish(await one.handle.view())).state).toBe('COMPLETED')
  })

  it('ten starts at once are one journey and one SMS', async () => {
    const facts = newPerson()
    const all = await Promise.all(Array.from({ length: 10 }, () => startJourney(stack, rail, { facts })))
    expect(all.filter(({ joined }) => !joined)).toHaveLength(1)
    expect(new Set(all.map(({ view }) => view.runId)).size).toBe(1)
    expect(smsFor(await stack.sandbox.ledger(facts.mobile), 'SENDER')).toHaveLength(1)
  })

  it('any spelling of the mobile joins the same journey', async () => {
    const facts = newPerson()
    const first = await startJourney(stack, rail, { facts })
    const again = await startJourney(stack, rail, { facts, mobile: `+91 ${facts.mobile}` })
    expect(again).toMatchObject({ joined: true, view: { runId: first.view.runId } })
  })

  it('the same start asked twice is told apart from a joiner', async () => {
    const facts = newPerson()
    const options = { submissionId: `start-${randomUUID()}` }
    const first = await startJourney(stack, rail, { facts, options })
    const repeated = await startJourney(stack, rail, { facts, options })
    expect([first.joined, repeated.joined]).toEqual([false, false])
    expect(smsFor(await first.ledger(), 'SENDER')).toHaveLength(1)
  })

  it('joining with other input names the fields that differ', async () => {
    const facts = newPerson()
    await startJourney(stack, rail, { facts })
    const details = { ...facts.details, name: 'Somebody Else' }
    const error = await errorOf(startJourney(stack, rail, { facts, details, stopAt: 'PAN_REQUIRED' }))
    expect(error.code).toBe('INPUT_CONFLICT')
    expect(error.details).toMatchObject({ fields: ['details', 'stopAt'] })
  })

  it('joining with less input is no conflict', async () => {
    const facts = newPerson()
    await startJourney(stack, rail, { facts })
    const joined = await startJourney(stack, rail, { facts, unknownDetails: true })
    expect(joined.joined).toBe(true)
  })

  it('a live journey belongs to its agent, until another one takes it over on the record', async () => {
    const facts = newPerson()
    const journey = await startJourney(stack, rail, { facts })
    const join = () => startJourney(stack, rail, { facts, userCode: OTHER_AGENT })
    expect(await codeOf(join())).toBe('OWNED_BY_ANOTHER_AGENT')
    const taken = await journey.handle.takeOver({ ...operator, userCode: OTHER_AGENT })
    expect(taken.outcome).toBe('TAKEN_OVER')
    expect(await join()).toMatchObject({ joined: true, view: { userCode: OTHER_AGENT } })
    expect(await codeOf(startJourney(stack, rail, { facts }))).toBe('OWNED_BY_ANOTHER_AGENT')
    const end = await journey.person.finish(await journey.handle.view())
    expect(end.state).toBe('COMPLETED')
    expect(end.timeline).toContainEqual(expect.objectContaining({ what: 'message:takeOver', ...operator }))
    expect(steps(await journey.ledger())).toEqual(ALL_STEPS_ONCE)
  })

  it('nobody takes a journey over for an agent of another tenant', async () => {
    const journey = await startJourney(stack, rail)
    const refused = await codeOf(journey.handle.takeOver({ ...operator, userCode: FOREIGN_AGENT }))
    expect(refused).toBe('USER_CODE_NOT_ALLOWED')
    expect((await journey.handle.view()).userCode).not.toBe(FOREIGN_AGENT)
    expect((await journey.person.finish(await journey.handle.view())).state).toBe('COMPLETED')
  })

  it('a completed sender gets the result back without an SMS, and a new run only where it is forced', async () => {
    const facts = newPerson()
    const first = await startJourney(stack, rail, { facts })
    await first.person.finish(first.view)
    const sentBefore = (await first.ledger()).sms.length
    const callsBefore = (await first.ledger()).calls.length

    const again = await stack.client.start({ rail, mobile: facts.mobile, userCode: first.view.userCode })
    expect(again).toMatchObject({ joined: true, view: { state: 'COMPLETED', runId: first.view.runId } })
    expect(again.result?.capability).toBe('full')
    expect((await first.ledger()).sms).toHaveLength(sentBefore)
    expect((await first.ledger()).calls).toHaveLength(callsBefore)

    const forced = await startJourney(stack, rail, { facts, options: { force: true } })
    expect(forced.joined).toBe(false)
    expect(forced.view.runId).not.toBe(first.view.runId)
    expect(smsFor(await first.ledger(), 'SENDER')).toHaveLength(2)
    expect((await forced.person.finish(forced.view)).state).toBe('COMPLETED')
    expect(steps(await first.ledger())).toEqual(ALL_STEPS_ONCE)
  })

  it('a cancelled journey is started anew', async () => {
    const facts = newPerson()
    const first = await startJourney(stack, rail, { facts })
    await first.handle.cancel({ reason: 'changed their mind' })
    const second = await startJourney(stack, rail, { facts })
    expect(second.joined).toBe(false)
    expect(second.view.runId).not.toBe(first.view.runId)
    expect((await second.person.finish(second.view)).state).toBe('COMPLETED')
  })
})

it('one sender has one journey on each rail', async () => {
  const facts = newPerson()
  const digikhata = await startJourney(stack, 'digikhata', { facts })
  const levin = await startJourney(stack, 'levin', { facts })
  expect(digikhata.handle.workflowId).not.toBe(levin.handle.workflowId)
  expect(digikhata.handle.workflowId.split(':').at(-1)).toBe(levin.handle.workflowId.split(':').at(-1))
})

it('a closed journey answers a message with JOURNEY_CLOSED, and its view from its result', async () => {
  const journey = await startJourney(stack, 'digikhata')
  const { challengeId } = action(await walkTo(journey, 'ENTER_SENDER_OTP'), 'ENTER_SENDER_OTP')
  await journey.handle.cancel({ reason: 'done' })
  expect(await codeOf(journey.handle.enterSenderOtp({ otp: '123456', challengeId }))).toBe('JOURNEY_CLOSED')
  expect(await codeOf(journey.handle.signal.resendOtp())).toBe('JOURNEY_CLOSED')
  expect(await journey.handle.view()).toMatchObject({ state: 'CANCELLED', nextAction: { do: 'NOTHING' } })
})

it('a journey that was never started is NOT_FOUND', async () => {
  const handle = stack.client.handleOf({ rail: 'levin', mobile: newPerson().mobile })
  expect(await codeOf(handle.view())).toBe('NOT_FOUND')
  expect(await codeOf(handle.resendOtp())).toBe('NOT_FOUND')
  expect(await codeOf(handle.signal.resendOtp())).toBe('NOT_FOUND')
})
