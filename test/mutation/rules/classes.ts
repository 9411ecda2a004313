import type { Rule } from '../rule.js'

const HTTP = 'activities/eko/http.ts'
const CLASSIFY = 'activities/eko/classify.ts'
const CLIENT = 'activities/eko/client.ts'
const HTTP_TEST = 'test/eko/http.test.ts'
const CLIENT_TEST = 'test/eko/client.test.ts'

/** What an attempt came to is decided by what happened on the connection; signature and clock. */
export const CLASS_RULES: readonly Rule[] = [
  {
    rule: 'Once a byte of the request was handed to a connection, a call without an answer is unknown.',
    file: HTTP,
    find: `handed ? 'NO_ANSWER' : 'NOT_SENT'`,
    replace: `'NOT_SENT'`,
    test: {
      file: HTTP_TEST,
      name: ['The outcome is unknown', 'where the server executed the call and dropped the connection'],
    },
  },
  {
    rule: 'A call whose connection never opened was not sent, and is not taken for an unknown one.',
    file: HTTP,
    find: `let handed = false`,
    replace: `let handed = true`,
    test: { file: HTTP_TEST, name: ['Nothing was sent', 'where the connection is refused'] },
  },
  {
    rule: 'An answer that broke off proves nothing, though what came of it reads like a success.',
    file: HTTP,
    find: `body: null, reason })`,
    replace: `body: Buffer.concat(chunks).toString('utf8') })`,
    test: {
      file: HTTP_TEST,
      name: ['The outcome is unknown', 'where a complete JSON is followed by a broken connection'],
    },
  },
  {
    rule: 'A redirect is not followed, and what it stands for is unknown.',
    file: HTTP,
    find: `followRedirect: false`,
    replace: `followRedirect: true`,
    test: {
      file: HTTP_TEST,
      name: ['The outcome is unknown', 'where the answer is a redirect (%i), which is not followed'],
    },
  },
  {
    rule: 'HTTP 5xx says nothing about what was executed.',
    file: CLASSIFY,
    find: ` || status >= 500, class`,
    replace: `, class`,
    test: {
      file: 'test/eko/failure-facts.test.ts',
      name: ['HTTP statuses that decide by themselves', '%i: nobody knows what was executed'],
    },
  },
  {
    rule: 'HTTP 429 is harmless for consent reads alone; elsewhere it is unknown.',
    file: CLASSIFY,
    find: `reads: true, `,
    replace: ``,
    test: {
      file: HTTP_TEST,
      name: ['The outcome is unknown', 'where a call that is not a repeatable read is answered 429'],
    },
  },
  {
    rule: 'An answer that no row knows is never a success.',
    file: CLASSIFY,
    find: `class: 'UNRECOGNISED_ANSWER', answer: 'UNRECOGNISED_ANSWER'`,
    replace: `class: 'OK', answer: 'ONBOARDED'`,
    test: { file: 'test/eko/rows.test.ts', name: ['$name', 'no JSON is a success that is not on the list'] },
  },
  {
    rule: 'A success that contradicts itself is none.',
    file: CLASSIFY,
    find: ` && !(mayNotContradict && contradictsItself(envelope, tx))`,
    replace: ``,
    test: { file: 'test/eko/rows.test.ts', name: ['$name', 'an answer that contradicts itself is no success'] },
  },
  {
    rule: 'What became of money is told by tx_status alone: a success without it is none.',
    file: CLASSIFY,
    find: `isThere && txStatusOf(data) === wanted`,
    replace: `!isThere || txStatusOf(data) === wanted`,
    test: {
      file: 'test/eko/money-status.test.ts',
      name: ['$name', 'a success without tx_status (%p) is none, and no failure either'],
    },
  },
  {
    rule: 'Eko’s id of a transaction is kept whatever its answer means, so that it can be inquired about.',
    file: 'activities/eko/answer.ts',
    find: `ABOUT_MONEY.includes(table.operation)`,
    replace: `verdict.class === 'OK' && ABOUT_MONEY.includes(table.operation)`,
    test: {
      file: 'test/eko/money-answers.test.ts',
      name: [
        'What an answer says of a transaction',
        'is kept whatever the answer means, so that an unknown outcome can be inquired about by its id',
      ],
    },
  },
  {
    rule: 'A refused timestamp (2485) is signed afresh.',
    file: CLIENT,
    find: `MAX_RESIGNS = 3`,
    replace: `MAX_RESIGNS = 0`,
    test: { file: CLIENT_TEST, name: ['2485 without a skew', 'is signed afresh until it passes'] },
  },
  {
    rule: 'After three fresh signatures the refusal stands.',
    file: CLIENT,
    find: `MAX_RESIGNS = 3`,
    replace: `MAX_RESIGNS = 6`,
    test: { file: CLIENT_TEST, name: ['2485 without a skew', 'is given up after three fresh signatures'] },
  },
  {
    rule: 'Eko’s clock is learned from refusals too, so that a worker with a wrong clock recovers on the first 2485.',
    file: CLIENT,
    find: `result.kind === 'ANSWER' &&`,
    replace: `result.kind === 'ANSWER' && result.httpStatus === 200 &&`,
    test: {
      file: CLIENT_TEST,
      name: [
        "A clock that differs from Eko's",
        'by %i ms is learned from the refusal (HTTP %i), and the call signed afresh',
      ],
    },
  },
  {
    rule: 'The offset heals back when the worker’s clock is set right.',
    file: 'activities/eko/server-clock.ts',
    find: `if (next === current)`,
    replace: `if (next === current || current !== 0)`,
    test: { file: CLIENT_TEST, name: ["A clock that differs from Eko's", 'heals when the clocks agree again'] },
  },
  {
    rule: 'No two calls of a process sign the same timestamp.',
    file: 'activities/eko/timestamps.ts',
    find: `Math.max(row.last + 1, clock)`,
    replace: `clock`,
    test: {
      file: 'test/eko/timestamps.test.ts',
      name: ['Timestamps', 'askers at the same moment get different ones, in the order of asking'],
    },
  },
]
