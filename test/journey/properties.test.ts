import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { ANSWERS } from '../../workflows/calls.js'
import * as guards from '../../workflows/guards.js'
import { nextActionOf, resultOf, viewOf } from '../../workflows/journey-view.js'
import { storyOf } from '../../workflows/story.js'
import { CLOSED_STATES, isClosed, type Message, OPEN_STATES, type Rail } from '../../workflows/messages.js'
import { admit, wakeAt } from './machine.js'
import { Drive, driveTo, message, MESSAGE_NAMES, planOf } from './support.js'

const wellFormed = fc.constantFrom(...MESSAGE_NAMES).map((name) => message(name))
const anyBody = fc.oneof(fc.jsonValue(), fc.anything(), fc.record({ $undecodable: fc.string() }))
const malformed = fc.record({ name: fc.constantFrom(...MESSAGE_NAMES), body: anyBody }).map((sent) => sent as Message)
/** Bodies of which one field is replaced: near enough to be dangerous. */
const nearlyWellFormed = fc
  .tuple(fc.constantFrom(...MESSAGE_NAMES), fc.string(), fc.jsonValue(), fc.nat(4))
  .map(([name, field, value, index]) => {
    const { body } = message(name)
    const key = Object.keys(body)[index] ?? field
    return { name, body: { ...body, [key]: value } } as unknown as Message
  })
const submitted = fc
  .tuple(wellFormed, fc.constantFrom('s1', 's2', 's3'))
  .map(([{ name, body }, submissionId]) => ({ name, body: { ...body, submissionId } }) as Message)

type Step =
  | { readonly kind: 'message'; readonly message: Message; readonly via: 'signal' | 'update' }
  | { readonly kind: 'answer'; readonly answer: (typeof ANSWERS)[number] }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'wake' }
  | { readonly kind: 'newRun' }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('message' as const),
    message: fc.oneof(
      { arbitrary: wellFormed, weight: 5 },
      { arbitrary: submitted, weight: 3 },
      malformed,
      nearlyWellFormed,
    ),
    via: fc.constantFrom('signal' as const, 'update' as const),
  }),
  fc.record({ kind: fc.constant('answer' as const), answer: fc.constantFrom(...ANSWERS) }),
  fc.record({
    kind: fc.constant('answer' as const),
    answer: fc.constantFrom('OTP_SENT', 'AADHAAR_PENDING', 'PAN_PENDING'),
  }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(700_000) }),
  fc.constant({ kind: 'wake' as const }),
  fc.constant({ kind: 'newRun' as const }),
)

function take(drive: Drive, next: Step): void {
  const { call } = drive.journey
  if (next.kind === 'message') drive.apply({ type: 'arrived', message: next.message, via: next.via })
  else if (next.kind === 'answer' && drive.journey.resolving) {
    const { again } = drive.journey.resolving
    drive.apply({ type: 'resolved', outcome: again ? { plan: planOf() } : { refused: 'USER_CODE_NOT_ALLOWED' } })
  } else if (next.kind === 'answer' && call && !call.parked) drive.answer(next.answer)
  else if (next.kind === 'wait') drive.wait(next.ms)
  else if (next.kind === 'newRun' && !isClosed(drive.journey.state)) drive.goOn()
  else if (next.kind === 'wake') drive.wait(Math.max(0, (wakeAt(drive.journey) ?? drive.now) - drive.now))
}

describe('whatever happens to a journey, in whatever order', () => {
  it('it does not crash, stays legal, and every update is settled once it is idle', () => {
    const steps = fc.array(step, { maxLength: 60 })
    fc.assert(
      fc.property(fc.constantFrom<Rail>('digikhata', 'levin'), steps, (rail, sequence) => {
        const drive = new Drive({ rail })
        const owed = new Set<number>()
        for (const next of sequence) {
          const before = drive.journey
          take(drive, next)
          const { last, journey } = drive
          if (last.sequence !== null && last.sequence > before.sequence) owed.add(last.sequence)
          for (const { sequence: settled } of last.settled) owed.delete(settled)
          expect([...OPEN_STATES, ...CLOSED_STATES]).toContain(journey.state)
          expect(journey.revision).toBeGreaterThanOrEqual(before.revision)
          if (journey.revision === before.revision) expect(viewOf(journey)).toEqual(viewOf(before))
          if (isClosed(before.state)) expect(journey.state).toBe(before.state)
          if (journey.state === 'COMPLETED') expect(journey.evidence).not.toBeNull()
          const idle = !journey.resolving && (!journey.call || journey.call.parked !== null)
          if (idle) expect([...owed]).toEqual([])
          expect(() => JSON.stringify([viewOf(journey), storyOf(viewOf(journey)), nextActionOf(journey)])).not.toThrow()
        }
        if (isClosed(drive.journey.state)) expect(resultOf(drive.journey).state).toBe(drive.journey.state)
      }),
      { numRuns: 400 },
    )
  })

  it('wrong entries never exceed the policy, and codes sent never exceed the quota', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (sequence) => {
        const drive = driveTo('SENDER_OTP_REQUIRED')
        for (const next of sequence) {
          take(drive, next)
          const { wrong, sends, challenge, plan } = drive.journey
          if (!plan) throw new Error('The plan is gone.')
          const { triesPerJourney, triesPerCode, sendsPerDay, sendsPerWindow, sendWindowSeconds } = plan.policy
          for (const purpose of ['SENDER', 'AADHAAR'] as const) {
            expect(wrong[purpose]).toBeLessThanOrEqual(triesPerJourney)
            const within = (ms: number): number => sends[purpose].filter((at) => at > drive.now - ms).length
            expect(within(86_400_000)).toBeLessThanOrEqual(sendsPerDay)
            expect(within(sendWindowSeconds * 1000)).toBeLessThanOrEqual(sendsPerWindow)
          }
          expect(challenge?.wrong ?? 0).toBeLessThanOrEqual(triesPerCode)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('no success comes from an answer that is none', () => {
    const failing: readonly string[] = ANSWERS.filter((answer) => answer !== 'ONBOARDED')
    const onlyFailing = step.filter((next) => next.kind !== 'answer' || failing.includes(next.answer))
    fc.assert(
      fc.property(fc.array(onlyFailing, { maxLength: 60 }), (sequence) => {
        const drive = new Drive()
        for (const next of sequence) take(drive, next)
        expect(drive.journey.state).not.toBe('COMPLETED')
      }),
      { numRuns: 300 },
    )
  })
})

describe('whatever is thrown at the gate', () => {
  it('is taken or refused with a code, and a refusal repeats nothing of it', () => {
    const canary = 'kAnArY7391'
    const poisoned = fc.oneof(
      malformed,
      nearlyWellFormed,
      fc
        .constantFrom(...MESSAGE_NAMES)
        .map((name) => ({ name, body: { otp: canary, pan: canary, aadhaar: canary, x: canary } })),
    )
    fc.assert(
      fc.property(poisoned, (sent) => {
        const refused = admit(driveTo('PAN_REQUIRED').journey, sent as Message, 0)
        if (refused) expect(refused.code).toMatch(/^[A-Z_]+$/)
        expect(JSON.stringify(refused ?? null)).not.toContain(canary)
      }),
      { numRuns: 500 },
    )
  })

  it('guards answer with complaints, never with an exception', () => {
    for (const guard of Object.values(guards)) {
      fc.assert(fc.property(anyBody, (body) => typeof guard(body) === 'object'))
    }
  })
})
