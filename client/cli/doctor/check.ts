/** One thing that was looked at. */
export interface Check {
  readonly name: string
  /** `skip`: it could not be looked at, which need not be wrong. */
  readonly verdict: 'ok' | 'warn' | 'fail' | 'skip'
  readonly found: string
  /** What to do about it. */
  readonly advice?: string
}

/** A check that ends in an exception ends as `fail`, with the exception's message. */
export async function attempt(name: string, advice: string, look: () => Promise<Check>): Promise<Check> {
  try {
    return await look()
  } catch (error) {
    return { name, verdict: 'fail', found: error instanceof Error ? error.message : String(error), advice }
  }
}
