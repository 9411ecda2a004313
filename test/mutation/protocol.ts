/** What the main process asks of a worker: a flip or a rule's switch-off to try, or null for the tests as they are. */
export interface Order {
  /** A flip's id, or a rule's sentence. */
  readonly flip: string | null
  readonly tests: readonly string[]
  /** Runs only the test of this full name (see `patternOf`); default: all tests of the files. */
  readonly only?: string
}

/** How a flip ended. `BROKEN` is a fault of this script: what it wrote is no program. */
export type Fate = 'KILLED' | 'SURVIVED' | 'NEVER_ENDED' | 'BROKEN'

/** What a worker answers. */
export interface Verdict {
  readonly fate: Fate
  /** The test file and test that failed first. */
  readonly by: string | null
  readonly message: string | null
  readonly tests: number
}
