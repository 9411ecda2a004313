import { CALLED_FROM, TRANSITIONS } from '../../workflows/transitions.js'
import { type CallName, CALLS } from '../../workflows/calls.js'
import {
  CLOSED_STATES,
  type MessageDescriptor,
  MESSAGES,
  OPEN_RECIPIENTS_STATES,
  OPEN_STATES,
  OPEN_TRANSFER_STATES,
  RECIPIENTS_MESSAGES,
  TRANSFER_MESSAGES,
} from '../../workflows/messages.js'
import { TRANSFER_CALLED_FROM, TRANSFER_TRANSITIONS } from '../../workflows/transfer/transitions.js'

const CALL_TEXT: Readonly<Record<CallName, string>> = {
  getSender: 'get sender',
  onboardSender: 'onboard',
  generateSenderOtp: 'generate sender OTP',
  verifySenderOtp: 'verify sender OTP',
  consentLanguages: 'consent languages',
  consentDetails: 'consent text',
  generateAadhaarOtp: 'generate Aadhaar OTP',
  verifyAadhaarOtp: 'verify Aadhaar OTP',
  validatePan: 'validate PAN',
}

/**
 * The journey as a Mermaid state diagram, drawn from the transition table: an arrow is a call, its text the answers. The
 * picture shows each call from where it is usually made to where its row usually leads; `transitionsTable` shows all.
 */
export function journeyDiagram(): string {
  const arrows = new Map<string, Map<CallName, string[]>>()
  for (const call of CALLS) {
    const [from] = CALLED_FROM[call]
    for (const { answers, to } of TRANSITIONS.filter((row) => row.call === call)) {
      const [target] = to
      if (!from || !target || target === 'SAME' || target === from) continue
      const texts = arrows.get(`${from} --> ${target}`) ?? new Map<CallName, string[]>()
      texts.set(call, [...(texts.get(call) ?? []), ...answers])
      arrows.set(`${from} --> ${target}`, texts)
    }
  }
  const lines = [...arrows].map(([arrow, texts]) => {
    const labels = [...texts].map(([call, answers]) => `${CALL_TEXT[call]}: ${answers.join(', ')}`)
    return `    ${arrow}: ${labels.join('<br/>')}`
  })
  const anyOpen = CLOSED_STATES.filter((state) => state === 'EXPIRED' || state === 'CANCELLED')
  const ends = [
    '    SENDER_OTP_REQUIRED --> REJECTED: too many wrong codes',
    '    AADHAAR_OTP_REQUIRED --> REJECTED: too many wrong codes',
    `    note right of SENDER_LOOKUP: from any open state also to ${anyOpen.join(' and ')}`,
  ]
  return ['```mermaid', 'stateDiagram-v2', '    [*] --> SENDER_LOOKUP', ...lines, ...ends, '```'].join('\n')
}

interface AnyTransition {
  readonly call: string
  readonly answers: readonly string[]
  readonly action: string
  readonly to: readonly string[]
}

/** The whole transition table of the onboarding journey. */
export function transitionsTable(): string {
  return tableOf(TRANSITIONS, CALLED_FROM)
}

/** The whole transition table of a transfer. */
export function transferTransitionsTable(): string {
  return tableOf(TRANSFER_TRANSITIONS, TRANSFER_CALLED_FROM)
}

function tableOf(
  transitions: readonly AnyTransition[],
  calledFrom: Readonly<Record<string, readonly string[]>>,
): string {
  const rows = transitions.map(({ call, answers, action, to }) => {
    const from = call === '*' ? 'wherever it is made' : (calledFrom[call] ?? []).join(', ')
    const targets = to.map((state) => (state === 'SAME' ? 'stays' : state)).join(', ')
    return `| ${call === '*' ? 'any call' : `\`${call}\``} | ${from} | ${answers.join(', ')} | \`${action}\` | ${targets} |`
  })
  return ['| call | made in | answer | action | leads to |', '|---|---|---|---|---|', ...rows].join('\n')
}

/** Every message of the onboarding journey: where it is taken, and what it is for. */
export function messagesTable(): string {
  return messagesOf(MESSAGES, OPEN_STATES.length)
}

/** Every message of a transfer. */
export function transferMessagesTable(): string {
  return messagesOf(TRANSFER_MESSAGES, OPEN_TRANSFER_STATES.length)
}

/** Every message of a session of recipients. */
export function recipientsMessagesTable(): string {
  return messagesOf(RECIPIENTS_MESSAGES, OPEN_RECIPIENTS_STATES.length)
}

function messagesOf(messages: Readonly<Record<string, MessageDescriptor<string>>>, openStates: number): string {
  const rows = Object.entries(messages).map(([name, { description, legalIn, by }]) => {
    const where = legalIn.length === openStates ? 'any open state' : legalIn.join(', ')
    return `| \`${name}\` | ${by} | ${where} | ${description} |`
  })
  return ['| message | by | taken in | what it is |', '|---|---|---|---|', ...rows].join('\n')
}
