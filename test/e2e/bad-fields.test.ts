import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { WorkflowUpdateFailedError } from '@temporalio/client'
import { ApplicationFailure } from '@temporalio/common'
import type { MessageName, NextAction, Receipt, SecretField, View } from '../../client/index.js'
import { createSealer, generateSealingKey } from '../../secrets/index.js'
import { badBodies, CANARY } from '../support/bad-bodies.js'
import { BODIES } from '../journey/support.js'
import { failedTasks } from '../support/failed-tasks.js'
import { action, ALL_STEPS_ONCE, RAILS, startJourney, steps, type TestJourney, walkTo } from '../support/journeys.js'
import { newMobile } from '../support/people.js'
import { json, type RawPayload, signalRaw, updateRaw } from '../support/raw-messages.js'
import { startTestStack, type TestStack } from '../support/test-stack.js'
import { tracesIn } from '../support/traces.js'

let stack: TestStack
beforeAll(async () => {
  stack = await startTestStack()
})
afterAll(() => stack?.stop())

/** Where each message is taken: there, nothing but the body can be wrong. */
const TAKEN_AT: Readonly<Record<MessageName, NextAction['do']>> = {
  enterSenderDetails: 'ENTER_SENDER_DETAILS',
  enterSenderOtp: 'ENTER_SENDER_OTP',
  requestConsent: 'REQUEST_CONSENT',
  enterAadhaar: 'ENTER_AADHAAR',
  enterAadhaarOtp: 'ENTER_AADHAAR_OTP',
  enterPan: 'ENTER_PAN',
  resendOtp: 'ENTER_SENDER_OTP',
  reenter: 'ENTER_SENDER_OTP',
  retryNow: 'ENTER_SENDER_OTP',
  takeOver: 'ENTER_AADHAAR',
  withdrawConsent: 'ENTER_AADHAAR_OTP',
  cancel: 'ENTER_PAN',
}
const CASES = (Object.entries(TAKEN_AT) as [MessageName, NextAction['do']][]).map(
  ([name, at], index) => ({ name, at, rail: RAILS[index % RAILS.length] ?? 'digikhata' }) as const,
)

async function journeyAt(rail: (typeof RAILS)[number], at: NextAction['do']): Promise<TestJourney & { at: View }> {
  const asks = at === 'ENTER_SENDER_DETAILS' && ({ unknownDetails: true } as const)
  const journey = await startJourney(stack, rail, { ...asks })
  return { ...journey, at: await walkTo(journey, at) }
}

/** What an update ended with: its code, and all that came back as text. */
async function answerTo({ handle }: TestJourney, name: string, body: unknown): Promise<{ code: string; text: string }> {
  try {
    const { temporal } = stack.client
    const receipt = await temporal.workflow
      .getHandle(handle.workflowId)
      .executeUpdate<Receipt, [unknown]>(name, { args: [body] })
    return { code: [receipt.outcome, receipt.detail].filter(Boolean).join(' '), text: JSON.stringify(receipt) }
  } catch (error) {
    const cause = error instanceof WorkflowUpdateFailedError ? error.cause : error
    if (!(cause instanceof ApplicationFailure)) throw error
    return { code: cause.type ?? 'untyped', text: JSON.stringify([cause.message, cause.details, cause.failure]) }
  }
}

/** All of a view but the story, the count of messages, and what was last said about an input. */
function standing(view: View) {
  const { revision: _r, timeline: _t, timelineTotal: _n, messages: _m, lastOutcome: _o, nextAction, ...rest } = view
  const { lastError: _e, ...asked } = nextAction as NextAction & { lastError?: string }
  return { ...rest, nextAction: asked }
}

async function expectCompletion({ person, handle, ledger }: TestJourney): Promise<void> {
  expect((await person.finish(await handle.view())).state).toBe('COMPLETED')
  expect(steps(await ledger())).toEqual(ALL_STEPS_ONCE)
}

describe.each(CASES)('$name with one thing wrong, on the $rail rail in $at', ({ name, at, rail }) => {
  const bad = badBodies(name)

  it('is refused as an update, and noted as a signal; the journey goes on as if it had never come', async () => {
    const journey = await journeyAt(rail, at)
    const { calls } = await journey.ledger()
    for (const [what, body] of bad) {
      const { code, text } = await answerTo(journey, name, body)
      expect([what, code]).toEqual([what, 'INVALID_MESSAGE'])
      expect([what, text.includes(CANARY)]).toEqual([what, false])
    }
    expect(await journey.handle.view()).toEqual(journey.at)

    for (const [, body] of bad) await signalRaw(stack.client, journey.handle.workflowId, name, [json(body)])
    const view = await journey.handle.view()
    expect(view.timelineTotal).toBe(journey.at.timelineTotal + bad.length)
    for (const { what, code } of view.timeline.slice(-bad.length)) {
      expect([what, code]).toEqual([`refused:${name}`, 'INVALID_MESSAGE'])
    }
    expect(standing(view)).toEqual(standing(journey.at))
    expect(JSON.stringify(view)).not.toContain(CANARY)
    expect((await journey.ledger()).calls).toEqual(calls)
    await expectCompletion(journey)
  })
})

describe.each(RAILS)('a secret on the %s rail', (rail) => {
  const SECRETS = [
    ['enterSenderOtp', 'otp'],
    ['enterAadhaar', 'aadhaar'],
    ['enterAadhaarOtp', 'otp'],
    ['enterPan', 'pan'],
  ] as const

  it.each(SECRETS)(
    'of %s that is not well sealed is refused, called nowhere and repeated nowhere',
    async (name, field) => {
      const journey = await journeyAt(rail, TAKEN_AT[name])
      const { calls } = await journey.ledger()
      const secret = await secretOf(journey, name)
      const body = bodyWith(journey.at, name, field)
      const cases = await badSeals(journey, field, secret)
      for (const [what, value, expected] of cases) {
        const { code, text } = await answerTo(journey, name, body(value))
        expect([what, code, tracesIn(text, { secret })]).toEqual([what, expected, []])
      }
      for (const [what, value, expected] of cases) {
        const { timelineTotal } = await journey.handle.view()
        await signalRaw(stack.client, journey.handle.workflowId, name, [json(body(value))])
        const view = await settled(journey, timelineTotal)
        expect([what, view.timeline.at(-1)?.code]).toEqual([what, expected.split(' ')[0]])
        expect(standing(view)).toEqual(standing(journey.at))
        expect([what, tracesIn(JSON.stringify(view), { secret })]).toEqual([what, []])
      }
      expect((await journey.ledger()).calls).toEqual(calls)
      await expectCompletion(journey)
    },
  )

  async function secretOf({ person }: TestJourney, name: (typeof SECRETS)[number][0]): Promise<string> {
    if (name === 'enterSenderOtp') return person.code('SENDER')
    if (name === 'enterAadhaarOtp') return person.code('AADHAAR')
    return name === 'enterPan' ? person.facts.pan : person.facts.aadhaar
  }

  function bodyWith(view: View, name: MessageName, field: SecretField): (value: string) => object {
    if (name !== 'enterAadhaar') return (value) => ({ [field]: value })
    const { consentId, textSha256 } = action(view, 'ENTER_AADHAAR').consent
    const consent = { consentId, textSha256, mode: 'self', acceptedAt: new Date().toISOString() }
    return (value) => ({ [field]: value, consent })
  }

  /** Each with what it is refused with: by the journey itself, or, opened by a worker, as an outcome. */
  async function badSeals({ handle }: TestJourney, field: SecretField, secret: string) {
    const { client } = stack
    const { workflowId } = handle
    const other = client.journeyId({ rail, mobile: newMobile() })
    const otherField = field === 'pan' ? 'otp' : 'pan'
    const strange = createSealer((await generateSealingKey()).publicKeys)
    const right = await client.seal(workflowId, field, secret)
    const parts = right.split('.')
    const forOther = await client.seal(other, field, secret)
    const turned = [...parts.slice(0, 3), flipped(parts[3] ?? ''), parts[4]].join('.')
    const moved = [parts[0], ...forOther.split('.').slice(1)].join('.')
    return [
      ['in the clear', secret, 'PLAINTEXT_REFUSED'],
      ['an object as text', JSON.stringify({ [field]: secret }), 'PLAINTEXT_REFUSED'],
      ['sealed for another journey', forOther, 'SEALED_FOR_ANOTHER_JOURNEY'],
      [
        'sealed as another field',
        await strange.seal({ field: otherField, journey: workflowId }, secret),
        'SEALED_FOR_ANOTHER_FIELD',
      ],
      [
        'sealed to an unknown key',
        await strange.seal({ field, journey: workflowId }, secret),
        'INPUT_REFUSED UNKNOWN_KEY_ID',
      ],
      ['with one bit turned', turned, 'INPUT_REFUSED SEALED_UNREADABLE'],
      ['with the header of this journey', moved, 'INPUT_REFUSED SEALED_UNREADABLE'],
    ] as const
  }

  function flipped(part: string): string {
    return (part.startsWith('A') ? 'B' : 'A') + part.slice(1)
  }
})

/** The view once a signal has been dealt with, whatever it led to. */
async function settled({ handle }: TestJourney, timelineTotal: number): Promise<View> {
  let view = await handle.view()
  while (view.timelineTotal === timelineTotal || view.status.kind === 'CALLING_EKO') {
    view = await handle.waitForChange(view.revision)
  }
  return view
}

describe('what is too much to answer in full', () => {
  /** A body may be as large as the server takes; the answer to an update is bounded by what a worker may send. */
  const manyFields = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`f${index}`, 0]))
  const TOO_MUCH: Readonly<Record<string, RawPayload>> = {
    'a hundred thousand unknown fields': json(manyFields),
    'as many in a field': json({ ...BODIES.cancel, actor: manyFields }),
    'half a megabyte of bytes': { encoding: 'binary/plain', data: new Uint8Array(500_000) },
    'a deep nest': { encoding: 'json/plain', data: Buffer.from('['.repeat(100_000) + ']'.repeat(100_000)) },
  }

  it.each(Object.keys(TOO_MUCH))('%s: refused like any other, and no workflow task fails', async (kind) => {
    const journey = await startJourney(stack, 'digikhata')
    const { workflowId } = journey.handle
    const payload = TOO_MUCH[kind]
    if (!payload) throw new Error(kind)
    for (const name of ['enterSenderOtp', 'cancel', 'enterAadhaar']) {
      expect(await updateRaw(stack.client, workflowId, name, [payload])).toMatch(/^(INVALID_MESSAGE|UNDECODABLE)$/)
      await signalRaw(stack.client, workflowId, name, [payload])
      const { what, code } = (await journey.handle.view()).timeline.at(-1) ?? {}
      expect([what, code]).toEqual([`refused:${name}`, expect.stringMatching(/^(INVALID_MESSAGE|UNDECODABLE)$/)])
    }
    expect(await updateRaw(stack.client, workflowId, 'open', [payload])).toBe('INVALID_MESSAGE')
    await expectCompletion(journey)
    expect(await failedTasks(stack.client, workflowId)).toEqual([])
  })
})

it('a malformed request to join is refused, and a right one still joins', async () => {
  const journey = await startJourney(stack, 'levin')
  const { tenant, rail, userCode } = journey.view
  const input = { tenant, rail, userCode, mobile: journey.mobile }
  const bad: readonly unknown[] = [
    ...[null, CANARY, [], {}, { input: null }, { input: CANARY }, { input: [input] }],
    ...[{ input: {} }, { input: { ...input, mobile: CANARY } }, { input: { ...input, extra: CANARY } }],
    ...[{ input: { ...input, policy: { extra: 1 } } }, { input: { ...input, details: { name: 7 } } }],
  ]
  for (const request of bad) {
    const { code, text } = await answerTo(journey, 'open', request)
    expect([request, code, text.includes(CANARY)]).toEqual([request, 'INVALID_MESSAGE', false])
  }
  expect(await updateRaw(stack.client, journey.handle.workflowId, 'open', [])).toBe('INVALID_MESSAGE')
  expect(await updateRaw(stack.client, journey.handle.workflowId, 'open', [json({ input })])).toBeNull()
  expect(await journey.handle.view()).toEqual(journey.view)
})
