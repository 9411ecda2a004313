import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  action,
  calls,
  codeOf,
  errorOf,
  NO_COOLDOWN,
  RAILS,
  smsFor,
  startJourney,
  type TestJourney,
  walkTo,
} from '../support/journeys.js'
import { startTestStack, type TestStack } from '../support/test-stack.js'

let stack: TestStack
beforeAll(async () => {
  stack = await startTestStack()
})
afterAll(() => stack?.stop())

const KINDS = [
  { purpose: 'SENDER', enter: 'ENTER_SENDER_OTP', verify: 'verifySenderOtp' },
  { purpose: 'AADHAAR', enter: 'ENTER_AADHAAR_OTP', verify: 'verifyAadhaarOtp' },
] as const
type Kind = (typeof KINDS)[number]

const CASES = RAILS.flatMap((rail) => KINDS.map((kind) => ({ rail, ...kind })))

function enterCode({ handle }: TestJourney, { enter }: Pick<Kind, 'enter'>, otp: string, challengeId: string) {
  const message = { otp, challengeId }
  return enter === 'ENTER_SENDER_OTP' ? handle.enterSenderOtp(message) : handle.enterAadhaarOtp(message)
}

describe.each(CASES)('the $purpose code on the $rail rail', ({ rail, ...kind }) => {
  const { purpose, enter, verify } = kind

  async function wrong(journey: TestJourney, challengeId: string) {
    return enterCode(journey, kind, await journey.person.wrongCode(purpose), challengeId)
  }

  it('may be typed wrong and then right', async () => {
    const journey = await startJourney(stack, rail)
    const { challengeId, attemptsLeft } = action(await walkTo(journey, enter), enter)
    const receipt = await wrong(journey, challengeId)
    expect(receipt.outcome).toBe('WRONG_CODE')
    expect(action(receipt, enter)).toMatchObject({ challengeId, attemptsLeft: attemptsLeft - 1 })
    expect((await journey.person.finish(await journey.handle.view())).state).toBe('COMPLETED')
    expect(smsFor(await journey.ledger(), purpose)).toHaveLength(1)
  })

  it('is dead after three wrong entries; a new one is asked for, and the attempts go on counting', async () => {
    const journey = await startJourney(stack, rail)
    const { challengeId } = action(await walkTo(journey, enter), enter)
    await wrong(journey, challengeId)
    await wrong(journey, challengeId)
    const third = await wrong(journey, challengeId)
    expect(action(third, 'REQUEST_NEW_CODE').reason).toBe('ATTEMPTS_USED_UP')
    const right = await journey.person.code(purpose)
    expect(await codeOf(enterCode(journey, kind, right, challengeId))).toBe('ATTEMPTS_USED_UP')
    expect(calls(await journey.ledger(), verify)).toHaveLength(3)

    const resent = await journey.handle.resendOtp()
    expect(resent.outcome).toBe('OTP_SENT')
    expect(action(resent, enter).attemptsLeft).toBe(3)
    expect((await journey.handle.view()).attempts[purpose]).toMatchObject({ wrongForThisCode: 0, wrongInJourney: 3 })
    expect((await journey.person.finish(await journey.handle.view())).state).toBe('COMPLETED')
    expect(smsFor(await journey.ledger(), purpose)).toHaveLength(2)
  })

  it('ends the journey as REJECTED with the last of the tries that a journey has', async () => {
    const journey = await startJourney(stack, rail, { policy: { ...NO_COOLDOWN, triesPerJourney: 10 } })
    await walkTo(journey, enter)
    for (let count = 1; count < 10; count += 1) {
      const view = await journey.handle.view()
      if (view.nextAction.do === 'REQUEST_NEW_CODE') await journey.handle.resendOtp()
      await wrong(journey, action(await journey.handle.view(), enter).challengeId)
    }
    await journey.handle.resendOtp()
    const last = await wrong(journey, action(await journey.handle.view(), enter).challengeId)
    expect(last).toMatchObject({ outcome: 'WRONG_CODE', state: 'REJECTED', nextAction: { do: 'NOTHING' } })
    const result = await journey.handle.result()
    expect(result).toMatchObject({ state: 'REJECTED', rejection: `${purpose}_OTP_TRIES_USED_UP` })
    expect(calls(await journey.ledger(), verify)).toHaveLength(10)
  })

  it('is refused here when its lifetime is over, and never reaches Eko', async () => {
    const journey = await startJourney(stack, rail, { policy: { ...NO_COOLDOWN, otpLifetimeSeconds: 4 } })
    const { challengeId } = action(await walkTo(journey, enter), enter)
    const code = await journey.person.code(purpose)
    const view = await journey.handle.waitForNextAction('REQUEST_NEW_CODE')
    expect(action(view, 'REQUEST_NEW_CODE').reason).toBe('CODE_EXPIRED')
    expect(await codeOf(enterCode(journey, kind, code, challengeId))).toBe('CODE_EXPIRED')
    const ledger = await journey.ledger()
    expect(calls(ledger, verify)).toHaveLength(0)
    await journey.handle.resendOtp()
    const code2 = action(await journey.handle.view(), enter)
    expect(await enterCode(journey, kind, await journey.person.code(purpose), code2.challengeId)).toMatchObject({
      outcome: 'ADVANCED',
    })
  })

  it('of an older challenge never reaches Eko and costs no attempt', async () => {
    const journey = await startJourney(stack, rail)
    const old = action(await walkTo(journey, enter), enter)
    const oldCode = await journey.person.code(purpose)
    const resent = action(await journey.handle.resendOtp(), enter)
    expect(resent.challengeId).not.toBe(old.challengeId)
    expect(await codeOf(enterCode(journey, kind, oldCode, old.challengeId))).toBe('CHALLENGE_STALE')
    expect(calls(await journey.ledger(), verify)).toHaveLength(0)
    expect(action(await journey.handle.view(), enter).attemptsLeft).toBe(3)
    expect((await journey.person.finish(await journey.handle.view())).state).toBe('COMPLETED')
  })

  it('is not sent again before the cooldown is over', async () => {
    const journey = await startJourney(stack, rail, { policy: { resendCooldownSeconds: 600 } })
    await walkTo(journey, enter)
    const error = await errorOf(journey.handle.resendOtp())
    expect(error.code).toBe('RESEND_TOO_EARLY')
    expect(error.details).toMatchObject({ resendAvailableAt: expect.stringMatching(/Z$/), resendsLeft: 39 })
    expect(smsFor(await journey.ledger(), purpose)).toHaveLength(1)
    expect((await journey.person.finish(await journey.handle.view())).state).toBe('COMPLETED')
  })

  it('is sent no more often than the quota allows, counted over resends', async () => {
    const journey = await startJourney(stack, rail, { policy: { ...NO_COOLDOWN, sendsPerWindow: 3, sendsPerDay: 3 } })
    await walkTo(journey, enter)
    await journey.handle.resendOtp()
    const last = await journey.handle.resendOtp()
    expect(action(last, enter).resendsLeft).toBe(0)
    expect(await codeOf(journey.handle.resendOtp())).toBe('RESEND_LIMIT_REACHED')
    expect(smsFor(await journey.ledger(), purpose)).toHaveLength(3)
    expect((await journey.person.finish(await journey.handle.view())).state).toBe('COMPLETED')
  })
})

it('a code with leading zeros is accepted as it was sent', async () => {
  await setLeadingZeros(1)
  const journey = await startJourney(stack, 'digikhata')
  const { challengeId } = action(journey.view, 'ENTER_SENDER_OTP')
  const otp = await journey.person.code('SENDER')
  expect(otp).toMatch(/^0/)
  await expect(journey.handle.enterSenderOtp({ otp, challengeId })).resolves.toMatchObject({ outcome: 'ADVANCED' })
  await setLeadingZeros(0.25)
})

async function setLeadingZeros(leadingZeroShare: number): Promise<void> {
  await fetch(`${stack.local.sandboxUrl}/policy`, { method: 'PUT', body: JSON.stringify({ leadingZeroShare }) })
}
