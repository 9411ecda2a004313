import type { Rule } from '../rule.js'

const MAKE_CALL = 'activities/make-call.ts'
const LEDGER = 'workflows/limit-ledger.ts'
const ATTEMPTS = 'test/activities/attempts.test.ts'
const LEDGER_TEST = 'test/limits/ledger.test.ts'

/** Limits that outlive journeys. */
export const LIMIT_RULES: readonly Rule[] = [
  {
    rule: 'Where a limit refuses, or gives no answer, nothing is sent.',
    file: MAKE_CALL,
    find: `if (refused) return { notMade: refused }`,
    replace: ``,
    test: { file: ATTEMPTS, name: ['a dispatch', 'without a place declares no intent and sends nothing'] },
  },
  {
    rule: 'A place is taken before the intent.',
    file: MAKE_CALL,
    find: `const refused = dispatch ?`,
    replace: `await fence?.declare()\n  const refused = dispatch ?`,
    test: { file: ATTEMPTS, name: ['a dispatch', 'without a place declares no intent and sends nothing'] },
  },
  {
    rule: 'What never executed gives its place back.',
    file: MAKE_CALL,
    find: `if (dispatch && !keepsPlace(dispatch, answer, rail)) await giveBack()`,
    replace: ``,
    test: { file: ATTEMPTS, name: ['a dispatch', 'that Eko refused before it executed anything gives its place back'] },
  },
  {
    rule: 'A dispatch whose answer is lost keeps its place.',
    file: MAKE_CALL,
    find: `const outcome = await settle(`,
    replace: `if (answer.class === 'UNKNOWN_OUTCOME') await giveBack()\n  const outcome = await settle(`,
    test: {
      file: ATTEMPTS,
      name: ['a dispatch', 'whose outcome is unknown keeps its place: a code may have been sent'],
    },
  },
  {
    rule: 'A place that an attempt before holds is given back where the call cannot be made any more.',
    file: MAKE_CALL,
    find: `  if ('class' in prepared) {
    await giveBackEarlier(deps, terms, clock)`,
    replace: `  if ('class' in prepared) {`,
    test: {
      file: ATTEMPTS,
      name: ['a dispatch', 'that cannot be made any more gives back the place of the attempt before it'],
    },
  },
  {
    rule: 'A place that a limit may have granted, without its answer having come, is given back when the journey parks.',
    file: MAKE_CALL,
    find: `if (outcome.answer !== 'LIMIT_REACHED') await giveBack()`,
    replace: ``,
    test: { file: ATTEMPTS, name: ['a dispatch', 'parked because a limit gave no answer gives back what it may hold'] },
  },
  {
    rule: 'Eko’s answer is not lost to a limit that does not answer.',
    file: 'activities/attempt-clock.ts',
    find: `return await Promise.race([work, end.catch(() => otherwise)])`,
    replace: `void end.catch(() => otherwise)\n    return await work`,
    test: { file: ATTEMPTS, name: ['a dispatch', 'does not lose its answer to a limit that does not answer'] },
  },
  {
    rule: 'A code for an Aadhaar number counts on the number too, whatever the mobile.',
    file: 'activities/limits/index.ts',
    find: `if (!aadhaar) return onMobile`,
    replace: `if (onMobile.granted) return onMobile`,
    test: {
      file: 'test/limits/asked.test.ts',
      name: ['a code for an Aadhaar number', 'has a place on its mobile and one on the number'],
    },
  },
  {
    rule: 'What one limit refuses holds no place in the other.',
    file: 'activities/limits/index.ts',
    find: `await release({ ...mobile, ...time }, place)\n`,
    replace: `\n`,
    test: {
      file: 'test/limits/asked.test.ts',
      name: ['a code for an Aadhaar number', 'that the number has no room for gives its place on the mobile back'],
    },
  },
  {
    rule: 'A limit grants no more places than its rule has.',
    file: LEDGER,
    find: `const isGranted = retryAt <= this.clock`,
    replace: `const isGranted = retryAt <= Infinity`,
    test: {
      file: LEDGER_TEST,
      name: ['a limit', 'grants as many places as each rule has, and says when the next one frees'],
    },
  },
  {
    rule: 'Numbers that are counted in one limit are counted apart.',
    file: LEDGER,
    find: `return subject ? `,
    replace: `return !bucket ? `,
    test: {
      file: LEDGER_TEST,
      name: ['a limit', 'counts subjects apart, also for one holder, and carries them all from run to run'],
    },
  },
  {
    rule: 'A limit that can remember no more grants no more.',
    file: LEDGER,
    find: `if (isGranted && reservations.length === held.length && !this.hasRoom()) return null`,
    replace: ``,
    test: {
      file: LEDGER_TEST,
      name: ['a limit', 'that holds as many places as can be carried takes no more, until one frees'],
    },
  },
  {
    rule: 'A limit that can remember no more lets whoever holds a place take it anew.',
    file: LEDGER,
    find: `reservations.length === held.length && `,
    replace: ``,
    test: {
      file: LEDGER_TEST,
      name: ['a limit', 'that holds as many places as can be carried takes no more, until one frees'],
    },
  },
  {
    rule: 'A reservation that is repeated counts once.',
    file: LEDGER,
    find: `one[0] === id && turnOf(one) >= turn`,
    replace: `one[0] === id && turnOf(one) > turn`,
    test: {
      file: LEDGER_TEST,
      name: ['a limit', 'counts an id once, however often it asks, also when the limit is full'],
    },
  },
  {
    rule: 'A release that comes late frees nothing that a later attempt holds.',
    file: LEDGER,
    find: `one[0] !== id || turnOf(one) > (turn ?? Infinity)`,
    replace: `one[0] !== id`,
    test: {
      file: LEDGER_TEST,
      name: ['a limit', 'keeps a place that was taken in a later turn than the one that gives it back'],
    },
  },
  {
    rule: 'A dispatch that had to wait counts once over its waits.',
    file: 'workflows/engine/clock.ts',
    find: `place: { ...place, turn: sequence }`,
    replace: `place: { id: clientRefOf(turn.journey, sequence), turn: sequence }`,
    test: {
      file: 'test/journey/limits-and-runs.test.ts',
      name: ['a limit across journeys', 'counts a dispatch that had to wait once: it keeps its place, in a later turn'],
    },
  },
]
