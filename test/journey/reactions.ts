import { expect } from '@jest/globals'
import { ANSWERS, type Answer, MONEY_ANSWERS } from '../../workflows/calls.js'

/** What a journey of money is written down to do at the answers of its calls, and what it is seen to do. */

export const EVERY_ANSWER: readonly Answer[] = [...new Set([...ANSWERS, ...MONEY_ANSWERS])]

/** By answer: the state, what is next, and after a semicolon what the one who waits is told; `SAME` is the state before. */
export type Reactions = Partial<Record<Answer, string>>

/** What every call does at an answer that it has no row of its own for. */
export const ANYWHERE: Reactions = {
  NOT_SENT: 'SAME WAIT_UNTIL EKO_TRANSPORT; PARKED',
  BUSY: 'SAME WAIT_UNTIL EKO_BUSY; PARKED',
  CONFIGURATION: 'SAME WAIT_UNTIL CONFIGURATION; PARKED',
  IDENTITY_ALREADY_USED: 'SAME CONTACT_SUPPORT IDENTITY_ALREADY_USED; NEEDS_ATTENTION',
  RUN_RESET: 'SAME CONTACT_SUPPORT RUN_RESET; NEEDS_ATTENTION',
  UNRECOGNISED_ANSWER: 'SAME CONTACT_SUPPORT UNRECOGNISED_ANSWER; NEEDS_ATTENTION',
}
export const OPERATOR = 'SAME CONTACT_SUPPORT REFUSED_BY_EKO; NEEDS_ATTENTION'

/** A journey as far as it is looked at here. */
export interface Looked {
  readonly state: string
  readonly action: { readonly do: string }
  readonly calling: string | null
  readonly told: readonly string[]
}

/** The state, and what is next: the call that is made, or what the user is asked for and why; what was told. */
export function seen({ state, action, calling, told }: Looked): string {
  const facts = action as { readonly [Key in 'reason' | 'dependency' | 'lastError']?: string }
  const why = (['reason', 'dependency', 'lastError'] as const).flatMap((name) => facts[name] ?? [])
  const next = calling ? ['calls', calling] : [action.do, ...why]
  return [[state, ...next].join(' '), ...told].join('; ')
}

/** What is wanted of a call that nobody waits for is told to nobody. */
export function wantedOf(text: string, state: string, isWaitedFor: boolean): string {
  const [what = '', told] = text.replace(/^SAME/, state).split('; ')
  return isWaitedFor && told !== undefined ? `${what}; ${told}` : what
}

/** Expects that the row of an answer names the state that it led to. */
export function expectNamed({ to }: { readonly to: readonly string[] }, before: string, after: string): void {
  expect(to.map((state) => (state === 'SAME' ? before : state))).toContain(after)
}
