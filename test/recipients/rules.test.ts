import { describe, expect, it } from '@jest/globals'
import type { Answer, CallOutcome, Recipient } from '../../workflows/calls.js'
import { advance } from '../../workflows/engine/advance.js'
import type { Advanced, JourneyEvent } from '../../workflows/engine/core.js'
import type { Rail, RecipientsMessage, RecipientsMessageName, RecipientsMessages } from '../../workflows/messages.js'
import { RECIPIENTS } from '../../workflows/recipients/flow.js'
import type { RecipientsJourney } from '../../workflows/recipients/journey.js'
import { outcome, planOf, sealedShape, START } from '../journey/support.js'

const HASH = '00112233445566778899aabbccddeeff'
const NEW = { name: 'Ravi Kumar', mobile: '9000000002', account: '12345678901', ifsc: 'SBIN0000001', bankId: 12 }

function listed(more: Partial<Recipient> = {}): Recipient {
  return {
    ...{ recipientId: 7, nameMasked: 'R*** K****', bank: 'SBI', ifsc: 'SBIN0000001', accountMasked: 'XXXXXXXX901' },
    ...{ beneficiaryId: null },
    ...more,
  }
}

class Session {
  journey: RecipientsJourney
  now = START
  last: Advanced<RecipientsJourney>

  constructor(rail: Rail = 'digikhata') {
    const input = { tenant: 'acme', rail, mobile: '9000000001', userCode: '20810200' }
    const workflowId = `recipients:${rail}:acme:${HASH}`
    this.journey = RECIPIENTS.open({ workflowId, runId: '0199-aaaa', input, now: this.now })
    this.last = this.apply({ type: 'resolved', outcome: { plan: planOf({ rail }) } })
    if (rail === 'digikhata') return
    this.answer('OTP_SENT', { otpRefId: sealedShape('otpRefId', workflowId) })
    this.send('enterSenderOtp', { otp: sealedShape('otp', workflowId) })
    this.answer('ONBOARDED', { wallet: { token: sealedShape('walletToken', workflowId), id: 'w1', expiresAt: null } })
  }

  apply(event: JourneyEvent): Advanced<RecipientsJourney> {
    this.last = advance(RECIPIENTS, this.journey, event, this.now)
    this.journey = this.last.journey
    return this.last
  }

  send<Name extends RecipientsMessageName>(name: Name, body: RecipientsMessages[Name]): void {
    this.apply({ type: 'arrived', message: { name, body } as RecipientsMessage, via: 'update' })
  }

  answer(answer: Answer, more: Partial<CallOutcome> = {}): void {
    this.apply({ type: 'callEnded', outcome: outcome('getSender', answer, more) })
  }

  get calling(): string | null {
    const { call } = this.journey
    return call && !call.parked ? call.name : null
  }

  /** What the last event settled. */
  get settled(): unknown[] {
    return this.last.settled.map((one) =>
      'receipt' in one ? [one.receipt.outcome, one.receipt.detail] : one.refusal.code,
    )
  }
}

describe('a session of recipients', () => {
  it('is ready at once on DigiKhata; on Levin the sender proves the mobile, and every call carries the token', () => {
    expect(new Session().journey.state).toBe('RECIPIENTS_READY')
    const levin = new Session('levin')
    expect(levin.journey.state).toBe('RECIPIENTS_READY')
    levin.send('listRecipients', {})
    expect(levin.journey.call).toMatchObject({ name: 'getRecipients', request: { wallet: { id: 'w1' } } })
  })

  it.each(['RECIPIENT_REFUSED', 'RECIPIENT_LIMIT', 'FIELDS_REFUSED', 'INPUT_REFUSED', 'REFUSED', 'RUN_RESET'] as const)(
    'keeps no account number after %s',
    (answer) => {
      const session = new Session()
      session.send('addRecipient', { recipient: NEW })
      session.answer(answer)
      expect(session.calling).toBeNull()
      expect(JSON.stringify(session.journey)).not.toContain(NEW.account)
    },
  )

  it('has no code sent to the sender where another bank was there already', () => {
    const session = new Session()
    const { workflowId } = session.journey
    session.send('registerBank', { recipientId: 7 })
    session.answer('BANK_ADDED', { otpRefId: sealedShape('otpRefId', workflowId) })
    session.apply({ type: 'clock' })
    session.now += 120_000
    session.send('registerBank', { recipientId: 8 })
    session.answer('RECIPIENT_EXISTS')
    session.answer('RECIPIENTS', { recipients: [listed({ recipientId: 8, beneficiaryId: '43' })] })
    expect(session.journey.state).toBe('RECIPIENTS_READY')
    session.send('resendOtp', {})
    expect(session.calling).toBeNull()
    expect(session.settled).toEqual(['WRONG_STATE'])
  })

  it('shows the list that Eko gave, masked', () => {
    const session = new Session()
    session.send('listRecipients', {})
    session.answer('RECIPIENTS', { recipients: [listed()] })
    expect(session.settled).toEqual([['RECIPIENTS_LISTED', undefined]])
    expect(session.journey.recipients).toEqual([listed()])
  })

  it('adds a recipient, and answers with its id', () => {
    const session = new Session()
    session.send('addRecipient', { recipient: NEW })
    expect(session.journey.call?.request.recipient).toEqual(NEW)
    session.answer('RECIPIENT_ADDED', { recipientId: 7 })
    expect(session.settled).toEqual([['RECIPIENT_ADDED', '7']])
    expect(session.journey.adding).toBeNull()
  })

  it.each([
    ['UNKNOWN_OUTCOME', [listed()], ['RECIPIENT_ADDED', '7']],
    ['RECIPIENT_EXISTS', [listed()], ['RECIPIENT_EXISTS', '7']],
    ['UNKNOWN_OUTCOME', [listed({ accountMasked: 'XXXXXXXX902' })], ['NOT_ADDED', undefined]],
    ['UNKNOWN_OUTCOME', [listed({ ifsc: 'HDFC0000001' })], ['NOT_ADDED', undefined]],
    ['UNKNOWN_OUTCOME', [], ['NOT_ADDED', undefined]],
    ['UNKNOWN_OUTCOME', [listed({ nameMasked: 'X*** Y****' })], ['NOT_ADDED', undefined]],
    ['UNKNOWN_OUTCOME', [listed({ recipientId: 8 }), listed()], ['RECIPIENT_UNCLEAR', undefined]],
    ['RECIPIENT_EXISTS', [listed({ nameMasked: 'X*** Y****' })], ['RECIPIENT_UNCLEAR', undefined]],
    ['RECIPIENT_EXISTS', [listed({ nameMasked: 'R*** k****' })], ['RECIPIENT_EXISTS', '7']],
  ] as const)(
    'after %s the list tells whether it was added; it is never added again by itself',
    (answer, recipients, told) => {
      const session = new Session()
      session.send('addRecipient', { recipient: NEW })
      session.answer(answer)
      expect(session.calling).toBe('getRecipients')
      session.answer('RECIPIENTS', { recipients })
      expect(session.settled).toEqual([told])
      expect(session.calling).toBeNull()
    },
  )

  it('registers a bank at once on Levin, by a code on DigiKhata', () => {
    const levin = new Session('levin')
    levin.send('registerBank', { recipientId: 7 })
    expect(levin.calling).toBe('addRecipientBank')
    levin.answer('BANK_ADDED', { beneficiaryId: '42' })
    expect(levin.settled).toEqual([['BANK_ADDED', '42']])

    const session = new Session()
    const { workflowId } = session.journey
    session.send('registerBank', { recipientId: 7 })
    session.answer('BANK_ADDED', { beneficiaryId: '42', otpRefId: sealedShape('otpRefId', workflowId) })
    expect(RECIPIENTS.nextAction(session.journey)).toMatchObject({ do: 'ENTER_RECIPIENT_OTP', recipientId: 7 })
    expect(session.journey.sends.RECIPIENT).toHaveLength(1)
    session.send('enterRecipientOtp', { otp: sealedShape('otp', workflowId) })
    session.answer('BANK_VERIFIED')
    expect(session.settled).toEqual([['BANK_VERIFIED', undefined]])
    expect(session.journey.state).toBe('RECIPIENTS_READY')
  })

  it.each([
    ['42', 'VERIFICATION_UNCERTAIN'],
    [null, 'NOT_ADDED'],
  ])('a lost answer to the bank’s code is not sent again: the list has %p, so %s', (beneficiaryId, told) => {
    const session = new Session()
    const { workflowId } = session.journey
    session.send('registerBank', { recipientId: 7 })
    session.answer('BANK_ADDED', { otpRefId: sealedShape('otpRefId', workflowId) })
    session.send('enterRecipientOtp', { otp: sealedShape('otp', workflowId) })
    session.answer('UNKNOWN_OUTCOME')
    expect(session.calling).toBe('getRecipients')
    session.answer('RECIPIENTS', { recipients: [listed({ beneficiaryId })] })
    expect(session.settled).toMatchObject([[told, beneficiaryId ?? undefined]])
    expect(session.journey.state).toBe('RECIPIENTS_READY')
  })

  it('a refused token has the sender prove the mobile again; what was asked for is not done', () => {
    const session = new Session('levin')
    session.now += 120_000
    session.send('addRecipient', { recipient: NEW })
    session.answer('WALLET_TOKEN_REFUSED')
    expect(session.calling).toBe('getSender')
    session.answer('OTP_SENT', { otpRefId: sealedShape('otpRefId', session.journey.workflowId) })
    expect(session.settled).toEqual([['SENDER_OTP_AGAIN', undefined]])
    expect(session.journey.adding).toBeNull()
  })

  it('holds no account number any more when it ends', () => {
    const session = new Session()
    session.send('addRecipient', { recipient: NEW })
    session.answer('NOT_SENT')
    session.send('finish', {})
    expect(session.journey.state).toBe('RECIPIENTS_READY')
    session.send('cancel', { actor: { type: 'operator', id: 'op-1' }, reason: 'test' })
    expect(session.journey.state).toBe('CANCELLED')
    expect(JSON.stringify(session.journey)).not.toContain(NEW.account)
  })
})
