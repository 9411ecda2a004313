import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { scenariosJson } from '../../sandbox/scenarios.js'
import type { View } from '../../client/index.js'
import {
  ALL_STEPS_ONCE,
  action,
  calls,
  codeOf,
  RAILS,
  smsFor,
  startJourney,
  steps,
  type TestJourney,
  walkTo,
} from '../support/journeys.js'
import { startTestStack, type TestStack } from '../support/test-stack.js'

let stack: TestStack
beforeAll(async () => {
  stack = await startTestStack()
})
afterAll(() => stack?.stop())

const { aadhaarNumbers, pans } = scenariosJson()
const aadhaarOf = (scenario: string): string =>
  aadhaarNumbers.find((entry) => entry.scenario === scenario)?.number ?? ''
const panOf = (scenario: string): string => pans.find((entry) => entry.scenario === scenario)?.number ?? ''

function agreed(view: Pick<View, 'nextAction'>) {
  const { consentId, textSha256 } = action(view, 'ENTER_AADHAAR').consent
  return { consentId, textSha256, mode: 'self' as const, acceptedAt: new Date().toISOString() }
}

async function finish(journey: TestJourney): Promise<View> {
  return journey.person.finish(await journey.handle.view())
}

describe.each(RAILS)('on the %s rail', (rail) => {
  it('the Aadhaar number is refused until this journey has presented a consent', async () => {
    const journey = await startJourney(stack, rail)
    await walkTo(journey, 'REQUEST_CONSENT')
    const { aadhaar } = journey.person.facts
    const consent = {
      ...{ consentId: 'made-up', textSha256: 'a'.repeat(64), mode: 'self' as const },
      acceptedAt: new Date().toISOString(),
    }
    expect(await codeOf(journey.handle.enterAadhaar({ aadhaar, consent }))).toBe('CONSENT_REQUIRED')
    expect(calls(await journey.ledger(), 'generateAadhaarOtp')).toHaveLength(0)
    expect((await finish(journey)).state).toBe('COMPLETED')
  })

  it('a consent to other words than those shown is a mismatch', async () => {
    const journey = await startJourney(stack, rail)
    const view = await walkTo(journey, 'ENTER_AADHAAR')
    const { aadhaar } = journey.person.facts
    const right = agreed(view)
    const otherText = { ...right, textSha256: '0'.repeat(64) }
    const otherId = { ...right, consentId: 'another' }
    expect(await codeOf(journey.handle.enterAadhaar({ aadhaar, consent: otherText }))).toBe('CONSENT_MISMATCH')
    expect(await codeOf(journey.handle.enterAadhaar({ aadhaar, consent: otherId }))).toBe('CONSENT_MISMATCH')
    expect(calls(await journey.ledger(), 'generateAadhaarOtp')).toHaveLength(0)
    expect((await finish(journey)).state).toBe('COMPLETED')
  })

  it('a language that is not offered is answered with those that are', async () => {
    const journey = await startJourney(stack, rail)
    await walkTo(journey, 'REQUEST_CONSENT')
    const receipt = await journey.handle.requestConsent({ language: 'Volapük' })
    expect(receipt.outcome).toBe('LANGUAGE_NOT_OFFERED')
    expect(action(receipt, 'REQUEST_CONSENT').languages).toContain('English')
    expect((await finish(journey)).state).toBe('COMPLETED')
  })

  it('a refused Aadhaar number sends no code; another one needs the consent again', async () => {
    const journey = await startJourney(stack, rail)
    const view = await walkTo(journey, 'ENTER_AADHAAR')
    const consent = agreed(view)
    const refused = await journey.handle.enterAadhaar({ aadhaar: aadhaarOf('refused'), consent })
    expect(refused).toMatchObject({ outcome: 'AADHAAR_REFUSED', state: 'AADHAAR_REQUIRED' })
    expect(refused.nextAction.do).toBe('REQUEST_CONSENT')
    expect(smsFor(await journey.ledger(), 'AADHAAR')).toHaveLength(0)
    const { aadhaar } = journey.person.facts
    expect(await codeOf(journey.handle.enterAadhaar({ aadhaar, consent }))).toBe('CONSENT_REQUIRED')
    expect((await finish(journey)).state).toBe('COMPLETED')
    expect(steps(await journey.ledger())).toEqual(ALL_STEPS_ONCE)
  })

  it('a PAN that comes early is kept and used at its step, without being asked for', async () => {
    const journey = await startJourney(stack, rail)
    const kept = await journey.handle.enterPan({ pan: journey.person.facts.pan })
    expect(kept).toMatchObject({ outcome: 'KEPT', state: 'SENDER_OTP_REQUIRED' })
    await walkTo(journey, 'ENTER_AADHAAR_OTP')
    expect(calls(await journey.ledger(), 'validatePan')).toHaveLength(0)
    const otp = await journey.person.code('AADHAAR')
    const { challengeId } = action(await journey.handle.view(), 'ENTER_AADHAAR_OTP')
    await journey.handle.enterAadhaarOtp({ otp, challengeId })
    expect(await journey.handle.result()).toMatchObject({ state: 'COMPLETED', capability: 'full' })
    expect(calls(await journey.ledger(), 'validatePan')).toHaveLength(1)
  })

  it('an early PAN is forgotten after its time, and then asked for', async () => {
    const journey = await startJourney(stack, rail, { policy: { resendCooldownSeconds: 0, keptPanSeconds: 1 } })
    await journey.handle.enterPan({ pan: journey.person.facts.pan })
    for (let view = await journey.handle.view(); !dropped(view);)
      view = await journey.handle.waitForChange(view.revision)
    await walkTo(journey, 'ENTER_PAN')
    expect(calls(await journey.ledger(), 'validatePan')).toHaveLength(0)
    expect((await finish(journey)).state).toBe('COMPLETED')
  })

  it('a refused PAN may be corrected', async () => {
    const journey = await startJourney(stack, rail)
    await walkTo(journey, 'ENTER_PAN')
    const refused = await journey.handle.enterPan({ pan: panOf('fieldRefused') })
    expect(refused).toMatchObject({ outcome: 'PAN_REFUSED', state: 'PAN_REQUIRED' })
    expect(action(refused, 'ENTER_PAN').lastError).toBeDefined()
    expect((await finish(journey)).state).toBe('COMPLETED')
    expect(steps(await journey.ledger())).toEqual(ALL_STEPS_ONCE)
  })

  it('where the PAN step says that Aadhaar is pending again, the journey goes back and keeps the PAN', async () => {
    const journey = await startJourney(stack, rail)
    await walkTo(journey, 'ENTER_PAN')
    const back = await journey.handle.enterPan({ pan: panOf('aadhaarPendingAgain') })
    expect(back).toMatchObject({ outcome: 'ADVANCED', state: 'AADHAAR_REQUIRED' })
    expect((await journey.handle.enterPan({ pan: journey.person.facts.pan })).outcome).toBe('KEPT')
    await walkTo(journey, 'ENTER_AADHAAR_OTP')
    await journey.person.act((await journey.handle.view()).nextAction)
    expect(await journey.handle.result()).toMatchObject({ state: 'COMPLETED', capability: 'full' })
  })

  it('a PAN of another customer needs an operator, whose re-entry leads on', async () => {
    const journey = await startJourney(stack, rail)
    await walkTo(journey, 'ENTER_PAN')
    const taken = await journey.handle.enterPan({ pan: panOf('alreadyExists') })
    expect(taken).toMatchObject({ outcome: 'NEEDS_ATTENTION', detail: 'IDENTITY_ALREADY_USED' })
    expect(action(taken, 'CONTACT_SUPPORT').unblockedBy).toContain('reenter')
    expect(await codeOf(journey.handle.enterPan({ pan: journey.person.facts.pan }))).toBe('NEEDS_ATTENTION')
    const actor = { type: 'operator' as const, id: 'op-7' }
    expect(await codeOf(journey.handle.retryNow({ actor, reason: 'try' }))).toBe('USE_REENTER')
    const again = await journey.handle.reenter({ actor, reason: 'cleared with Eko' })
    expect(again).toMatchObject({ outcome: 'OTP_SENT', state: 'SENDER_OTP_REQUIRED' })
    expect((await finish(journey)).state).toBe('COMPLETED')
    const ledger = await journey.ledger()
    expect(steps(ledger)).toEqual(ALL_STEPS_ONCE)
    expect(smsFor(ledger, 'SENDER')).toHaveLength(2)
    const { view } = await journey.handle.result()
    expect(view.timeline).toContainEqual(
      expect.objectContaining({ what: 'message:reenter', actor, reason: 'cleared with Eko' }),
    )
  })
})

it('a code that goes to another mobile than the sender’s says so (Levin gives the hint)', async () => {
  const journey = await startJourney(stack, 'levin')
  const view = await walkTo(journey, 'ENTER_AADHAAR')
  const receipt = await journey.handle.enterAadhaar({ aadhaar: aadhaarOf('otherMobile'), consent: agreed(view) })
  expect(action(receipt, 'ENTER_AADHAAR_OTP').mobileHint).toMatch(/^\*+\d{4}$/)
  expect((await journey.handle.view()).mobileMismatch).toBe(true)
})

function dropped(view: View): boolean {
  return view.timeline.some(({ what }) => what === 'timer:keptPan')
}
