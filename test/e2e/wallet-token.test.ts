import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import {
  ALL_STEPS_ONCE,
  action,
  calls,
  smsFor,
  startJourney,
  steps,
  type TestJourney,
  walkTo,
} from '../support/journeys.js'
import { newPerson } from '../support/people.js'
import { startTestStack, type TestStack } from '../support/test-stack.js'

let stack: TestStack
beforeAll(async () => {
  stack = await startTestStack()
})
afterAll(() => stack?.stop())
afterEach(() => stack.sandbox.clearFaults())

const USES = [
  { operation: 'generateAadhaarOtp', at: 'ENTER_AADHAAR' },
  { operation: 'verifyAadhaarOtp', at: 'ENTER_AADHAAR_OTP' },
  { operation: 'validatePan', at: 'ENTER_PAN' },
] as const

async function finish(journey: TestJourney): Promise<void> {
  expect((await journey.person.finish(await journey.handle.view())).state).toBe('COMPLETED')
  expect(steps(await journey.ledger())).toEqual(ALL_STEPS_ONCE)
}

// Both dialects in which a new Levin sender is given a token; in one of them it changes after Aadhaar.
describe.each(['docs-2025', 'wlc'])('Levin in the dialect %s', (dialect) => {
  beforeAll(() => stack.sandbox.putDialect(dialect))

  describe.each(USES)('a wallet token that is refused at $operation', ({ operation, at }) => {
    it('has the sender prove the mobile once more, and the journey goes on', async () => {
      const facts = newPerson()
      const journey = await startJourney(stack, 'levin', { facts })
      const view = await walkTo(journey, at)
      await stack.sandbox.addFaults({ fault: 'walletTokenExpired', operation, mobile: facts.mobile })
      const receipt = await journey.person.act(view.nextAction)
      expect(receipt.outcome).toBe('SENDER_OTP_AGAIN')
      await finish(journey)
      const ledger = await journey.ledger()
      expect(smsFor(ledger, 'SENDER')).toHaveLength(2)
      expect(smsFor(ledger, 'AADHAAR')).toHaveLength(1)
    })

    it('needs an operator when it is refused at the same step again', async () => {
      const facts = newPerson()
      const journey = await startJourney(stack, 'levin', { facts })
      await walkTo(journey, at)
      await stack.sandbox.addFaults({ fault: 'walletTokenExpired', operation, mobile: facts.mobile, times: 2 })
      const end = await journey.person.finish(await journey.handle.view())
      expect(action(end, 'CONTACT_SUPPORT').reason).toBe('LEVIN_WALLET_TOKEN_MISSING')
      expect(smsFor(await journey.ledger(), 'SENDER')).toHaveLength(2)
      await journey.handle.reenter({ reason: 'Eko renewed the wallet' })
      await finish(journey)
    })
  })

  it('an Aadhaar code that waits keeps its challenge while the mobile is proved again', async () => {
    const facts = newPerson()
    const journey = await startJourney(stack, 'levin', { facts })
    const before = action(await walkTo(journey, 'ENTER_AADHAAR_OTP'), 'ENTER_AADHAAR_OTP')
    await stack.sandbox.addFaults({ fault: 'walletTokenExpired', operation: 'verifyAadhaarOtp', mobile: facts.mobile })
    await journey.person.act((await journey.handle.view()).nextAction)
    const after = action(await walkTo(journey, 'ENTER_AADHAAR_OTP'), 'ENTER_AADHAAR_OTP')
    expect(after.challengeId).toBe(before.challengeId)
    await finish(journey)
    expect(smsFor(await journey.ledger(), 'AADHAAR')).toHaveLength(1)
  })

  it('a token that is known to have expired is not even tried', async () => {
    const facts = newPerson()
    await stack.sandbox.addFaults({ fault: 'walletTokenExpired', operation: 'verifySenderOtp', mobile: facts.mobile })
    const journey = await startJourney(stack, 'levin', { facts })
    const view = await walkTo(journey, 'ENTER_AADHAAR')
    const receipt = await journey.person.act(view.nextAction)
    expect(receipt.outcome).toBe('SENDER_OTP_AGAIN')
    expect(calls(await journey.ledger(), 'generateAadhaarOtp')).toHaveLength(0)
    await finish(journey)
  })

  it('a token that Eko forgot to give is asked for once by a fresh sender code', async () => {
    const facts = newPerson()
    await stack.sandbox.addFaults({ fault: 'walletTokenMissing', operation: 'verifySenderOtp', mobile: facts.mobile })
    const journey = await startJourney(stack, 'levin', { facts })
    await finish(journey)
    const ledger = await journey.ledger()
    expect(smsFor(ledger, 'SENDER')).toHaveLength(2)
    expect(calls(ledger, 'generateAadhaarOtp')).toHaveLength(2)
  })

  it('a token that is never given needs an operator', async () => {
    const facts = newPerson()
    const fault = { fault: 'walletTokenMissing', operation: 'verifySenderOtp', mobile: facts.mobile, times: 2 }
    await stack.sandbox.addFaults(fault)
    const journey = await startJourney(stack, 'levin', { facts })
    const end = await journey.person.finish(journey.view)
    expect(action(end, 'CONTACT_SUPPORT').reason).toBe('LEVIN_WALLET_TOKEN_MISSING')
    await journey.handle.reenter({ reason: 'Eko renewed the wallet' })
    await finish(journey)
  })
})

it('a PAN that was under way when the token failed is sent without being asked for again', async () => {
  await stack.sandbox.putDialect('docs-2025')
  const facts = newPerson()
  const journey = await startJourney(stack, 'levin', { facts })
  await walkTo(journey, 'ENTER_PAN')
  await stack.sandbox.addFaults({ fault: 'walletTokenExpired', operation: 'validatePan', mobile: facts.mobile })
  await journey.person.act((await journey.handle.view()).nextAction)
  const view = await walkTo(journey, 'ENTER_SENDER_OTP')
  await journey.person.act(view.nextAction)
  expect(await journey.handle.result()).toMatchObject({ state: 'COMPLETED', capability: 'full' })
})
