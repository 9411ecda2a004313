import type { Rule } from '../rule.js'

const GATE = 'workflows/engine/gate.ts'
const JOURNEY = 'workflows/engine/advance.ts'
const TURN = 'workflows/engine/turn.ts'
const CODES_TEST = 'test/journey/code-rules.test.ts'
const MESSAGES_TEST = 'test/journey/message-rules.test.ts'

/** Codes, messages and the end of a journey, whatever goes wrong on the way. */
export const JOURNEY_RULES: readonly Rule[] = [
  {
    rule: 'A new challenge retires the old one before the call.',
    file: TURN,
    find: `set<Core>(turn, { challenge, sequence })`,
    replace: `set<Core>(turn, { challenge: turn.journey.challenge ?? challenge, sequence })`,
    test: { file: CODES_TEST, name: ['challenges', 'are retired before a resend is called, also if it then fails'] },
  },
  {
    rule: 'A code for an older challenge is refused here, and never reaches Eko.',
    file: GATE,
    find: `if (challenge.id !== challengeId) return refusal('CHALLENGE_STALE')`,
    replace: ``,
    test: { file: CODES_TEST, name: ['challenges', 'refuse a code for an older challenge locally'] },
  },
  {
    rule: 'A message that comes during a call waits for it.',
    file: GATE,
    find: `hasRoom(flow, journey, message.name) ? null : refusal('QUEUE_FULL')`,
    replace: `refusal('QUEUE_FULL')`,
    test: {
      file: CODES_TEST,
      name: ['challenges', 'bind an early code to the dispatch in flight, and verify it once the code was sent'],
    },
  },
  {
    rule: 'A submission seen before gets its first answer.',
    file: JOURNEY,
    find: `key === null ? undefined : turn.journey.answers.find((answer) => answer.key === key)`,
    replace: `turn.journey.answers.find(() => false)`,
    test: {
      file: MESSAGES_TEST,
      name: ['submissions', 'with a submissionId seen before get the first answer, without a call'],
    },
  },
  {
    rule: 'A submission sent twice while the first is on its way is one.',
    file: JOURNEY,
    find: `if (twin) return twin.sequence`,
    replace: ``,
    test: { file: MESSAGES_TEST, name: ['submissions', 'sent twice while the first is on its way are one'] },
  },
  {
    rule: 'A new code waits for the cooldown.',
    file: 'workflows/engine/resend-window.ts',
    find: `(sends.at(-1) ?? -Infinity) + policy.resendCooldownSeconds * 1000`,
    replace: `-Infinity`,
    test: { file: CODES_TEST, name: ['resends', 'wait for the cooldown, and say until when'] },
  },
  {
    rule: 'Tries count across new codes.',
    file: 'workflows/engine/code-steps.ts',
    find: `inJourney >= plan.policy.triesPerJourney`,
    replace: `forCode >= plan.policy.triesPerJourney`,
    test: { file: CODES_TEST, name: ['attempts', 'count across resends, and end the journey at the limit'] },
  },
  {
    rule: 'A journey that goes in circles stops and needs an operator.',
    file: TURN,
    find: `MAX_HOPS = 6`,
    replace: `MAX_HOPS = 60`,
    test: { file: 'test/journey/step-rules.test.ts', name: ['the lookup', 'does not go in circles'] },
  },
  {
    rule: 'A call in flight finishes before the journey is cancelled, and COMPLETED wins.',
    file: JOURNEY,
    find: `const goesFirst = isNewCall(journey, turn.journey) ||`,
    replace: `const goesFirst = isBusy(turn.journey) ||`,
    test: { file: MESSAGES_TEST, name: ['submissions', 'do not win over a completion that was in flight'] },
  },
  {
    rule: 'A message that ends the journey goes before a call that the journey would make by itself.',
    file: JOURNEY,
    find: `if (goesFirst && endingOf(flow, turn.journey)) takeNext(turn)`,
    replace: ``,
    test: { file: MESSAGES_TEST, name: ['submissions', 'go before a call that the journey would make by itself'] },
  },
]
