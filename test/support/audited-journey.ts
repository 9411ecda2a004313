import { expect } from '@jest/globals'
import { type JourneyHandle, type NextAction, OnboardingError, type Rail, type View } from '../../client/index.js'
import type { OperationName } from '../../sandbox/index.js'
import { type Person, type PersonFacts, waitUntil } from '../../stack/person.js'
import { ALL_STEPS_ONCE, calls, smsFor, steps } from './journeys.js'
import type { TestStack } from './test-stack.js'

/** What the person asked for, by next action: the measure of what Eko may have been asked. */
export type Wanted = Partial<Record<NextAction['do'] | 'RESEND_SENDER' | 'RESEND_AADHAAR', number>>

/** Refusals that a screen meets when it acted on a view of a moment ago: it then looks again. */
const LOOK_AGAIN = ['WRONG_STATE', 'CHALLENGE_STALE', 'CODE_UNUSABLE', 'PARKED', 'CONSENT_REQUIRED', 'RESEND_TOO_EARLY']
/** Nobody knows what became of the message: the view tells. */
const IN_DOUBT = ['UNREACHABLE', 'DEADLINE']
const MOST_ACTS = 40
/** Eko's status of a timestamp that was used before, or is too old. */
const USED_TIMESTAMP = 2485

/** Does what the journey asks for until it ends, and counts what was asked of it. */
export async function driveToEnd(
  { handle, person }: { readonly handle: JourneyHandle; readonly person: Person },
  wanted: Wanted,
): Promise<View> {
  for (let acts = 0; acts < MOST_ACTS; acts += 1) {
    const view = await handle.view()
    const { nextAction } = view
    if (nextAction.do === 'NOTHING' || nextAction.do === 'CONTACT_SUPPORT') return view
    if (nextAction.do === 'WAIT' || nextAction.do === 'WAIT_UNTIL') {
      await handle.waitForChange(view.revision)
      continue
    }
    if (nextAction.do === 'REQUEST_NEW_CODE') await waitUntil(nextAction.resendAvailableAt)
    const asked = nextAction.do === 'REQUEST_NEW_CODE' ? (`RESEND_${nextAction.purpose}` as const) : nextAction.do
    wanted[asked] = (wanted[asked] ?? 0) + 1
    try {
      await person.act(nextAction)
    } catch (error) {
      if (!(error instanceof OnboardingError) || ![...LOOK_AGAIN, ...IN_DOUBT].includes(error.code)) throw error
    }
  }
  throw new Error(`The journey did not end after ${MOST_ACTS} acts.`)
}

/**
 * The ledger shows no call that was not wanted: no SMS but the first ones and those asked for, no code consumed twice,
 * every step of KYC once. Only reads and the PAN, whose repetition changes nothing, may have been received again.
 */
export async function expectNothingUnwanted(
  stack: TestStack,
  rail: Rail,
  { mobile }: PersonFacts,
  wanted: Wanted,
): Promise<void> {
  const ledger = await stack.sandbox.ledger(mobile)
  const resends = wanted.RESEND_SENDER ?? 0
  const entered = wanted.ENTER_AADHAAR ?? 0
  const aadhaarResends = wanted.RESEND_AADHAAR ?? 0
  // Two workers of one key can sign the same millisecond: Eko refuses the second (2485), and it is signed afresh.
  const received = (operation: OperationName): number =>
    calls(ledger, operation).filter(({ executed, status }) => executed || status !== USED_TIMESTAMP).length

  expect(steps(ledger)).toEqual(ALL_STEPS_ONCE)
  expect(await stack.sandbox.sender(rail, mobile)).toMatchObject({ stage: 'ACTIVE' })
  expect(ledger.money).toEqual([])
  expect(ledger.wrongCodes).toEqual([])
  const refs = ledger.codesConsumed.map(({ otpRefId }) => otpRefId)
  expect(new Set(refs).size).toBe(refs.length)

  expect(smsFor(ledger, 'SENDER').length).toBeLessThanOrEqual(1 + resends)
  expect(smsFor(ledger, 'AADHAAR').length).toBeLessThanOrEqual(entered + aadhaarResends)
  expect(received('getSender')).toBeLessThanOrEqual(1 + resends)
  expect(received('onboardSender')).toBe(1)
  expect(received('generateSenderOtp')).toBeLessThanOrEqual(resends)
  expect(received('verifySenderOtp')).toBeLessThanOrEqual(wanted.ENTER_SENDER_OTP ?? 0)
  expect(received('generateAadhaarOtp')).toBeLessThanOrEqual(entered + aadhaarResends)
  expect(received('verifyAadhaarOtp')).toBeLessThanOrEqual(wanted.ENTER_AADHAAR_OTP ?? 0)
}
