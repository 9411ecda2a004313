import { describe, expect, it } from '@jest/globals'
import type { CallOutcome } from '../../workflows/calls.js'
import { advance, openCore, resumeJourney } from '../../workflows/engine/advance.js'
import { wakeAt } from '../../workflows/engine/clock.js'
import {
  attentionAfter,
  codeDied,
  codeSent,
  countWrong,
  dispatch,
  dispatchByItself,
  park,
  verify,
} from '../../workflows/engine/code-steps.js'
import type {
  Advanced,
  AnyMessage,
  Core,
  JourneyEvent,
  PendingCall,
  SharedRequest,
} from '../../workflows/engine/core.js'
import type { Flow } from '../../workflows/engine/flow.js'
import { judgeDispatch } from '../../workflows/engine/gate.js'
import { finish, retryNow } from '../../workflows/engine/operator-steps.js'
import { codeAction, countersOf, sharedView, standingAction } from '../../workflows/engine/status.js'
import { pageOf } from '../../workflows/engine/story.js'
import { ask, close, enter, record, set, type Turn } from '../../workflows/engine/turn.js'
import { envelopeOnly, enterCode, operatorAction } from '../../workflows/guards.js'
import type { Envelope, OperatorAction, SealedField, SharedInput } from '../../workflows/messages.js'
import { outcome, planOf, sealedShape, START } from './support.js'

/**
 * A journey that is not the onboarding: a parcel is handed over for a code, and what became of it is asked for until it
 * is known. Whatever it does not say itself, the engine must give it.
 */
type ParcelMessage =
  | { readonly name: 'enterPickupCode'; readonly body: Envelope & { readonly otp: SealedField } }
  | { readonly name: 'resendOtp'; readonly body: Envelope }
  | { readonly name: 'retryNow'; readonly body: OperatorAction }
  | { readonly name: 'cancel'; readonly body: OperatorAction }

interface ParcelWords {
  readonly input: SharedInput & { readonly parcel: string }
  readonly state: 'CODE_REQUIRED' | 'ON_ITS_WAY' | 'COMPLETED' | 'REJECTED' | 'EXPIRED' | 'CANCELLED'
  readonly purpose: 'PICKUP'
  readonly message: ParcelMessage
  readonly call: 'sendPickupCode' | 'handOver' | 'whereIsIt'
  readonly request: SharedRequest & { readonly otp?: SealedField }
}

interface Parcel extends Core<ParcelWords> {
  readonly askedWhere: number
  readonly nextAskAt: number | null
}

const ASK_EVERY_MS = 60_000
const STANDING = {
  closed: ['COMPLETED', 'REJECTED', 'EXPIRED', 'CANCELLED'],
  unblockedBy: () => ['cancel'] as const,
  mayExpire: ({ state }: Parcel) => state !== 'ON_ITS_WAY',
} as const

function onTheWay(turn: Turn<Parcel>, call: PendingCall): void {
  enter(turn, 'ON_ITS_WAY')
  set(turn, { nextAskAt: turn.now + ASK_EVERY_MS })
  record(turn, call.submissions, 'ADVANCED')
}

const PARCELS: Flow<Parcel> = {
  ...STANDING,
  first: 'CODE_REQUIRED',
  messages: {
    enterPickupCode: { description: 'The code.', legalIn: ['CODE_REQUIRED'], by: 'user', guard: enterCode },
    resendOtp: { description: 'A new code.', legalIn: ['CODE_REQUIRED'], by: 'user', guard: envelopeOnly },
    retryNow: { description: 'Now.', legalIn: ['CODE_REQUIRED', 'ON_ITS_WAY'], by: 'operator', guard: operatorAction },
    cancel: { description: 'The end.', legalIn: ['CODE_REQUIRED'], by: 'operator', guard: operatorAction },
  },
  endings: ['cancel'],
  secrets: { enterPickupCode: 'otp' },
  codes: { PICKUP: { state: 'CODE_REQUIRED', message: 'enterPickupCode', rejection: 'SENDER_OTP_TRIES_USED_UP' } },
  dispatches: { sendPickupCode: 'PICKUP' },
  calls: { sendPickupCode: 'Send', handOver: 'Hand over', whereIsIt: 'Ask' },
  attributes: { rail: 'R', tenant: 'T', state: 'S', status: 'U', waitsFor: 'W' },
  open: (opening) => ({
    ...openCore({ state: 'CODE_REQUIRED', purposes: ['PICKUP'] }, opening),
    askedWhere: 0,
    nextAskAt: null,
  }),
  inputForm: () => ({}),
  inputErrors: () => ({}),
  joinedBy: ({ parcel }) => ({ parcel }),
  begin: (turn) => dispatchByItself(turn, 'sendPickupCode', 'CODE_REQUIRED', []),
  isKept: () => false,
  judge: (journey, { name }, now) => (name === 'resendOtp' ? judgeDispatch(journey, 'PICKUP', now) : null),
  take(turn, submission) {
    const { message } = submission
    if (message.name === 'enterPickupCode') verify(turn, 'handOver', { otp: message.body.otp }, submission)
    else if (message.name === 'resendOtp') dispatch(turn, 'sendPickupCode', {}, submission)
    else if (message.name === 'retryNow') retryNow(turn, message.body, submission)
    else finish(turn, submission, 'CANCELLED', {})
  },
  keep(turn, { name }) {
    if (name === 'whereIsIt') set(turn, { askedWhere: turn.journey.askedWhere + 1 })
  },
  react(turn, call, result) {
    if (result.answer === 'NOT_SENT') park(turn, call, result)
    else if (result.answer === 'OTP_SENT') codeSent(turn, call, result)
    else if (result.answer === 'WRONG_CODE') countWrong(turn, call, 'WRONG_CODE', result)
    else if (result.answer === 'CODE_EXPIRED') codeDied(turn, call, result, 'CODE_EXPIRED')
    else if (result.answer === 'TRANSFER_PENDING' || result.answer === 'UNKNOWN_OUTCOME') onTheWay(turn, call)
    else if (result.answer === 'TRANSFER_DONE') close(turn, 'COMPLETED')
    else attentionAfter(turn, call, result)
  },
  wiped: () => ({ nextAskAt: null }),
  answeredByEnd: () => undefined,
  times: ({ nextAskAt }) => (nextAskAt === null ? [] : [nextAskAt]),
  clock(turn) {
    const { nextAskAt } = turn.journey
    if (nextAskAt === null || nextAskAt > turn.now) return
    set(turn, { nextAskAt: null })
    ask(turn, 'whereIsIt', {}, [])
  },
  nextAction: (journey) =>
    standingAction(STANDING, journey) ?? { do: 'ENTER_CODE', ...codeAction(STANDING, journey, 'PICKUP') },
  view: (journey) => ({
    ...sharedView(STANDING, journey),
    nextAction: PARCELS.nextAction(journey),
    attempts: { PICKUP: countersOf(journey, 'PICKUP') },
  }),
  story(journey) {
    const view = PARCELS.view(journey)
    return pageOf(view, { action: view.nextAction.do, codes: [['Pickup', countersOf(journey, 'PICKUP')]] })
  },
  readOutcome: (value) => value as CallOutcome,
}

const ID = 'parcel:1'
const ACTOR = { type: 'operator', id: 'op-1' } as const

class Way {
  now = START
  parcel: Parcel
  last: Advanced<Parcel>
  readonly input = { tenant: 'acme', rail: 'levin', mobile: '9000000001', userCode: '1', parcel: 'p1' } as const

  constructor() {
    this.parcel = PARCELS.open({ workflowId: ID, runId: 'r1', input: this.input, now: this.now })
    this.last = this.happen({ type: 'resolved', outcome: { plan: planOf({ rail: 'levin' }) } })
  }

  happen(event: JourneyEvent): Advanced<Parcel> {
    this.last = advance(PARCELS, this.parcel, event, this.now)
    this.parcel = this.last.journey
    return this.last
  }

  send(name: ParcelMessage['name'], body: object = {}): Advanced<Parcel> {
    return this.happen({ type: 'arrived', message: { name, body } satisfies AnyMessage, via: 'update' })
  }

  answer(answer: CallOutcome['answer']): Advanced<Parcel> {
    return this.happen({ type: 'callEnded', outcome: outcome('getSender', answer) })
  }

  wake(): void {
    this.now = Math.max(this.now, wakeAt(PARCELS, this.parcel) ?? this.now)
    this.happen({ type: 'clock' })
  }

  get settled(): string[] {
    return this.last.settled.map((one) => ('receipt' in one ? one.receipt.outcome : `refused ${one.refusal.code}`))
  }
}

const CODE = { otp: sealedShape('otp', ID) }

describe('a second kind of journey', () => {
  it('is given challenges, attempts, resends and their refusals', () => {
    const way = new Way()
    way.answer('OTP_SENT')
    expect(way.parcel.challenge).toMatchObject({ purpose: 'PICKUP', dispatch: 'sent' })
    way.send('enterPickupCode', { ...CODE, challengeId: 'older' })
    expect(way.settled).toEqual(['refused CHALLENGE_STALE'])
    way.send('enterPickupCode', { otp: '123456' })
    expect(way.settled).toEqual(['refused PLAINTEXT_REFUSED'])
    way.send('enterPickupCode', CODE)
    way.answer('WRONG_CODE')
    expect(way.settled).toEqual(['WRONG_CODE'])
    expect(PARCELS.view(way.parcel).attempts).toEqual({
      PICKUP: { sent: 1, wrongForThisCode: 1, wrongInJourney: 1 },
    })
    way.send('resendOtp')
    expect(way.settled).toEqual(['refused RESEND_TOO_EARLY'])
    way.now += 60_000
    way.send('resendOtp')
    expect(way.parcel.call?.request.quota).toEqual({ perWindow: 3, windowSeconds: 600, perDay: 6 })
  })

  it('is given receipts by submission, the queue, and endings that go first', () => {
    const way = new Way()
    way.answer('OTP_SENT')
    way.send('enterPickupCode', { ...CODE, submissionId: 's1' })
    way.answer('WRONG_CODE')
    way.send('enterPickupCode', { ...CODE, submissionId: 's1' })
    expect(way.settled).toEqual(['WRONG_CODE'])
    way.send('enterPickupCode', CODE)
    way.send('resendOtp')
    way.send('cancel', { actor: ACTOR, reason: 'test' })
    way.answer('WRONG_CODE')
    expect(way.settled).toEqual(['WRONG_CODE', 'CANCELLED', 'CANCELLED'])
    expect(wakeAt(PARCELS, way.parcel)).toBeNull()
  })

  it('is given parking, and the operator’s retry', () => {
    const way = new Way()
    way.answer('NOT_SENT')
    expect(PARCELS.nextAction(way.parcel)).toMatchObject({ do: 'WAIT_UNTIL', dependency: 'EKO_TRANSPORT' })
    way.send('retryNow', { actor: ACTOR, reason: 'test' })
    expect(PARCELS.nextAction(way.parcel)).toMatchObject({ do: 'WAIT' })
    expect(way.parcel.call).toMatchObject({ name: 'sendPickupCode', parked: null, parks: 1 })
  })

  it('does what is due at times of its own, for as long as it takes, and does not expire meanwhile', () => {
    const way = new Way()
    way.answer('OTP_SENT')
    way.send('enterPickupCode', CODE)
    way.answer('UNKNOWN_OUTCOME')
    way.now += 30 * 86_400_000
    for (let times = 0; times < 20; times += 1) {
      way.wake()
      expect(way.parcel.call?.name).toBe('whereIsIt')
      way.answer('TRANSFER_PENDING')
    }
    expect(way.parcel).toMatchObject({ state: 'ON_ITS_WAY', askedWhere: 20, attention: null })
    way.send('cancel', { actor: ACTOR, reason: 'test' })
    expect(way.settled).toEqual(['refused WRONG_STATE'])
    way.wake()
    way.answer('TRANSFER_DONE')
    expect(PARCELS.nextAction(way.parcel)).toEqual({ do: 'NOTHING', state: 'COMPLETED' })
  })

  it('expires where it may, and goes on in a new run', () => {
    const way = new Way()
    way.answer('OTP_SENT')
    const opening = { workflowId: ID, runId: 'r2', input: way.input, now: way.now }
    way.parcel = resumeJourney(PARCELS, JSON.parse(JSON.stringify(way.parcel)) as Parcel, opening)
    way.happen({ type: 'resolved', outcome: { plan: planOf({ rail: 'levin' }) } })
    expect(way.parcel).toMatchObject({ state: 'CODE_REQUIRED', runId: 'r2', challenge: { dispatch: 'sent' } })
    way.now += 86_400_000
    way.wake()
    expect(way.parcel).toMatchObject({ state: 'EXPIRED', detail: 'STEP_TOO_LONG' })
    expect(PARCELS.story(way.parcel)).toContain('**EXPIRED**')
  })
})
