import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { ANSWERS, type CallName, type CallOutcome, CALLS } from '../../workflows/calls.js'
import { outcomeOfFailure, UNRECOGNISED } from '../../workflows/engine/call-runner.js'
import { isClosed, OPEN_STATES, type Rail } from '../../workflows/messages.js'
import { resultOf, viewOf } from '../../workflows/journey-view.js'
import { outcomeOf, resolutionOf } from '../../workflows/outcome-guards.js'
import { storyOf } from '../../workflows/story.js'
import { ApplicationFailure } from '@temporalio/common'
import { openJourney, wakeAt } from './machine.js'
import { CONSENT, Drive, driveTo, JOURNEY_ID, MESSAGE_NAMES, outcome, planOf, START } from './support.js'

/** Everything that an activity may answer, all at once. */
const FULL: CallOutcome = {
  ...outcome('verifyAadhaarOtp', 'PAN_PENDING', { mobileHint: '******3210', applicationId: 'a1', run: 'run' }),
  ...{ otpRefId: 'ref', inputCode: 'X', consent: CONSENT, languages: [{ id: '1', name: 'English' }] },
  wallet: { token: null, id: '', expiresAt: null },
  profile: { nameMasked: 'A***', balancePaise: 1, totalMonthlyLimitPaise: null, nextAllowedLimitPaise: 3 },
  ...{ kycStates: { data: '1', profile: null }, fieldErrors: { name: 'bad' }, retryAfterMs: 1_000 },
  ...{ dependency: 'UIDAI', incident: '0a1b2c3d:credentials' },
  limit: { code: 'MOBILE_LIMIT_REACHED', retryAt: START },
}
const RESOLVED = { plan: planOf(), run: 'run' }

/** Any JSON, with keys that JavaScript treats in a special way. */
const anyJson = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(1e300, -1e300, { toString: 1 }, { valueOf: 'x' }, JSON.parse('{"__proto__": 7}') as unknown),
)

/** The value with something else in one place, however deep. */
function replacedIn(value: unknown): fc.Arbitrary<unknown> {
  if (typeof value !== 'object' || value === null) return anyJson
  const inner = Object.entries(value as Record<string, unknown>).map(([name, one]) =>
    replacedIn(one).map((other): unknown =>
      Array.isArray(value)
        ? value.map((item: unknown, at) => (String(at) === name ? other : item))
        : { ...value, [name]: other },
    ),
  )
  return fc.oneof(anyJson, ...inner)
}

function readEverything(drive: Drive): void {
  const { journey } = drive
  const view = viewOf(journey)
  JSON.stringify([view, storyOf(view), wakeAt(journey), isClosed(journey.state) ? resultOf(journey) : null])
}

describe('whatever an activity is completed with', () => {
  it('the journey goes on to where it can be read', () => {
    const anyOutcome = fc
      .tuple(fc.oneof(anyJson, replacedIn(FULL)), fc.option(fc.constantFrom(...ANSWERS)))
      .map(([value, answer]) => (answer && typeof value === 'object' ? { ...value, answer } : value))
    fc.assert(
      fc.property(
        fc.constantFrom<Rail>('digikhata', 'levin'),
        fc.constantFrom(...OPEN_STATES),
        fc.constantFrom(...MESSAGE_NAMES),
        fc.array(anyOutcome, { minLength: 1, maxLength: 4 }),
        (rail, state, name, brought) => {
          const drive = driveTo(state, { rail, policy: { resendCooldownSeconds: 0 } })
          if (drive.calling === null) drive.send(name)
          for (const value of brought) {
            if (drive.calling) drive.apply({ type: 'callEnded', outcome: outcomeOf(value) ?? UNRECOGNISED })
            readEverything(drive)
            drive.wait(Math.max(0, (wakeAt(drive.journey) ?? 0) - drive.now))
            readEverything(drive)
          }
        },
      ),
      { numRuns: 2_000 },
    )
  })

  it('its look-up of the tenant is one that the journey can begin with', () => {
    const anyAnswer = fc.oneof(anyJson, replacedIn(RESOLVED), replacedIn({ refused: 'TENANT_UNKNOWN', retryAt: 1 }))
    fc.assert(
      fc.property(anyAnswer, (value) => {
        const drive = new Drive()
        const { input } = drive.journey
        drive.journey = openJourney({ workflowId: JOURNEY_ID, runId: 'r', input, now: START })
        drive.apply({ type: 'resolved', outcome: resolutionOf(value) ?? { refused: 'TENANT_UNKNOWN' } })
        readEverything(drive)
        expect(isClosed(drive.journey.state) || drive.calling !== null).toBe(true)
        if (drive.calling) drive.answer('OTP_SENT')
        drive.wait(Math.max(0, (wakeAt(drive.journey) ?? 0) - drive.now))
        readEverything(drive)
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('an outcome', () => {
  it('of an activity is taken as it is', () => {
    const { wallet, kycStates, profile, ...others } = FULL
    expect(outcomeOf(FULL)).toEqual({ ...others, wallet, kycStates, profile })
    for (const call of CALLS) {
      for (const answer of ANSWERS) {
        const real = outcome(call satisfies CallName, answer)
        expect(outcomeOf(JSON.parse(JSON.stringify(real)))).toEqual(real)
      }
    }
  })

  it('may have fields that a newer worker added', () => {
    const facts = { ...FULL.facts, traceId: 't' }
    expect(outcomeOf({ ...FULL, facts, newField: { x: 1 } })).toEqual({ ...FULL, facts })
  })

  it('is none where the time of a limit is no time, or the limit is none that is known', () => {
    for (const limit of [
      { retryAt: 'x' },
      { code: 'MOBILE_LIMIT_REACHED', retryAt: 9e15 },
      { code: 'toString', retryAt: 1 },
    ]) {
      expect(outcomeOf({ class: 'NOT_SENT', answer: 'LIMIT_REACHED', limit })).toBeNull()
    }
  })

  it('that a failed activity tells of is one, or the call’s outcome is unknown', () => {
    const told = (details: unknown) => ApplicationFailure.create({ type: 'UnknownOutcome', details: [details] })
    expect(outcomeOfFailure(told(FULL))).toEqual(FULL)
    expect(outcomeOfFailure(told({ ...FULL, facts: 'x' }))).toEqual({
      class: 'UNKNOWN_OUTCOME',
      answer: 'UNKNOWN_OUTCOME',
    })
  })
})

describe('the answer of the look-up', () => {
  it('of an activity is taken as it is', () => {
    expect(resolutionOf(RESOLVED)).toEqual(RESOLVED)
    const limited = { refused: 'USER_CODE_JOURNEYS_LIMIT', retryAt: START, run: 'r' }
    expect(resolutionOf(limited)).toEqual(limited)
    expect(resolutionOf({ refused: 'TENANT_UNKNOWN' })).toEqual({ refused: 'TENANT_UNKNOWN' })
  })

  it('of an older worker has the defaults of settings that came later', () => {
    const { parkFirstSeconds: _, ...policy } = RESOLVED.plan.policy
    expect(resolutionOf({ ...RESOLVED, plan: { ...RESOLVED.plan, policy } })).toEqual(RESOLVED)
  })

  it('is none where the journey could not begin with it', () => {
    const { plan } = RESOLVED
    const plans = [
      ...[{ policy: {} }, { ...plan, policy: { ...plan.policy, stepSeconds: 'x' } }, { ...plan, onUnknown: null }],
      ...[
        { ...plan, startToCloseMs: 'soon' },
        { ...plan, policy: { ...plan.policy, trustLookup: 1 } },
      ],
    ]
    for (const bad of plans) expect(resolutionOf({ plan: bad })).toBeNull()
    for (const refused of ['toString', 7, {}]) expect(resolutionOf({ refused })).toBeNull()
    expect(resolutionOf({ refused: 'USER_CODE_JOURNEYS_LIMIT', retryAt: 'x' })).toBeNull()
  })
})
