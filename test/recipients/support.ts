import type { Answer, CallOutcome, Recipient } from '../../workflows/calls.js'
import { advance } from '../../workflows/engine/advance.js'
import type { Advanced, JourneyEvent } from '../../workflows/engine/core.js'
import type { RecipientsMessage, RecipientsMessageName, RecipientsMessages } from '../../workflows/messages.js'
import { RECIPIENTS } from '../../workflows/recipients/flow.js'
import type { RecipientsJourney } from '../../workflows/recipients/journey.js'
import { outcome, planOf, type PlanOptions, sealedShape, START } from '../journey/support.js'

const HASH = '00112233445566778899aabbccddeeff'
export const NEW = { name: 'Ravi Kumar', mobile: '9000000002', account: '12345678901', ifsc: 'SBIN0000001', bankId: 12 }

export function listed(more: Partial<Recipient> = {}): Recipient {
  return {
    ...{ recipientId: 7, nameMasked: 'R*** K****', bank: 'SBI', ifsc: 'SBIN0000001', accountMasked: 'XXXXXXXX901' },
    ...{ beneficiaryId: null },
    ...more,
  }
}

const ACTOR = { type: 'operator', id: 'op-1' } as const

/** A well-formed body of every message. */
export const BODIES: { readonly [Name in RecipientsMessageName]: (id: string) => RecipientsMessages[Name] } = {
  enterSenderOtp: (id) => ({ otp: sealedShape('otp', id) }),
  listRecipients: () => ({}),
  addRecipient: () => ({ recipient: NEW }),
  registerBank: () => ({ recipientId: 7 }),
  enterRecipientOtp: (id) => ({ otp: sealedShape('otp', id) }),
  resendOtp: () => ({}),
  finish: () => ({}),
  reenter: () => ({ actor: ACTOR, reason: 'test' }),
  retryNow: () => ({ actor: ACTOR, reason: 'test' }),
  takeOver: () => ({ actor: ACTOR, reason: 'test', userCode: '20810210' }),
  cancel: () => ({ actor: ACTOR, reason: 'test' }),
}
export const MESSAGE_NAMES = Object.keys(BODIES) as RecipientsMessageName[]

/** Drives a pure session, with a clock of its own. */
export class Session {
  journey: RecipientsJourney
  now = START
  last: Advanced<RecipientsJourney>

  constructor(readonly options: Pick<PlanOptions, 'rail' | 'policy'> = {}) {
    const { rail = 'digikhata' } = options
    const input = { tenant: 'acme', rail, mobile: '9000000001', userCode: '20810200' }
    const workflowId = `recipients:${rail}:acme:${HASH}`
    this.journey = RECIPIENTS.open({ workflowId, runId: '0199-aaaa', input, now: this.now })
    this.last = this.apply({ type: 'resolved', outcome: { plan: planOf(options) } })
  }

  apply(event: JourneyEvent): Advanced<RecipientsJourney> {
    this.last = advance(RECIPIENTS, this.journey, event, this.now)
    this.journey = this.last.journey
    return this.last
  }

  send<Name extends RecipientsMessageName>(name: Name, more: Partial<RecipientsMessages[Name]> = {}): this {
    const body = { ...BODIES[name](this.journey.workflowId), ...more }
    this.apply({ type: 'arrived', message: { name, body } as RecipientsMessage, via: 'update' })
    return this
  }

  /** Answers the call in flight. */
  answer(answer: Answer, more: Partial<CallOutcome> = {}): this {
    if (!this.calling) throw new Error(`No call is in flight: ${this.journey.state}`)
    this.apply({ type: 'callEnded', outcome: outcomeOf(this.journey, answer, more) })
    return this
  }

  get calling(): string | null {
    const { call } = this.journey
    return call && !call.parked ? call.name : null
  }

  /** What the last event settled: outcome and detail, or a refusal's code. */
  get settled(): unknown[] {
    return this.last.settled.map((one) =>
      'receipt' in one ? [one.receipt.outcome, one.receipt.detail] : one.refusal.code,
    )
  }
}

/** An answer with what Eko sends along: a code's reference, a wallet token. */
export function outcomeOf(
  { workflowId, input }: Pick<RecipientsJourney, 'workflowId' | 'input'>,
  answer: Answer,
  more: Partial<CallOutcome> = {},
): CallOutcome {
  const isSent = answer === 'OTP_SENT' || (answer === 'BANK_ADDED' && input.rail === 'digikhata')
  return outcome('getSender', answer, {
    ...(isSent && { otpRefId: sealedShape('otpRefId', workflowId) }),
    ...(answer === 'ONBOARDED' && {
      wallet: { token: sealedShape('walletToken', workflowId), id: 'w1', expiresAt: null },
    }),
    ...more,
  })
}

/** A session that can be asked; on Levin the mobile is proved. */
export function readySession(options: Session['options'] = {}): Session {
  const session = new Session(options)
  return options.rail === 'levin' ? session.answer('OTP_SENT').send('enterSenderOtp').answer('ONBOARDED') : session
}

/** A session in which a bank's code was sent. */
export function withBankCode(options: Session['options'] = {}): Session {
  return readySession(options).send('registerBank').answer('BANK_ADDED')
}
