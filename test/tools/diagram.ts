import { CALLED_FROM, TRANSITIONS } from '../../workflows/transitions.js'
import { type CallName, CALLS } from '../../workflows/calls.js'
import { CLOSED_STATES, MESSAGES } from '../../workflows/messages.js'

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

/** The whole transition table. */
export function transitionsTable(): string {
  const rows = TRANSITIONS.map(({ call, answers, action, to }) => {
    const from = call === '*' ? 'wherever it is made' : CALLED_FROM[call].join(', ')
    const targets = to.map((state) => (state === 'SAME' ? 'stays' : state)).join(', ')
    return `| ${call === '*' ? 'any call' : `\`${call}\``} | ${from} | ${answers.join(', ')} | \`${action}\` | ${targets} |`
  })
  return ['| call | made in | answer | action | leads to |', '|---|---|---|---|---|', ...rows].join('\n')
}

/** Every message: where it is taken, and what it is for. */
export function messagesTable(): string {
  const rows = Object.entries(MESSAGES).map(([name, { description, legalIn, by }]) => {
    const where = legalIn.length === 6 ? 'any open state' : legalIn.join(', ')
    return `| \`${name}\` | ${by} | ${where} | ${description} |`
  })
  return ['| message | by | taken in | what it is |', '|---|---|---|---|', ...rows].join('\n')
}
