import { expect } from 'expect'
import fc from 'fast-check'
import * as circus from 'jest-circus'
import { resolve } from 'node:path'
import { inspect } from 'node:util'
import { loadFresh, type Replacements, ROOT } from './modules.js'

/** The default of this repository's jest configuration, in milliseconds. */
const TEST_TIMEOUT_MS = 60_000
/** A test that is run alone has no slow work before it; with its rule off it may never end. */
const LONE_TEST_TIMEOUT_MS = 15_000

/** Random inputs are the same in every run, so that a score can be had again. */
const SEED = 20_260_101

/** The first failure of a test file: the test's full name, and what it said. */
export interface Failure {
  readonly test: string
  readonly message: string
}

/** What becomes of a test file: how many tests ran, and the first failure, after which the rest is skipped. */
export interface FileResult {
  readonly ran: number
  readonly failure: Failure | null
}

/** A test by its names as they are written, from the outermost `describe` on; `%s` and `$name` may stand for anything. */
export function patternOf(names: readonly string[]): string {
  const escaped = names.join(' ').replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return `^${escaped.replace(/%[a-z#]|\\\$\w+/g, '.*')}$`
}

const { afterAll, afterEach, beforeAll, beforeEach, describe, it, test } = circus
/** `jest` itself (mocks, fake timers) is not there: a test file that needs it fails at once. */
const GLOBALS = { '@jest/globals': { afterAll, afterEach, beforeAll, beforeEach, describe, it, test, expect } }

let ran = 0
let failure: Failure | null = null

circus.addEventHandler((event) => {
  if (event.name === 'test_start' && failure !== null) event.test.mode = 'skip'
  if (event.name === 'run_describe_start' && failure !== null) event.describeBlock.mode = 'skip'
  if (event.name !== 'test_done') return
  ran += 1
  const [error] = event.test.errors
  if (error !== undefined) failure ??= { test: nameOf(event.test), message: textOf(error) }
})

type TestEntry = circus.State['currentlyRunningTest'] & object

function nameOf(entry: TestEntry): string {
  const names = [entry.name]
  for (let block: TestEntry['parent'] | undefined = entry.parent; block?.parent; block = block.parent) {
    names.unshift(String(block.name))
  }
  return names.join(' › ')
}

function textOf(error: unknown): string {
  const [cause] = [error].flat(2).filter((one) => one !== undefined)
  return cause instanceof Error ? cause.message : inspect(cause)
}

/**
 * Runs a test file with jest's own runner of tests, in this process, with fresh modules of the repository.
 *
 * @param file relative to the repository's folder
 * @param only the pattern of the full names of the tests to run; default: all
 */
export async function runTestFile(file: string, replacements: Replacements, only?: string): Promise<FileResult> {
  fc.configureGlobal({ seed: SEED })
  circus.resetState()
  circus.getState().testTimeout = only === undefined ? TEST_TIMEOUT_MS : LONE_TEST_TIMEOUT_MS
  circus.getState().testNamePattern = only === undefined ? null : new RegExp(only)
  ran = 0
  failure = null
  try {
    await loadFresh(resolve(ROOT, file), replacements, GLOBALS)
  } catch (error) {
    return { ran: 0, failure: { test: '(while loading)', message: textOf(error) } }
  }
  const { unhandledErrors } = await circus.run()
  const [unhandled] = unhandledErrors
  return { ran, failure: failure ?? (unhandled ? { test: '(outside of a test)', message: textOf(unhandled) } : null) }
}
