import { describe } from '@jest/globals'
import { admit } from '../../workflows/engine/gate.js'
import { OPEN_RECIPIENTS_STATES, type RecipientsMessage, type RecipientsMessageName } from '../../workflows/messages.js'
import { RECIPIENTS } from '../../workflows/recipients/flow.js'
import { RECIPIENTS_MESSAGES } from '../../workflows/recipients/message-table.js'
import { describeMessages, type MessageFact } from '../journey/message-contract.js'
import { BODIES, readySession, Session, withBankCode } from './support.js'

const READY = ['RECIPIENTS_READY', 'RECIPIENT_OTP_REQUIRED']
const FACTS: Readonly<Record<RecipientsMessageName, MessageFact>> = {
  enterSenderOtp: { by: 'user', legal: ['SENDER_OTP_REQUIRED'], needs: ['otp'] },
  listRecipients: { by: 'user', legal: READY, needs: [] },
  addRecipient: { by: 'user', legal: READY, needs: ['recipient'] },
  registerBank: { by: 'user', legal: READY, needs: ['recipientId'] },
  enterRecipientOtp: { by: 'user', legal: ['RECIPIENT_OTP_REQUIRED'], needs: ['otp'] },
  resendOtp: { by: 'user', legal: ['SENDER_OTP_REQUIRED', 'RECIPIENT_OTP_REQUIRED'], needs: [] },
  finish: { by: 'user', legal: 'any', needs: [] },
  reenter: { by: 'operator', legal: 'any', needs: [] },
  retryNow: { by: 'operator', legal: 'any', needs: [] },
  takeOver: { by: 'operator', legal: 'any', needs: ['userCode'] },
  cancel: { by: 'operator', legal: 'any', needs: [] },
}

const LEVIN = { rail: 'levin', policy: { resendCooldownSeconds: 0 } } as const
const SOON = { policy: { resendCooldownSeconds: 0 } }
const { workflowId } = new Session().journey

const codeIn =
  (make: () => Session) =>
  (name: string): string | null => {
    const { journey, now } = make()
    const body = BODIES[name as RecipientsMessageName](journey.workflowId)
    return admit(RECIPIENTS, journey, { name, body } as RecipientsMessage, now)?.code ?? null
  }

describe('the messages of a session of recipients', () => {
  describeMessages({
    messages: RECIPIENTS_MESSAGES,
    openStates: OPEN_RECIPIENTS_STATES,
    facts: FACTS,
    body: (name) => BODIES[name as RecipientsMessageName](workflowId),
    inWaiting: {
      SENDER_OTP_REQUIRED: codeIn(() => new Session(LEVIN).answer('OTP_SENT')),
      RECIPIENTS_READY: codeIn(() => readySession(SOON)),
      RECIPIENT_OTP_REQUIRED: codeIn(() => withBankCode(SOON)),
    },
    inParked: { SENDER_LOOKUP: codeIn(() => new Session(LEVIN).answer('NOT_SENT')) },
    inAttention: codeIn(() => readySession(SOON).send('listRecipients').answer('REFUSED')),
  })
})
