import type { Fate } from './protocol.js'

/** A rule of the failure policy, how it is switched off, and the test that keeps it. */
export interface Rule {
  /** One plain sentence; the rule's name. */
  readonly rule: string
  /** The product's file that carries it. */
  readonly file: string
  /** The source text that carries it: there exactly once. */
  readonly find: string
  /** What stands there where the rule is switched off. */
  readonly replace: string
  readonly test: {
    readonly file: string
    /** The titles as they are written, from the outermost `describe` to the test. */
    readonly name: readonly string[]
  }
}

/** The source text without the rule. @throws Error where what carries it is not there exactly once */
export function switchOff({ rule, file, find, replace }: Rule, source: string): string {
  const times = source.split(find).length - 1
  if (times !== 1) {
    throw new Error(`What carries the rule "${rule}" is there ${times} times in ${file}: tell test/mutation/rules.`)
  }
  return source.replace(find, () => replace)
}

/** The test's full name, for readers. */
export function testNameOf({ test }: Rule): string {
  return test.name.join(' › ')
}

/** A rule, and whether its test failed without it. */
export interface TriedRule {
  readonly rule: Rule
  readonly fate: Fate
  /** What the test said, or why it could not be tried. */
  readonly message: string | null
}

const isCaught = ({ fate }: TriedRule): boolean => fate === 'KILLED' || fate === 'NEVER_ENDED'

/** The table at the end of a run: rule, test, caught. */
export function ruleLines(tried: readonly TriedRule[]): string[] {
  const rows = tried.map((one) => {
    const { rule, fate, message } = one
    const verdict = isCaught(one) ? 'caught' : fate === 'SURVIVED' ? 'NOT CAUGHT' : `NOT TRIED: ${message ?? ''}`
    return `${rule.rule}\n    ${rule.test.file}: ${testNameOf(rule)}\n    ${verdict}`
  })
  return [...rows, `${tried.filter(isCaught).length} of ${tried.length} rules are kept by their test`]
}

/** 0: each is kept by its test; 1: some are not; 2: some could not be tried. */
export function ruleExitCode(tried: readonly TriedRule[]): number {
  if (tried.some(({ fate }) => fate === 'BROKEN')) return 2
  return tried.every(isCaught) ? 0 : 1
}
