import { OPEN_STATES, RAILS, STATUS_KINDS } from '../workflows/messages.js'
import { invalidInput, type OnboardingError } from './errors.js'

/** Longest condition taken, in characters. */
const LONGEST = 2_000

/** What a condition is made of outside of quotes. No comment and no second statement can be written with these. */
const PLAIN = /^[A-Za-z0-9_\s=!<>(),.:+-]$/
const QUOTES = ["'", '"', '`']

/** `PARKED` as people type it: `parked`; `NEEDS_ATTENTION`: `needs-attention`. */
function wordOf(value: string): string {
  return value.toLowerCase().replaceAll('_', '-')
}

/** Words that stand for a condition: a status, a state or a rail. */
const WORDS: ReadonlyMap<string, string> = new Map([
  ...STATUS_KINDS.filter((status) => status !== 'CLOSED' && status !== 'CALLING_EKO').map(
    (status) => [wordOf(status), `OnboardingStatus = '${status}'`] as const,
  ),
  ...OPEN_STATES.map((state) => [wordOf(state), `OnboardingState = '${state}'`] as const),
  ...RAILS.map((rail) => [rail, `OnboardingRail = '${rail}'`] as const),
])

/** The words, for help and documents. */
export const WHERE_WORDS: readonly string[] = [...WORDS.keys()]

/**
 * A condition of the caller as a clause that can be ANDed with others. It is either words of `WHERE_WORDS`, all of which
 * must hold (`parked levin`), or a condition in Temporal's visibility language (`OnboardingStatus = 'PARKED'`). What it
 * says stays inside the parentheses that the clause is put into.
 *
 * @throws OnboardingError INVALID_INPUT for the field `where`
 */
export function whereClause(where: string): string {
  const trimmed = where.trim()
  if (trimmed === '')
    throw complaint('REQUIRED', `Must say which journeys, e.g. parked, or OnboardingStatus = 'PARKED'.`)
  if (trimmed.length > LONGEST) throw complaint('INVALID', `Must have at most ${LONGEST} characters.`)
  const clauses = trimmed.split(/\s+/).map((word) => WORDS.get(wordOf(word)))
  if (clauses.every((clause) => clause !== undefined)) return `(${clauses.join(' AND ')})`
  requireClosed(trimmed)
  return `(${trimmed})`
}

/** Refuses what could end the parentheses around it. */
function requireClosed(text: string): void {
  let quote: string | null = null
  let depth = 0
  let before = ''
  for (const character of text) {
    if (quote !== null) {
      // A doubled quote inside of a text closes and opens it again: the end is the same.
      if (character === quote) quote = null
      else if (character === '\\' || character < ' ') throw notAllowed(character)
    } else if (QUOTES.includes(character)) quote = character
    else if (!PLAIN.test(character) || (character === '-' && before === '-')) throw notAllowed(character)
    else if (character === '(') depth += 1
    else if (character === ')') depth -= 1
    if (depth < 0) break
    before = character
  }
  if (quote !== null) throw complaint('UNBALANCED_QUOTE', `A quote (${quote}) is opened and not closed.`)
  if (depth !== 0) {
    const what = depth < 0 ? 'closed and was not opened' : 'opened and not closed'
    throw complaint('UNBALANCED_PARENTHESIS', `A parenthesis is ${what}.`)
  }
}

function notAllowed(character: string): OnboardingError {
  const shown = character < ' ' ? 'a control character' : character
  return complaint(
    'NOT_ALLOWED',
    `Has ${shown} in a place where it is not taken: comments, backslashes and several statements are not.`,
  )
}

function complaint(code: string, message: string): OnboardingError {
  return invalidInput({ where: { code, message } })
}
