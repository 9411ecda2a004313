import type { Rule } from '../rule.js'

const FENCE = 'activities/fence.ts'
const MAKE_CALL = 'activities/make-call.ts'
const ATTEMPTS = 'test/activities/attempts.test.ts'

/** The intent fence, and what one attempt leaves to Temporal's retries. */
export const CALL_RULES: readonly Rule[] = [
  {
    rule: 'The intent is recorded before the first byte of every attempt.',
    file: 'activities/eko/client.ts',
    find: `await hooks?.beforeSend?.()`,
    replace: `void hooks?.beforeSend?.().catch(() => undefined)`,
    test: {
      file: 'test/eko/client.test.ts',
      name: ['beforeSend', 'stops the call where it rejects, and its rejection passes through'],
    },
  },
  {
    rule: 'Without the server’s acknowledgement of the intent nothing is sent.',
    file: FENCE,
    find: `heartbeat({ intent: attempt }),`,
    replace: `heartbeat({ intent: attempt }).catch(() => undefined),`,
    test: { file: ATTEMPTS, name: ['an attempt', 'whose intent the server does not acknowledge sends nothing'] },
  },
  {
    rule: 'An intent found by a later attempt ends as unknown, and nothing is sent.',
    file: MAKE_CALL,
    find: `if (fence?.declaredBefore) throw unknownOutcome(UNKNOWN)`,
    replace: ``,
    test: { file: ATTEMPTS, name: ['an attempt that finds an intent', 'sends nothing, with the tenants file %s'] },
  },
  {
    rule: 'What stands in the place of an intent and cannot be read is taken for one.',
    file: FENCE,
    find: `before !== undefined && before?.intent !== null`,
    replace: `typeof before?.intent === 'number'`,
    test: { file: ATTEMPTS, name: ['an attempt that finds an intent', 'that cannot be read takes it for one'] },
  },
  {
    rule: 'A call that has too little time left for its answer is not sent.',
    file: MAKE_CALL,
    find: `    if (clock.beforeCallMs() <= 0) throw new TooLate()
    declared = true`,
    replace: `    declared = true`,
    test: {
      file: 'test/activities/attempts.test.ts',
      name: ['a dispatch', 'whose place took so long that the call has too little time is not sent, and tried again'],
    },
  },
  {
    rule: 'Nor where recording its intent took so long.',
    file: MAKE_CALL,
    find: `    await fence?.declare()
    if (clock.beforeCallMs() <= 0) throw new TooLate()`,
    replace: `    await fence?.declare()`,
    test: {
      file: 'test/activities/attempts.test.ts',
      name: [
        'a dispatch',
        'whose intent took so long that the call has too little time is not sent, and takes its intent back',
      ],
    },
  },
  {
    rule: 'What did not get through takes its intent back, so that the retry may send.',
    file: MAKE_CALL,
    find: `    await fence?.clear()
    throw retryable(outcome)`,
    replace: `    throw retryable(outcome)`,
    test: {
      file: ATTEMPTS,
      name: [
        'an attempt',
        'that did not get through takes its intent back and asks for a retry, and is parked after the fourth',
      ],
    },
  },
  {
    rule: 'Temporal’s retries never repeat a call with an unknown outcome, unless it is repeatable.',
    file: MAKE_CALL,
    find: `(answer.class === 'UNKNOWN_OUTCOME' && fence === null)`,
    replace: `answer.class === 'UNKNOWN_OUTCOME'`,
    test: {
      file: ATTEMPTS,
      name: ['an attempt', 'that gets no answer ends as an unknown outcome, which Temporal does not repeat'],
    },
  },
  {
    rule: 'An attempt that died, or was failed by hand, has an unknown outcome.',
    file: 'workflows/engine/call-runner.ts',
    find: `?? { class: 'UNKNOWN_OUTCOME', answer: 'UNKNOWN_OUTCOME' }`,
    replace: `?? { class: 'NOT_SENT', answer: 'NOT_SENT' }`,
    test: {
      file: 'test/journey/outcome-guards.test.ts',
      name: ['an outcome', 'that a failed activity tells of is one, or the call’s outcome is unknown'],
    },
  },
  {
    rule: 'After four attempts that did not get through the journey parks.',
    file: MAKE_CALL,
    find: `ATTEMPTS_BEFORE_PARKING = 4`,
    replace: `ATTEMPTS_BEFORE_PARKING = 5`,
    test: {
      file: ATTEMPTS,
      name: ['an attempt', 'whose preparation breaks is retried, and then parked where people see it'],
    },
  },
  {
    rule: 'A long wait is the journey’s, which shows it and can be cancelled, and not the activity’s.',
    file: MAKE_CALL,
    find: `LONGEST_WAIT_MS = 5_000`,
    replace: `LONGEST_WAIT_MS = 86_400_000`,
    test: {
      file: ATTEMPTS,
      name: ['an attempt', 'of a repeatable call does not wait for hours inside the activity: the journey parks'],
    },
  },
  {
    rule: 'A reset run repeats no dispatch and no verification.',
    file: MAKE_CALL,
    find: `if (fence && terms.run !== undefined && terms.run !== runId)`,
    replace: `if (terms.run === null)`,
    test: {
      file: ATTEMPTS,
      name: [
        'an attempt of a run that was reset',
        'is not made where it must not be repeated: what the run did after the reset point is not known',
      ],
    },
  },
  {
    rule: 'A code whose time is over is not sent to Eko, however late its call comes.',
    file: 'activities/open-request.ts',
    find: `if (sealed.notAfter !== undefined && sealed.notAfter <= context.now) throw refusedInput('CODE_EXPIRED')`,
    replace: ``,
    test: { file: ATTEMPTS, name: ['an attempt', 'refuses a code after its time without spending an attempt'] },
  },
]
