/** What is read of jest's `--json` result. */
export interface JestResult {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numTodoTests: number
  /** Files that could not be run at all: none of their tests is counted above. */
  readonly numRuntimeErrorTestSuites: number
  readonly success: boolean
}

export interface Count {
  readonly passed: number
  readonly failed: number
}

/**
 * Passed and failed of one jest run. A file that cannot be run counts as one failed; so does a run that failed without
 * saying where, e.g. because no file matched. A test that was not run has not passed, unless tests were chosen by name.
 */
export function countOf(result: JestResult | null, exitCode: number | null, chosenByName: boolean): Count {
  if (result === null) return { passed: 0, failed: 1 }
  const left = chosenByName ? 0 : result.numPendingTests + result.numTodoTests
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites + left
  const unexplained = failed === 0 && (!result.success || exitCode !== 0)
  return { passed: result.numPassedTests, failed: unexplained ? 1 : failed }
}
