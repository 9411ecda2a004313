import type { Rule } from '../rule.js'

const BREAKER = 'activities/gate/breaker.ts'
const INCIDENTS = 'activities/gate/incidents.ts'
const ANSWERS = 'activities/gate/answers.ts'
const CAPS = 'activities/gate/caps.ts'
const INCIDENT = 'workflows/incident.ts'
const GATE_TEST = 'test/gate/gate.test.ts'
const BREAKER_TEST = 'test/gate/breaker.test.ts'
const RATE_TEST = 'test/gate/rate.test.ts'
const STATE_TEST = 'test/gate/incident-state.test.ts'

/** Outages, caps and configuration incidents. */
export const GATE_RULES: readonly Rule[] = [
  {
    rule: 'Enough failures stop all calls that need what is away.',
    file: BREAKER,
    find: `failed.length >= limits.failures`,
    replace: `failed.length >= Infinity`,
    test: {
      file: GATE_TEST,
      name: [
        'an outage',
        'stops all calls of the key after some failures, and lets them go one by one, then at the release rate',
      ],
    },
  },
  {
    rule: 'No single journey’s bad line counts as an outage.',
    file: BREAKER,
    find: `if (often && sources(failed) >= limits.sources)`,
    replace: `if (often)`,
    test: {
      file: BREAKER_TEST,
      name: ['a breaker opens', 'not by the failures of one or two journeys, however many they are'],
    },
  },
  {
    rule: 'An authority that is away stops the calls that need it, and no others.',
    file: ANSWERS,
    find: `return dependency === own ? 'FAILURE' : 'NEITHER'`,
    replace: `return 'FAILURE'`,
    test: { file: GATE_TEST, name: ['an outage', 'of UIDAI stops Aadhaar calls only'] },
  },
  {
    rule: 'After an outage one canary goes at a time.',
    file: BREAKER,
    find: `return is.canarySince === null`,
    replace: `return true`,
    test: { file: BREAKER_TEST, name: ['a half-open breaker', 'lets one call go at a time'] },
  },
  {
    rule: 'Those who waited come back at the release rate.',
    file: BREAKER,
    find: `return rate.hasRoom(now)`,
    replace: `return true`,
    test: {
      file: GATE_TEST,
      name: [
        'an outage',
        'stops all calls of the key after some failures, and lets them go one by one, then at the release rate',
      ],
    },
  },
  {
    rule: 'Each call that the gate sends away is told a turn of its own.',
    file: 'activities/gate/rate.ts',
    find: `nextTurn = at + spacing`,
    replace: `nextTurn = at`,
    test: {
      file: BREAKER_TEST,
      name: ['a breaker opens', 'and lets nothing through, telling everybody another time after its end'],
    },
  },
  {
    rule: 'HTTP 429 pauses the whole developer key for as long as `Retry-After` says.',
    file: ANSWERS,
    find: `answer.retryAfterMs ?? afterTooManyMs`,
    replace: `afterTooManyMs`,
    test: { file: GATE_TEST, name: ['HTTP 429', 'pauses the whole developer key for as long as Retry-After says'] },
  },
  {
    rule: 'A worker keeps to its rate, all tenants together.',
    file: CAPS,
    find: `worker.hasRoom(now) && fits(`,
    replace: `fits(`,
    test: { file: RATE_TEST, name: ['caps', 'all tenants together keep to the rate of the worker'] },
  },
  {
    rule: 'A tenant keeps to its own rate.',
    file: CAPS,
    find: `(rate === null || rate.rate.hasRoom(now)) && (flight`,
    replace: `(flight`,
    test: {
      file: RATE_TEST,
      name: ['caps', 'one tenant cannot use up more than its own rate, and another is not stopped by it'],
    },
  },
  {
    rule: 'An agent that has not been seen to work is tried by one call.',
    file: 'activities/gate/first-calls.ts',
    find: `|| inFlight === 0 ||`,
    replace: `|| inFlight >= 0 ||`,
    test: {
      file: GATE_TEST,
      name: [
        'an agent that this worker has not seen to work',
        'gets one call at a time until an answer proves it; a slow one holds the others up for 2 s only',
      ],
    },
  },
  {
    rule: 'A configuration incident is one for all journeys that it concerns; they do not ask Eko.',
    file: INCIDENTS,
    find: `entries.set(id, entry)`,
    replace: ``,
    test: {
      file: GATE_TEST,
      name: [
        'a configuration incident',
        'begins with one call; 300 others are told of it without asking Eko, each with a time of its own',
      ],
    },
  },
  {
    rule: 'A worker makes one probe of an incident at a time.',
    file: INCIDENTS,
    find: `case 'ASKING':\n        return false`,
    replace: `case 'ASKING':\n        return true`,
    test: {
      file: GATE_TEST,
      name: [
        'a configuration incident',
        'lets one call try Eko when a probe is granted, and is over when that succeeds',
      ],
    },
  },
  {
    rule: 'One probe at a time is granted to all workers together.',
    file: INCIDENT,
    find: `if (left <= 0) return null`,
    replace: `return null`,
    test: {
      file: STATE_TEST,
      name: [
        'probes of an incident',
        'are one for all who ask: the others are told to ask again soon, since its answer is about to come',
      ],
    },
  },
  {
    rule: 'Probes are a trickle: each waits longer than the one before.',
    file: INCIDENT,
    find: `firstProbeMs * 2 ** Math.min(probes, 30)`,
    replace: `firstProbeMs`,
    test: {
      file: STATE_TEST,
      name: [
        'probes of an incident',
        'are granted first after the first wait, then after twice as long each time, up to the longest',
      ],
    },
  },
  {
    rule: 'Only an answer of Eko’s proves that an incident is over.',
    file: ANSWERS,
    find: `return answered ? ['credentials', 'path'] : []`,
    replace: `return ['credentials', 'path']`,
    test: {
      file: 'test/gate/answers.test.ts',
      name: [
        'what proves a configuration',
        'a refused signature, a lost answer and a call that was not sent prove nothing',
      ],
    },
  },
]
