import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from '@jest/globals'
import { countOf, type JestResult } from '../tools/jest-count.js'

const RESULT: JestResult = {
  numPassedTests: 7,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  numRuntimeErrorTestSuites: 0,
  success: true,
}

describe('the count of a jest run', () => {
  it('is what jest says where all is well', () => {
    expect(countOf(RESULT, 0, false)).toEqual({ passed: 7, failed: 0 })
    expect(countOf({ ...RESULT, numFailedTests: 2, success: false }, 1, false)).toEqual({ passed: 7, failed: 2 })
  })

  it('has a failure for a file that cannot be run, for a run without a result, and for a run that failed unexplained', () => {
    const broken = { ...RESULT, numRuntimeErrorTestSuites: 1, success: false }
    expect(countOf(broken, 1, false)).toEqual({ passed: 7, failed: 1 })
    expect(countOf(null, null, false)).toEqual({ passed: 0, failed: 1 })
    expect(countOf(RESULT, null, false)).toEqual({ passed: 7, failed: 1 })
    expect(countOf({ ...RESULT, success: false }, 1, false)).toEqual({ passed: 7, failed: 1 })
  })

  it('has a failure for each test that was left out, unless tests were chosen by name', () => {
    const left = { ...RESULT, numPendingTests: 2, numTodoTests: 1 }
    expect(countOf(left, 0, false)).toEqual({ passed: 7, failed: 3 })
    expect(countOf(left, 0, true)).toEqual({ passed: 7, failed: 0 })
  })
})

describe('npm test with a pattern', () => {
  async function verify(...patterns: string[]) {
    const child = spawn(process.execPath, ['--import', 'tsx', 'test/tools/verify.ts', ...patterns], {
      env: { ...process.env, NODE_OPTIONS: '' },
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 50_000,
      killSignal: 'SIGKILL',
    })
    const [stdout, [code]] = await Promise.all([text(child.stdout), once(child, 'close')])
    return { lines: stdout.trimEnd().split('\n'), code: code as unknown }
  }

  it('runs those tests only, and ends with the count and 0', async () => {
    const { lines, code } = await verify('test/tenants/policy')
    expect(lines.at(-1)).toMatch(/^[1-9]\d* passed, 0 failed$/)
    expect(lines.filter((line) => /passed, \d+ failed/.test(line))).toHaveLength(1)
    expect(lines.filter((line) => line.startsWith('──'))).toHaveLength(2)
    expect(code).toBe(0)
  })

  it('ends with a failure and 1 where no test matches', async () => {
    const { lines, code } = await verify('no-such-test-anywhere')
    expect(lines.at(-1)).toBe('0 passed, 1 failed')
    expect(code).toBe(1)
  })
})
