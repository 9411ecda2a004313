/** Hand-written guards of what arrives at a journey: each answers the fields that are wrong. */
import { MAX_TRANSFER_PAISE } from '../values/money.js'
import { MAX_SEALED_LENGTH } from '../values/sealed-field.js'
import { DEFAULT_POLICY } from './policy.js'
import {
  amount,
  type Check,
  type Field,
  flag,
  isoTime,
  lines,
  MAX_ID,
  nested,
  oneOf,
  record,
  shape,
  text,
} from './shape.js'

const MAX_REASON = 200

const actor: Check = nested({
  type: { check: oneOf('sender', 'agent', 'operator', 'service') },
  id: { check: text(MAX_ID) },
  channel: { check: text(MAX_ID), optional: true },
})

const envelope = {
  submissionId: { check: text(MAX_ID, /^[\x21-\x7e]+$/), optional: true },
  actor: { check: actor, optional: true },
} satisfies Record<string, Field>

const operator = { ...envelope, actor: { check: actor }, reason: { check: text(MAX_REASON) } }
const secret: Field = { check: text(MAX_SEALED_LENGTH) }
const details = {
  name: { check: text(MAX_REASON) },
  dob: { check: text(10, /^\d{4}-\d{2}-\d{2}$/) },
  residenceAddress: { check: lines(6, 100) },
} satisfies Record<string, Field>

export const envelopeOnly = shape(envelope)
export const operatorAction = shape(operator)
export const takeOver = shape({ ...operator, userCode: { check: text(MAX_ID, /^\w+$/) } })
export const enterSenderDetails = shape({ ...envelope, ...details })
export const enterCode = shape({ ...envelope, otp: secret, challengeId: { check: text(MAX_ID), optional: true } })
export const requestConsent = shape({ ...envelope, language: { check: text(MAX_ID) } })
export const enterPan = shape({ ...envelope, pan: secret })
export const enterAadhaar = shape({
  ...envelope,
  aadhaar: secret,
  consent: {
    check: nested({
      consentId: { check: text(MAX_ID) },
      textSha256: { check: text(64, /^[0-9a-f]{64}$/) },
      mode: { check: oneOf('self', 'assisted') },
      agent: { check: text(MAX_ID), optional: true },
      channel: { check: text(MAX_ID), optional: true },
      acceptedAt: { check: isoTime },
    }),
  },
})

/** The workflow's own argument. Values are checked for shape; the client and the activities check them for sense. */
export const onboardingInput = shape({
  tenant: { check: text(MAX_ID, /^[A-Za-z0-9-]+$/) },
  rail: { check: oneOf('digikhata', 'levin') },
  mobile: { check: text(10, /^[6-9]\d{9}$/) },
  userCode: { check: text(MAX_ID, /^\w+$/) },
  details: { check: nested(details), optional: true },
  otpRefId: { ...secret, optional: true },
  stopAt: { check: oneOf('PAN_REQUIRED', 'COMPLETED'), optional: true },
  policy: { check: policyWishes, optional: true },
  opener: { check: text(MAX_ID), optional: true },
})

function policyWishes(value: unknown): string | null {
  const object = record(value)
  if (!object) return 'must be an object'
  const known: Readonly<Record<string, unknown>> = { ...DEFAULT_POLICY }
  const bad = Object.entries(object).some(
    ([name, wish]) =>
      !Object.hasOwn(known, name) || typeof wish !== typeof known[name] || (typeof wish === 'number' && wish < 0),
  )
  return bad ? 'must hold settings of the policy: numbers from 0, and booleans' : null
}

const positiveInteger: Check = (value) =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? null : 'must be a positive integer'

/** An id of Eko's or the bank's. */
const reference: Check = text(40, /^[A-Za-z0-9_-]+$/)
export const inquireByTid = shape({ ...operator, tid: { check: reference } })

export const addRecipient = shape({
  ...envelope,
  recipient: {
    check: nested({
      name: { check: text(50, /^[A-Za-z]+( [A-Za-z]+)*$/) },
      mobile: { check: text(10, /^[6-9]\d{9}$/) },
      account: { check: text(18, /^\d{9,18}$/) },
      ifsc: { check: text(11, /^[A-Z]{4}0[A-Z0-9]{6}$/) },
      bankId: { check: positiveInteger },
    }),
  },
})
export const registerBank = shape({ ...envelope, recipientId: { check: positiveInteger } })

/** The argument of a session of recipients. */
export const recipientsInput = shape({
  tenant: { check: text(MAX_ID, /^[A-Za-z0-9-]+$/) },
  rail: { check: oneOf('digikhata', 'levin') },
  mobile: { check: text(10, /^[6-9]\d{9}$/) },
  userCode: { check: text(MAX_ID, /^\w+$/) },
  policy: { check: policyWishes, optional: true },
  opener: { check: text(MAX_ID), optional: true },
})

const wholeRupees: Check = (value) =>
  Number(value) % 100 === 0 ? amount(100, MAX_TRANSFER_PAISE)(value) : 'must be whole rupees in paise'

/** The argument of a transfer. Eko's limits are Eko's to check; above ten million rupees nothing is asked. */
export const transferInput = shape({
  tenant: { check: text(MAX_ID, /^[A-Za-z0-9-]+$/) },
  rail: { check: oneOf('digikhata', 'levin') },
  mobile: { check: text(10, /^[6-9]\d{9}$/) },
  userCode: { check: text(MAX_ID, /^\w+$/) },
  kind: { check: oneOf('TRANSFER', 'WALLET_LOAD'), optional: true },
  recipientId: { check: positiveInteger, optional: true },
  beneficiaryId: { check: text(MAX_ID, /^\w+$/), optional: true },
  amountPaise: { check: wholeRupees },
  channel: { check: positiveInteger, optional: true },
  location: { check: text(MAX_ID, /^-?\d{1,3}(\.\d{1,10})?,-?\d{1,3}(\.\d{1,10})?$/), optional: true },
  proveSender: { check: flag, optional: true },
  policy: { check: policyWishes, optional: true },
  opener: { check: text(MAX_ID), optional: true },
})

/** The argument of the workflow that sends one transaction OTP. */
export const transactionOtpInput = shape({
  tenant: { check: text(MAX_ID, /^[A-Za-z0-9-]+$/) },
  rail: { check: oneOf('digikhata', 'levin') },
  mobile: { check: text(10, /^[6-9]\d{9}$/) },
  userCode: { check: text(MAX_ID, /^\w+$/) },
  recipientId: { check: positiveInteger },
  amountPaise: { check: wholeRupees },
  beneficiaryId: { check: text(MAX_ID, /^\w+$/), optional: true },
})
