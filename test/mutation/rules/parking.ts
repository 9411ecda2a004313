import type { Rule } from '../rule.js'

const CLOCK = 'workflows/engine/clock.ts'
const PARKING = 'workflows/engine/parking.ts'
const GATE = 'workflows/engine/gate.ts'
const MESSAGES_TEST = 'test/journey/message-rules.test.ts'
const RUNS_TEST = 'test/journey/limits-and-runs.test.ts'

/** How journeys wait for what is away, and go on. */
export const PARKING_RULES: readonly Rule[] = [
  {
    rule: 'A parked journey goes on by itself.',
    file: CLOCK,
    find: `unpark(turn)\n`,
    replace: `note(turn, { what: 'timer:parked', code: 'PARKED' })\n`,
    test: {
      file: MESSAGES_TEST,
      name: ['parked calls', 'go on by themselves, later each time, and keep the step’s time'],
    },
  },
  {
    rule: 'A step’s clock stands still while its call is parked.',
    file: CLOCK,
    find: `return call.parked ? now - call.parked.since : 0`,
    replace: `return 0`,
    test: {
      file: MESSAGES_TEST,
      name: ['parked calls', 'do not use up the step’s time, also where their code is dropped'],
    },
  },
  {
    rule: 'A code’s own lifetime goes on while its call is parked: it is dropped at its end.',
    file: CLOCK,
    find: `call.request.notAfter !== undefined && call.request.notAfter <= turn.now`,
    replace: `call.request.notAfter === null`,
    test: { file: MESSAGES_TEST, name: ['parked calls', 'drop a code when its time is over'] },
  },
  {
    rule: 'Each wait is longer than the one before, up to the policy’s longest.',
    file: PARKING,
    find: ` * 2 ** Math.min(call.parks, 10)`,
    replace: ``,
    test: {
      file: RUNS_TEST,
      name: ['a parked call', 'doubles its wait up to the policy’s longest, and honours a longer one that it is told'],
    },
  },
  {
    rule: 'A longer wait that Eko or the gate asks for is kept (Retry-After).',
    file: PARKING,
    find: `retryAfterMs ?? 0, 1)`,
    replace: `1)`,
    test: {
      file: RUNS_TEST,
      name: ['a parked call', 'doubles its wait up to the policy’s longest, and honours a longer one that it is told'],
    },
  },
  {
    rule: 'Journeys that parked together do not come back together.',
    file: PARKING,
    find: `(1 + (seed % 250) / 1000)`,
    replace: `1`,
    test: {
      file: 'test/journey/failure-rules.test.ts',
      name: ['journeys that parked at the same moment', 'come back at moments of their own'],
    },
  },
  {
    rule: 'A repeatable call that stays without an answer ends up with an operator.',
    file: PARKING,
    find: `MAX_UNANSWERED = 5`,
    replace: `MAX_UNANSWERED = 500`,
    test: {
      file: RUNS_TEST,
      name: ['a parked call', 'needs attention for lost answers alone, not because it waited out an outage'],
    },
  },
  {
    rule: 'While the call is parked the user’s input is refused.',
    file: GATE,
    find: `journey.call?.parked && !kept`,
    replace: `false`,
    test: { file: MESSAGES_TEST, name: ['parked calls', 'keep an early PAN, and refuse other input'] },
  },
  {
    rule: '`retryNow` runs again only what never executed.',
    file: GATE,
    find: `journey.attention ? refusal('USE_REENTER')`,
    replace: `journey.attention ? null`,
    test: {
      file: 'test/journey/message-facts.test.ts',
      name: ['$name', 'is refused where an operator must look, unless an operator sends it'],
    },
  },
]
