import type { Rule } from '../rule.js'

const TRANSITIONS = 'workflows/transitions.ts'
const PAN = 'activities/eko/operations/validate-pan.ts'
const TABLES_TEST = 'test/activities/tables-and-journey.test.ts'
const STEPS_TEST = 'test/journey/step-rules.test.ts'
const CODES_TEST = 'test/journey/code-rules.test.ts'

/** What each operation may do after an unknown outcome. */
export const OUTCOME_RULES: readonly Rule[] = [
  {
    rule: 'Nothing that may send a code is marked as repeatable.',
    file: 'activities/eko/operations/generate-sender-otp.ts',
    find: `repeatable: false`,
    replace: `repeatable: true`,
    test: {
      file: TABLES_TEST,
      name: ['the decision tables and the journey', 'repeats nothing that may send a code or use one up'],
    },
  },
  {
    rule: 'A dispatch whose answer is lost is never repeated by itself.',
    file: TRANSITIONS,
    find: `{ call: 'getSender', answers: ['UNKNOWN_OUTCOME'], action: 'uncertainDispatch'`,
    replace: `{ call: 'getSender', answers: ['UNKNOWN_OUTCOME'], action: 'park'`,
    test: { file: CODES_TEST, name: ['challenges', 'discard an early code when the dispatch ends unknown'] },
  },
  {
    rule: 'It counts against the quota and the cooldown.',
    file: 'workflows/engine/advance.ts',
    find: `['OTP_SENT', 'BANK_ADDED', 'UNKNOWN_OUTCOME', 'UNRECOGNISED_ANSWER']`,
    replace: `['OTP_SENT', 'UNRECOGNISED_ANSWER']`,
    test: {
      file: CODES_TEST,
      name: ['resends', 'keep to the quota of the window, also when dispatches were uncertain'],
    },
  },
  {
    rule: 'A lost answer to a verification is never shown as a wrong code, and costs no try.',
    file: TRANSITIONS,
    find: `action: 'senderVerificationUncertain'`,
    replace: `action: 'wrongCode'`,
    test: {
      file: CODES_TEST,
      name: ['attempts', 'are not spent by malformed input, an expired code, or an unknown outcome'],
    },
  },
  {
    rule: 'An Aadhaar code is never submitted again by a worker.',
    file: 'activities/eko/operations/verify-aadhaar-otp.ts',
    find: `repeatable: false,\n  onUnknown: 'FRESH_SENDER_OTP'`,
    replace: `repeatable: true,\n  onUnknown: 'FRESH_SENDER_OTP'`,
    test: {
      file: 'test/eko/rows.test.ts',
      name: ['what may run again after an unknown outcome is exactly what is not fenced'],
    },
  },
  {
    rule: 'An Aadhaar code is never submitted again by the journey: on DigiKhata the sender proves the mobile anew.',
    file: TRANSITIONS,
    find: `action: 'aadhaarVerificationUncertain'`,
    replace: `action: 'park'`,
    test: {
      file: STEPS_TEST,
      name: [
        'unknown outcomes of a verification',
        'lead on DigiKhata to a fresh sender OTP, and never repeat the Aadhaar verification',
      ],
    },
  },
  {
    rule: 'On Levin the PAN tells whether a lost Aadhaar verification was executed.',
    file: 'workflows/journey-answers.ts',
    find: `plan?.onUnknown.verifyAadhaarOtp === 'PROBE_PAN' &&`,
    replace: `plan === null &&`,
    test: {
      file: STEPS_TEST,
      name: ['unknown outcomes of a verification', 'lead on Levin forward: the PAN is the probe'],
    },
  },
  {
    rule: 'A PAN without an answer is submitted again.',
    file: TRANSITIONS,
    find: `{ call: 'validatePan', answers: ['UNKNOWN_OUTCOME'], action: 'park'`,
    replace: `{ call: 'validatePan', answers: ['UNKNOWN_OUTCOME'], action: 'needAttention'`,
    test: {
      file: 'test/journey/failure-rules.test.ts',
      name: ['a PAN whose answer is lost', 'is submitted again by itself'],
    },
  },
  {
    rule: 'At the PAN 309 is success.',
    file: PAN,
    find: `went('Success!', PROFILE, 'ONBOARDED', 'completed'),`,
    replace: ``,
    test: {
      file: 'test/eko/contradictions.test.ts',
      name: ["Where Eko's documents contradict each other", '9: both answers to the PAN complete, 2132 on Levin only'],
    },
  },
  {
    rule: 'At the PAN 585 is success.',
    file: PAN,
    find: `went('Customer already KYC approved', { type: 585, status: 585 }, 'ONBOARDED', 'completed'),`,
    replace: ``,
    test: {
      file: 'test/eko/contradictions.test.ts',
      name: ['Codes that mean something of their own', '585 completes at the PAN, 2136 leads back to Aadhaar there'],
    },
  },
  {
    rule: 'Consent reads are repeated.',
    file: TRANSITIONS,
    find: `{ call: 'consentLanguages', answers: ['UNKNOWN_OUTCOME'], action: 'park'`,
    replace: `{ call: 'consentLanguages', answers: ['UNKNOWN_OUTCOME'], action: 'needAttention'`,
    test: {
      file: 'test/journey/failure-rules.test.ts',
      name: ['a consent text whose answer is lost', 'is read again by itself'],
    },
  },
  {
    rule: 'What an activity was completed with by hand, and is no outcome, proves nothing.',
    file: 'workflows/outcome-guards.ts',
    find: `answer: { check: oneOf(...ANSWERS) },`,
    replace: `answer: { check: anyText },`,
    test: { file: 'test/journey/failure-rules.test.ts', name: ['what is no outcome', 'proves nothing: %j'] },
  },
  {
    rule: 'The second unrecognised answer in a row to a code needs an operator.',
    file: 'workflows/engine/code-steps.ts',
    find: `if (inARow >= 2)`,
    replace: `if (inARow > 2)`,
    test: {
      file: CODES_TEST,
      name: ['attempts', 'count an unrecognised answer once; the second in a row needs attention'],
    },
  },
]
