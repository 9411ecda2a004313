import type { EkoOperation, ValueName } from '../../activities/eko/operations/index.js'
import {
  ANSWERS,
  type AttemptClass,
  CALLS,
  MONEY_ANSWERS,
  MONEY_CALLS,
  type UnknownPolicy,
} from '../../workflows/calls.js'

/** An id that no page of Eko's has. */
export const NO_ID = '77777'

const OPERATIONS: readonly EkoOperation[] = [...CALLS, ...MONEY_CALLS]

const POLICIES: readonly UnknownPolicy[] = [
  ...(['UNCERTAIN_DISPATCH', 'FRESH_SENDER_OTP', 'PROBE_PAN', 'RUN_AGAIN', 'INQUIRE', 'READ_RECIPIENTS'] as const),
]

const VALUES: readonly ValueName[] = [
  ...(['customerId', 'name', 'dob', 'residenceAddress', 'otp', 'otpRefId', 'aadhaar', 'pan', 'walletToken'] as const),
  ...(['walletId', 'orgId', 'serviceCode', 'consentLanguage', 'recipientId', 'amount', 'beneficiaryId'] as const),
  ...(['recipientIdText', 'amountText', 'recipientName', 'recipientMobile', 'account', 'ifsc', 'bankId'] as const),
  ...(['timestamp', 'channel', 'location', 'heldWalletToken', 'heldWalletId'] as const),
]

/** Failures become successes, successes failures; the rest becomes what is most easily mistaken for it. */
const CLASSES: Readonly<Partial<Record<AttemptClass, AttemptClass>>> = {
  OK: 'BUSINESS_REJECT',
  BUSINESS_REJECT: 'OK',
  REJECTED_BEFORE_EXECUTION: 'UNKNOWN_OUTCOME',
  UNKNOWN_OUTCOME: 'REJECTED_BEFORE_EXECUTION',
  BUSY: 'BUSINESS_REJECT',
  UNRECOGNISED_ANSWER: 'OK',
}

/** Needs of `data` that take what the other refuses. */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  filled: ['absent', 'object'],
  absent: ['filled'],
  true: ['true or absent', 'absent'],
  'true or absent': ['true', 'absent'],
  'zero or absent': ['not zero', 'absent'],
  'not zero': ['zero or absent', 'filled'],
  object: ['list', 'filled'],
  list: ['object', 'filled'],
  'any list': ['list', 'no entries'],
  'no entries': ['any list', 'absent'],
}

/** What a `tx_status` is most easily mistaken for, and the looser condition. */
const TX: Readonly<Record<string, readonly string[]>> = {
  '0': ['1', 'there', 'absent'],
  '1': ['0', 'there', 'absent'],
  '3': ['4', 'there'],
  '4': ['3', 'there'],
  there: ['absent'],
  absent: ['there'],
}

const next = (words: readonly string[], word: string): string => words[(words.indexOf(word) + 1) % words.length] ?? word

/** What each kind of word becomes. A kind or word that is not known here is an error: the tables have grown. */
const RINGS: Readonly<Record<string, (word: string) => readonly string[]>> = {
  answer: (word) => [next(MONEY_ANSWERS.some((one) => one === word) ? MONEY_ANSWERS : ANSWERS, word)],
  class: (word) => [CLASSES[word as AttemptClass] ?? ''],
  operation: (word) => [next(OPERATIONS, word)],
  rail: (word) => [next(['digikhata', 'levin'], word)],
  method: (word) => [next(['GET', 'POST'], word)],
  onUnknown: (word) => POLICIES.filter((one) => one !== word),
  dependency: (word) => ['EKO_TRANSPORT', 'UIDAI', 'PAN'].filter((one) => one !== word),
  sends: (word) => [next(['SENDER', 'AADHAAR'], word)],
  from: (word) => [next(VALUES, word)],
  tx: (word) => TX[word] ?? [],
  need: (word) => NEEDS[word] ?? [],
  call: (word) => [word === '*' ? 'validatePan' : next(CALLS, word)],
  by: (word) => [next(['user', 'operator'], word)],
}

/** What a word of a kind is flipped to. */
export function otherWords(kind: string, word: string): readonly string[] {
  const others = (RINGS[kind]?.(word) ?? []).filter((other) => other !== '' && other !== word)
  if (others.length === 0) throw new Error(`test/mutation/words.ts knows no other ${kind} than "${word}": add one.`)
  return others
}
