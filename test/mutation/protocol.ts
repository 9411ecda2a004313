/** What the main process asks of a worker: a flip to try, or null for the tests as they are. */
export interface Order {
  readonly flip: string | null
  readonly tests: readonly string[]
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
