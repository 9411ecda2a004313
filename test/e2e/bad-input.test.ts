import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createSealer, generateSealingKey } from '../../secrets/index.js'
import type { MessageName, View } from '../../client/index.js'
import { action, ALL_STEPS_ONCE, calls, startJourney, steps, type TestJourney, walkTo } from '../support/journeys.js'
import { json, signalRaw, UNDECODABLE, updateOutcome, updateRaw } from '../support/raw-messages.js'
import { startTestStack, type TestStack } from '../support/test-stack.js'

let stack: TestStack
beforeAll(async () => {
  stack = await startTestStack()
})
afterAll(() => stack?.stop())

const LONG = 'x'.repeat(100_000)
const actor = { type: 'operator', id: 'op' }
const consent = {
  ...{ consentId: 'c', textSha256: '0'.repeat(64), mode: 'self' },
  acceptedAt: '2026-01-31T10:00:00Z',
}

type Bad = readonly [what: string, name: MessageName, body: unknown, code: string]

/** What the journey must refuse while it waits for its sender OTP. */
const BAD: readonly Bad[] = [
  ['no body', 'resendOtp', null, 'INVALID_MESSAGE'],
  ['text for a body', 'enterPan', 'ABCPX1234Z', 'INVALID_MESSAGE'],
  ['a number for a body', 'enterSenderOtp', 123456, 'INVALID_MESSAGE'],
  ['a list for a body', 'enterSenderOtp', [{ otp: '1' }], 'INVALID_MESSAGE'],
  ['a missing field', 'enterSenderOtp', {}, 'INVALID_MESSAGE'],
  ['null for a field', 'enterSenderOtp', { otp: null }, 'INVALID_MESSAGE'],
  ['a number for text', 'enterSenderOtp', { otp: 123456 }, 'INVALID_MESSAGE'],
  ['an object for text', 'enterPan', { pan: { $gt: '' } }, 'INVALID_MESSAGE'],
  ['empty text', 'enterSenderOtp', { otp: '' }, 'INVALID_MESSAGE'],
  ['an unknown field', 'resendOtp', { please: true }, 'INVALID_MESSAGE'],
  ['a field named __proto__', 'resendOtp', JSON.parse('{"__proto__":{"admin":true}}'), 'INVALID_MESSAGE'],
  ['a field named constructor', 'resendOtp', { constructor: 'x' }, 'INVALID_MESSAGE'],
  ['an oversize secret', 'enterSenderOtp', { otp: LONG }, 'INVALID_MESSAGE'],
  ['an oversize challenge', 'enterSenderOtp', { otp: 'a.b.c.d.e', challengeId: LONG }, 'INVALID_MESSAGE'],
  ['an oversize submission id', 'resendOtp', { submissionId: LONG }, 'INVALID_MESSAGE'],
  ['a submission id that is no text', 'resendOtp', { submissionId: { a: 1 } }, 'INVALID_MESSAGE'],
  ['a submission id with a line break', 'resendOtp', { submissionId: 'a\nb' }, 'INVALID_MESSAGE'],
  ['an oversize reason', 'reenter', { actor, reason: LONG }, 'INVALID_MESSAGE'],
  ['an operator without a name', 'cancel', { reason: 'because' }, 'INVALID_MESSAGE'],
  ['an actor of an unknown kind', 'cancel', { actor: { type: 'root', id: '1' }, reason: 'because' }, 'INVALID_MESSAGE'],
  ['an actor with more to say', 'cancel', { actor: { ...actor, mobile: '1' }, reason: 'x' }, 'INVALID_MESSAGE'],
  ['a user code with a slash', 'takeOver', { actor, reason: 'x', userCode: '../1' }, 'INVALID_MESSAGE'],
  ['an address that is no list', 'enterSenderDetails', details({ residenceAddress: 'Pune' }), 'INVALID_MESSAGE'],
  ['an address of too many lines', 'enterSenderDetails', details({ residenceAddress: lines(7) }), 'INVALID_MESSAGE'],
  ['a date of birth in words', 'enterSenderDetails', details({ dob: '31 January' }), 'INVALID_MESSAGE'],
  ['a consent that is text', 'enterAadhaar', { aadhaar: 'a.b.c.d.e', consent: 'yes' }, 'INVALID_MESSAGE'],
  ['a consent hash that is none', 'enterAadhaar', aadhaar({ textSha256: 'abc' }), 'INVALID_MESSAGE'],
  ['a consent at no time', 'enterAadhaar', aadhaar({ acceptedAt: 'yesterday' }), 'INVALID_MESSAGE'],
  ['a PAN in the clear', 'enterPan', { pan: 'ABCPX1234Z' }, 'PLAINTEXT_REFUSED'],
  ['an Aadhaar number in the clear', 'enterAadhaar', { aadhaar: '999912345678', consent }, 'PLAINTEXT_REFUSED'],
  ['an OTP in the clear', 'enterSenderOtp', { otp: '123456' }, 'PLAINTEXT_REFUSED'],
  ['details in the wrong state', 'enterSenderDetails', details({}), 'WRONG_STATE'],
  ['a consent request in the wrong state', 'requestConsent', { language: 'English' }, 'WRONG_STATE'],
  ['retryNow where nothing is parked', 'retryNow', { actor, reason: 'x' }, 'NOTHING_TO_RETRY'],
]

function details(over: object) {
  return { name: 'A B', dob: '1990-01-31', residenceAddress: lines(2), ...over }
}
function lines(count: number): string[] {
  return Array.from({ length: count }, () => 'a line')
}
function aadhaar(over: object) {
  return { aadhaar: 'a.b.c.d.e', consent: { ...consent, ...over } }
}

async function finish({ person, handle, ledger }: TestJourney): Promise<View> {
  const end = await person.finish(await handle.view())
  expect(end.state).toBe('COMPLETED')
  expect(steps(await ledger())).toEqual(ALL_STEPS_ONCE)
  return end
}

function lastRefusals(view: View): string[] {
  return view.timeline.filter(({ what }) => what.startsWith('refused:')).map(({ what, code }) => `${what} ${code}`)
}

describe('a message that the journey must refuse', () => {
  it('as an update fails with its code; the journey then completes, as if it had never come', async () => {
    const journey = await startJourney(stack, 'digikhata')
    const before = await journey.handle.view()
    const { workflowId } = journey.handle
    for (const [what, name, body, code] of BAD) {
      expect([what, await updateOutcome(stack.client, workflowId, name, body)]).toEqual([what, code])
    }
    expect(await journey.handle.view()).toEqual(before)
    await finish(journey)
  })

  it('as a signal is a visible, harmless line of the story; the journey then completes', async () => {
    const journey = await startJourney(stack, 'levin')
    const before = await journey.handle.view()
    const { workflowId } = journey.handle
    for (const [what, name, body, code] of BAD) {
      const { revision } = await journey.handle.view()
      await signalRaw(stack.client, workflowId, name, [json(body)])
      const view = await journey.handle.waitForChange(revision)
      expect([what, lastRefusals(view).at(-1)]).toEqual([what, `refused:${name} ${code}`])
    }
    const after = await journey.handle.view()
    const { revision: _r, timeline: _t, timelineTotal: _n, messages: _m, ...same } = before
    expect(after).toMatchObject(same)
    expect(after.messages).toMatchObject({ taken: 0, refused: after.messages.received })
    expect(JSON.stringify(after)).not.toContain('xxxxxxxxxxxxxxx')
    expect(after.timeline.length).toBeLessThanOrEqual(50)
    await finish(journey)
  })
})

describe('a sealed secret that is not for this journey and field, or cannot be opened', () => {
  async function foreignSeals(journey: TestJourney) {
    const { workflowId } = journey.handle
    const { client } = stack
    const right = await client.seal(workflowId, 'otp', await journey.person.wrongCode('SENDER'))
    const unknownKey = createSealer((await generateSealingKey()).publicKeys)
    const tampered = right.replace(/[^.]{4}(?=\.[^.]*$)/, (part) => (part === 'AAAA' ? 'BBBB' : 'AAAA'))
    return {
      anotherJourney: await client.seal(client.journeyId({ rail: 'levin', mobile: '7000000001' }), 'otp', '123456'),
      anotherField: await client.seal(workflowId, 'pan', 'ABCPX1234Z'),
      unknownKey: await unknownKey.seal({ field: 'otp', journey: workflowId }, '123456'),
      tampered,
      truncated: right.slice(0, -4),
      notACode: await createSealedOtp(journey, 'abcdef'),
    }
  }
  async function createSealedOtp(journey: TestJourney, text: string): Promise<string> {
    const { readPublicKeys } = await import('../../secrets/keys.js')
    const keys = await readPublicKeys(stack.local.clientEnv['ONBOARDING_SEALING_PUBLIC_KEYS_FILE'] ?? '')
    return createSealer(keys).seal({ field: 'otp', journey: journey.handle.workflowId }, text)
  }

  const EXPECTED = [
    ['anotherJourney', 'SEALED_FOR_ANOTHER_JOURNEY'],
    ['anotherField', 'SEALED_FOR_ANOTHER_FIELD'],
    ['unknownKey', 'INPUT_REFUSED UNKNOWN_KEY_ID'],
    ['tampered', 'INPUT_REFUSED SEALED_UNREADABLE'],
    ['truncated', 'INPUT_REFUSED SEALED_UNREADABLE'],
    ['notACode', 'INPUT_REFUSED OTP_INVALID'],
  ] as const

  it('is refused by its code, without an attempt spent and without a call', async () => {
    const journey = await startJourney(stack, 'digikhata')
    const seals = await foreignSeals(journey)
    for (const [kind, expected] of EXPECTED) {
      const outcome = await updateOutcome(stack.client, journey.handle.workflowId, 'enterSenderOtp', {
        otp: seals[kind],
      })
      expect([kind, outcome]).toEqual([kind, expected])
    }
    const view = await journey.handle.view()
    expect(action(view, 'ENTER_SENDER_OTP').attemptsLeft).toBe(3)
    expect(calls(await journey.ledger(), 'verifySenderOtp')).toHaveLength(0)
    await finish(journey)
  })

  it('is as harmless as a signal', async () => {
    const journey = await startJourney(stack, 'digikhata')
    const seals = await foreignSeals(journey)
    for (const [kind] of EXPECTED) {
      const { timelineTotal } = await journey.handle.view()
      await signalRaw(stack.client, journey.handle.workflowId, 'enterSenderOtp', [json({ otp: seals[kind] })])
      let view = await journey.handle.view()
      while (view.timelineTotal === timelineTotal || view.status.kind === 'CALLING_EKO') {
        view = await journey.handle.waitForChange(view.revision)
      }
      expect(view.state).toBe('SENDER_OTP_REQUIRED')
    }
    expect(calls(await journey.ledger(), 'verifySenderOtp')).toHaveLength(0)
    await finish(journey)
  })

  it('a virtual id in place of the Aadhaar number is refused by its own code, and the consent still holds', async () => {
    const journey = await startJourney(stack, 'digikhata')
    const view = await walkTo(journey, 'ENTER_AADHAAR')
    const { consentId, textSha256 } = action(view, 'ENTER_AADHAAR').consent
    const { readPublicKeys } = await import('../../secrets/keys.js')
    const keys = await readPublicKeys(stack.local.clientEnv['ONBOARDING_SEALING_PUBLIC_KEYS_FILE'] ?? '')
    const { workflowId } = journey.handle
    const sealed = await createSealer(keys).seal({ field: 'aadhaar', journey: workflowId }, '9999123456781234')
    const acceptedAt = new Date().toISOString()
    const body = { aadhaar: sealed, consent: { ...consent, consentId, textSha256, acceptedAt } }
    expect(await updateOutcome(stack.client, workflowId, 'enterAadhaar', body)).toBe('INPUT_REFUSED VID_NOT_SUPPORTED')
    expect(calls(await journey.ledger(), 'generateAadhaarOtp')).toHaveLength(0)
    expect((await journey.handle.view()).nextAction.do).toBe('ENTER_AADHAAR')
    await finish(journey)
  })
})

describe('what cannot be decoded', () => {
  it('as a signal by raw gRPC does not wedge the journey: it is a line of the story', async () => {
    const journey = await startJourney(stack, 'levin')
    const { workflowId } = journey.handle
    for (const [kind, payload] of Object.entries(UNDECODABLE)) {
      const { revision } = await journey.handle.view()
      await signalRaw(stack.client, workflowId, 'enterSenderOtp', [payload])
      const view = await journey.handle.waitForChange(revision)
      expect([kind, lastRefusals(view).at(-1)]).toEqual([kind, 'refused:enterSenderOtp UNDECODABLE'])
    }
    await finish(journey)
  })

  it('as an update by raw gRPC is refused as UNDECODABLE', async () => {
    const journey = await startJourney(stack, 'digikhata')
    for (const [kind, payload] of Object.entries(UNDECODABLE)) {
      const code = await updateRaw(stack.client, journey.handle.workflowId, 'enterSenderOtp', [payload])
      expect([kind, code]).toEqual([kind, 'UNDECODABLE'])
    }
    await finish(journey)
  })

  it('or has no argument, or more than one, is refused', async () => {
    const journey = await startJourney(stack, 'digikhata')
    const { workflowId } = journey.handle
    for (const args of [[], [json({}), json({})]]) {
      expect(await updateRaw(stack.client, workflowId, 'resendOtp', args)).toBe('INVALID_MESSAGE')
      const { revision } = await journey.handle.view()
      await signalRaw(stack.client, workflowId, 'resendOtp', args)
      const view = await journey.handle.waitForChange(revision)
      expect(lastRefusals(view).at(-1)).toBe('refused:resendOtp INVALID_MESSAGE')
    }
    await finish(journey)
  })
})

describe('a message of a name that does not exist', () => {
  const NAMES = [
    ...['enterSenderOTP', 'toString', '__proto__', 'constructor', 'a b\nc', 'n'.repeat(900)],
    ...['code-for-98765 43210', 'aadhaar999900000028'],
    // Temporal keeps such names for itself, but anybody can send one.
    ...['__temporal_unknown', '__stack_trace', '__enhanced_stack_trace'],
  ]

  it('as a signal is a visible line of the story', async () => {
    const journey = await startJourney(stack, 'levin')
    for (const name of NAMES) {
      const { revision } = await journey.handle.view()
      await signalRaw(stack.client, journey.handle.workflowId, name, [json({})])
      const view = await journey.handle.waitForChange(revision)
      const line = view.timeline.at(-1)
      expect([name, line?.code]).toEqual([name, 'UNKNOWN_MESSAGE'])
      expect(line?.what).toMatch(/^refused:[\w?-]{1,64}$/)
      expect(line?.what).not.toMatch(/98765|43210|0028/)
    }
    await finish(journey)
  })

  it('as an update fails without harm', async () => {
    const journey = await startJourney(stack, 'levin')
    for (const name of NAMES) {
      const code = await updateRaw(stack.client, journey.handle.workflowId, name, [json({})])
      expect([name, code]).toEqual([name, 'UNKNOWN_MESSAGE'])
    }
    await finish(journey)
  })
})
