import type { Answer, CallOutcome, Transfer } from '../../workflows/calls.js'
import { advance, resumeJourney } from '../../workflows/engine/advance.js'
import { wakeAt } from '../../workflows/engine/clock.js'
import type { Advanced, JourneyEvent } from '../../workflows/engine/core.js'
import type { TransferInput, TransferMessage, TransferMessageName, TransferMessages } from '../../workflows/messages.js'
import { TRANSFER } from '../../workflows/transfer/flow.js'
import type { TransferJourney } from '../../workflows/transfer/journey.js'
import { isDebit, MAX_INITIATIONS, referenceOf } from '../../workflows/transfer/references.js'
import { outcome, planOf, type PlanOptions, sealedShape, START } from '../journey/support.js'

export const HASH = '00112233445566778899aabbccddeeff'
const ACTOR = { type: 'operator', id: 'op-1' } as const

export const TRANSFER_ID = `transfer:acme:${HASH}`

/** The reference of the nth debit of the tests' transfer. */
export function reference(number: number): string {
  return referenceOf({ workflowId: TRANSFER_ID }, number)
}

/** What an answer says of a transaction. */
export function transaction(more: Partial<Transfer> = {}): Transfer {
  return {
    ...{ tid: '77001', txStatus: '2', amountPaise: 11_000, feePaise: null, bankRefNum: null, clientRefId: null },
    ...{ timestamp: null, refundTid: null, refundedPaise: null },
    ...more,
  }
}

/** A well-formed body of every message. */
export const BODIES: { readonly [Name in TransferMessageName]: (id: string) => TransferMessages[Name] } = {
  enterSenderOtp: (id) => ({ otp: sealedShape('otp', id) }),
  enterTransactionOtp: (id) => ({ otp: sealedShape('otp', id) }),
  enterRefundOtp: (id) => ({ otp: sealedShape('otp', id) }),
  resendOtp: () => ({}),
  reenter: () => ({ actor: ACTOR, reason: 'test' }),
  retryNow: () => ({ actor: ACTOR, reason: 'test' }),
  takeOver: () => ({ actor: ACTOR, reason: 'test', userCode: '20810210' }),
  inquireByTid: () => ({ actor: ACTOR, reason: 'test', tid: '88002' }),
  declareNotDebited: () => ({ actor: ACTOR, reason: 'test' }),
  declareRefunded: () => ({ actor: ACTOR, reason: 'test' }),
  cancel: () => ({ actor: ACTOR, reason: 'test' }),
}
export const MESSAGE_NAMES = Object.keys(BODIES) as TransferMessageName[]

export interface TransferOptions extends Pick<PlanOptions, 'rail' | 'policy'> {
  readonly input?: Partial<TransferInput>
}

/** Drives a pure transfer, with a clock of its own. */
export class TransferDrive {
  journey: TransferJourney
  now = START
  last: Advanced<TransferJourney>
  /** Every reference that a debit was asked for under, with what the answer was not yet known to be. */
  readonly debits: string[] = []

  constructor(readonly options: TransferOptions = {}) {
    const { rail = 'digikhata', input: more = {} } = options
    const input: TransferInput = {
      ...{ tenant: 'acme', rail, mobile: '9000000001', userCode: '20810200', recipientId: 10_017_740 },
      ...{ amountPaise: 11_000, ...more },
    }
    this.journey = TRANSFER.open({ workflowId: TRANSFER_ID, runId: '0199-aaaa', input, now: this.now })
    this.last = this.apply({ type: 'resolved', outcome: { plan: planOf(options) } })
  }

  apply(event: JourneyEvent): Advanced<TransferJourney> {
    const before = this.journey.call
    this.last = advance(TRANSFER, this.journey, event, this.now)
    this.journey = this.last.journey
    const { call } = this.journey
    const isNew = call !== null && !call.parked && call.sequence !== before?.sequence
    if (isNew && isDebit(call)) this.debits.push(call.request.clientRef)
    return this.last
  }

  send<Name extends TransferMessageName>(
    name: Name,
    more: Partial<TransferMessages[Name]> = {},
  ): Advanced<TransferJourney> {
    const body = { ...BODIES[name](this.journey.workflowId), ...more }
    return this.apply({ type: 'arrived', message: { name, body } as TransferMessage, via: 'update' })
  }

  /** Answers the call in flight. */
  answer(answer: Answer, more: Partial<CallOutcome> = {}): Advanced<TransferJourney> {
    const { call } = this.journey
    if (!call || call.parked) throw new Error(`No call is in flight: ${this.journey.state}`)
    const sealed = answer === 'OTP_SENT' && { otpRefId: sealedShape('otpRefId', this.journey.workflowId) }
    return this.apply({ type: 'callEnded', outcome: outcome('getSender', answer, { ...sealed, ...more }) })
  }

  /** Answers an inquiry, or a debit, with a word about a transaction. */
  tells(answer: Answer, more: Partial<Transfer> = {}): Advanced<TransferJourney> {
    return this.answer(answer, { transfer: transaction(more) })
  }

  wait(ms: number): Advanced<TransferJourney> {
    this.now += ms
    return this.apply({ type: 'clock' })
  }

  /** Lets time go by to the next moment at which something happens by itself. */
  waitForIt(): void {
    const at = wakeAt(TRANSFER, this.journey)
    if (at === null) throw new Error('Nothing happens by itself')
    this.wait(Math.max(1, at - this.now))
  }

  /** Goes on in a new run, as it is carried there. */
  goOn(): void {
    const { workflowId, input } = this.journey
    const carried = JSON.parse(JSON.stringify(this.journey)) as TransferJourney
    this.journey = resumeJourney(TRANSFER, carried, { workflowId, runId: `0199-${this.now}`, input, now: this.now })
    this.apply({ type: 'resolved', outcome: { plan: planOf(this.options) } })
  }

  /** Eko knows of no debit yet. */
  nothingFound(): this {
    for (let asked = 0; asked < MAX_INITIATIONS; asked += 1) this.answer('TRANSACTION_NOT_FOUND')
    return this
  }

  /** What the last event settled: an outcome, or a refusal's code. */
  get settled(): string[] {
    return this.last.settled.map((one) => ('receipt' in one ? one.receipt.outcome : `refused ${one.refusal.code}`))
  }

  get calling(): string | null {
    const { call } = this.journey
    return call && !call.parked ? call.name : null
  }

  /** What an inquiry in flight asks about. */
  get asked(): unknown {
    return this.journey.call?.request.transaction
  }
}

/** A transfer whose code was sent. */
export function withCode(options: TransferOptions = {}): TransferDrive {
  const drive = new TransferDrive(options).nothingFound()
  if (options.rail === 'levin') {
    drive.answer('OTP_SENT')
    drive.send('enterSenderOtp')
    drive.answer('ONBOARDED', {
      wallet: { token: sealedShape('walletToken', drive.journey.workflowId), id: 'wlt_1', expiresAt: null },
    })
  }
  drive.answer('OTP_SENT')
  return drive
}

/** A transfer whose debit was asked for. */
export function withDebit(options: TransferOptions = {}): TransferDrive {
  const drive = withCode(options)
  drive.send('enterTransactionOtp')
  return drive
}
