import {
  ANSWERS,
  ATTEMPT_CLASSES,
  CALLS,
  type CallOutcome,
  type JourneyPlan,
  MONEY_ANSWERS,
  type Recipient,
  type ResolveOutcome,
  type Transfer,
} from './calls.js'
import { type LimitCode, REJECTIONS, type RejectionCode } from './codes.js'
import { MAX_INCIDENT_ID } from './incident-contract.js'
import { DEPENDENCIES } from './messages.js'
import { DEFAULT_POLICY } from './policy.js'
import { amount, anyText, type Check, type Field, flag, having, listOf, mapOf, oneOf, record, text } from './shape.js'

/**
 * What activities brought, checked. An operator may complete one by hand with anything, and what workflow code cannot
 * read would fail its task for ever. Fields that nobody here reads are dropped: a newer worker may add some.
 */

/** The last moment of a Date, in ms (ECMA-262 §21.4.1.1). */
const LAST_MOMENT = 8.64e15
/** Longest wait, in ms, and longest time of a policy, in seconds: far above what a worker answers. */
const MOST = 1e11
const LIMIT_CODES = ['MOBILE_LIMIT_REACHED', 'AADHAAR_LIMIT_REACHED'] as const satisfies readonly LimitCode[]

const optional = (check: Check): Field => ({ check, optional: true })
const someText = optional(anyText)
const number = optional(amount(-Number.MAX_VALUE, Number.MAX_VALUE))
const needed = { check: anyText } satisfies Field
/** Ids and paise: a fraction or a number beyond exactness is none, so that no amount is ever a guess. */
const whole: Check = (value) => (Number.isSafeInteger(value) && Number(value) >= 0 ? null : 'must be a whole number')
const paise = optional(whole)

const facts = having({
  ...{ operation: needed, clientRefId: needed, message: someText, shape: someText },
  ...{ httpStatus: number, status: number, responseTypeId: number, responseStatusId: number },
})

const transfer = {
  ...{ tid: someText, txStatus: someText, bankRefNum: someText, clientRefId: someText },
  ...{ timestamp: someText, refundTid: someText, amountPaise: paise, feePaise: paise, refundedPaise: paise },
} satisfies Record<keyof Transfer, Field>

const recipient = {
  recipientId: { check: whole },
  ...{ nameMasked: needed, accountMasked: needed, bank: someText, ifsc: someText, beneficiaryId: someText },
} satisfies Record<keyof Recipient, Field>

/** What only the answers about recipients and money have. */
const MONEY_FIELDS = {
  transfer: optional(having(transfer)),
  recipients: optional(listOf(having(recipient))),
  recipientId: optional(whole),
  beneficiaryId: someText,
} satisfies Partial<Record<keyof CallOutcome, Field>>

const OUTCOME = {
  answer: { check: oneOf(...ANSWERS) },
  class: optional(oneOf(...ATTEMPT_CLASSES)),
  facts: optional(facts),
  inputCode: someText,
  otpRefId: someText,
  wallet: optional(having({ token: someText, id: needed, expiresAt: number })),
  applicationId: someText,
  mobileHint: someText,
  profile: optional(
    having({
      ...{ nameMasked: needed, balancePaise: number },
      ...{ totalMonthlyLimitPaise: number, nextAllowedLimitPaise: number },
    }),
  ),
  kycStates: optional(having({ data: someText, profile: someText })),
  languages: optional(listOf(having({ id: needed, name: needed }))),
  consent: optional(having({ consentId: needed, version: needed, language: needed, text: needed, textSha256: needed })),
  fieldErrors: optional(mapOf(anyText)),
  retryAfterMs: optional(amount(0, MOST)),
  dependency: optional(oneOf(...DEPENDENCIES)),
  incident: optional(text(MAX_INCIDENT_ID)),
  run: someText,
  limit: optional(having({ code: { check: oneOf(...LIMIT_CODES) }, retryAt: { check: amount(0, LAST_MOMENT) } })),
} satisfies Record<Exclude<keyof CallOutcome, keyof typeof MONEY_FIELDS>, Field>
const checkOutcome = having(OUTCOME)

/** The outcome of a call as the workflows may read it; null where the value is none. */
export function outcomeOf(value: unknown): CallOutcome | null {
  return checkOutcome(value) === null ? (picked(value, OUTCOME) as unknown as CallOutcome) : null
}

const MONEY_OUTCOME = { ...OUTCOME, answer: { check: oneOf(...ANSWERS, ...MONEY_ANSWERS) }, ...MONEY_FIELDS }
const checkMoneyOutcome = having(MONEY_OUTCOME)

/** The outcome of a call about recipients or money; null where the value is none. */
export function moneyOutcomeOf(value: unknown): CallOutcome | null {
  return checkMoneyOutcome(value) === null ? (picked(value, MONEY_OUTCOME) as unknown as CallOutcome) : null
}

const checkPlan = having({
  policy: { check: policyFault },
  resendSenderOtp: { check: oneOf('generateSenderOtp', 'getSender') },
  onUnknown: { check: having(Object.fromEntries(CALLS.map((name) => [name, someText]))) },
  startToCloseMs: optional(amount(1, MOST)),
  usesWallet: optional(flag),
  allowPlaintextCodes: optional(flag),
})

/** Settings that a plan lacks, because it is older than they are, have their defaults. */
function policyFault(value: unknown): string | null {
  const policy = record(value)
  if (!policy) return 'must be an object'
  const within = amount(0, MOST)
  const fits = Object.entries(DEFAULT_POLICY).every(([name, usual]) => {
    if (!Object.hasOwn(policy, name)) return true
    return (typeof usual === 'number' ? within : flag)(policy[name]) === null
  })
  return fits ? null : 'must hold settings of the policy'
}

const REFUSED = { retryAt: optional(amount(0, LAST_MOMENT)), run: someText }
const checkRefused = having({ ...REFUSED, refused: { check: oneOf(...Object.keys(REJECTIONS)) } })
const checkResolved = having({ plan: { check: checkPlan }, run: someText })

/** What the look-up of tenant, rail and policy brought; null where the value is no such answer. */
export function resolutionOf(value: unknown): ResolveOutcome | null {
  const { plan, refused } = record(value) ?? {}
  if (refused != null) {
    if (checkRefused(value) !== null) return null
    return { refused: refused as RejectionCode, ...picked(value, REFUSED) } as ResolveOutcome
  }
  if (checkResolved(value) !== null) return null
  const { policy, ...others } = plan as JourneyPlan
  return { plan: { ...others, policy: { ...DEFAULT_POLICY, ...policy } }, ...picked(value, { run: someText }) }
}

/** The named fields that hold something. */
function picked(value: unknown, fields: Readonly<Record<string, Field>>): Record<string, unknown> {
  const object = record(value) ?? {}
  return Object.fromEntries(
    Object.keys(fields).flatMap((name) =>
      Object.hasOwn(object, name) && object[name] != null ? [[name, object[name]]] : [],
    ),
  )
}
