import { describe, expect, it } from '@jest/globals'
import { RECIPIENTS } from '../../workflows/recipients/flow.js'
import { sealedShape } from '../journey/support.js'
import { listed, NEW, readySession, withBankCode } from './support.js'

describe('a session of recipients', () => {
  it('is ready at once on DigiKhata; on Levin the sender proves the mobile, and every call carries the token', () => {
    expect(readySession().journey.state).toBe('RECIPIENTS_READY')
    const levin = readySession({ rail: 'levin' })
    expect(levin.journey.state).toBe('RECIPIENTS_READY')
    levin.send('listRecipients')
    expect(levin.journey.call).toMatchObject({ name: 'getRecipients', request: { wallet: { id: 'w1' } } })
  })

  it.each(['RECIPIENT_REFUSED', 'RECIPIENT_LIMIT', 'FIELDS_REFUSED', 'INPUT_REFUSED', 'REFUSED', 'RUN_RESET'] as const)(
    'keeps no account number after %s',
    (answer) => {
      const session = readySession()
      session.send('addRecipient')
      session.answer(answer)
      expect(session.calling).toBeNull()
      expect(JSON.stringify(session.journey)).not.toContain(NEW.account)
    },
  )

  it('has no code sent to the sender where another bank was there already', () => {
    const session = withBankCode()
    session.apply({ type: 'clock' })
    session.now += 120_000
    session.send('registerBank', { recipientId: 8 })
    session.answer('RECIPIENT_EXISTS')
    session.answer('RECIPIENTS', { recipients: [listed({ recipientId: 8, beneficiaryId: '43' })] })
    expect(session.journey.state).toBe('RECIPIENTS_READY')
    session.send('resendOtp')
    expect(session.calling).toBeNull()
    expect(session.settled).toEqual(['WRONG_STATE'])
  })

  it('shows the list that Eko gave, masked', () => {
    const session = readySession()
    session.send('listRecipients')
    session.answer('RECIPIENTS', { recipients: [listed()] })
    expect(session.settled).toEqual([['RECIPIENTS_LISTED', undefined]])
    expect(session.journey.recipients).toEqual([listed()])
  })

  it('adds a recipient, and answers with its id', () => {
    const session = readySession()
    session.send('addRecipient')
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
      const session = readySession()
      session.send('addRecipient')
      session.answer(answer)
      expect(session.calling).toBe('getRecipients')
      session.answer('RECIPIENTS', { recipients })
      expect(session.settled).toEqual([told])
      expect(session.calling).toBeNull()
    },
  )

  it('registers a bank at once on Levin, by a code on DigiKhata', () => {
    const levin = readySession({ rail: 'levin' })
    levin.send('registerBank')
    expect(levin.calling).toBe('addRecipientBank')
    levin.answer('BANK_ADDED', { beneficiaryId: '42' })
    expect(levin.settled).toEqual([['BANK_ADDED', '42']])

    const session = readySession()
    const { workflowId } = session.journey
    session.send('registerBank')
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
    const session = withBankCode()
    session.send('enterRecipientOtp')
    session.answer('UNKNOWN_OUTCOME')
    expect(session.calling).toBe('getRecipients')
    session.answer('RECIPIENTS', { recipients: [listed({ beneficiaryId })] })
    expect(session.settled).toMatchObject([[told, beneficiaryId ?? undefined]])
    expect(session.journey.state).toBe('RECIPIENTS_READY')
  })

  it('a refused token has the sender prove the mobile again; what was asked for is not done', () => {
    const session = readySession({ rail: 'levin' })
    session.now += 120_000
    session.send('addRecipient')
    session.answer('WALLET_TOKEN_REFUSED')
    expect(session.calling).toBe('getSender')
    session.answer('OTP_SENT', { otpRefId: sealedShape('otpRefId', session.journey.workflowId) })
    expect(session.settled).toEqual([['SENDER_OTP_AGAIN', undefined]])
    expect(session.journey.adding).toBeNull()
  })

  it('holds no account number any more when it ends', () => {
    const session = readySession()
    session.send('addRecipient')
    session.answer('NOT_SENT')
    session.send('finish')
    expect(session.journey.state).toBe('RECIPIENTS_READY')
    session.send('cancel')
    expect(session.journey.state).toBe('CANCELLED')
    expect(JSON.stringify(session.journey)).not.toContain(NEW.account)
  })
})
