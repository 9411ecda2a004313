import { expect } from '@jest/globals'
import type { SecretStoreMode } from '../../secrets/index.js'
import { runLeakTest } from './run.js'
import { tableText } from './table.js'

/** Longest time for one run, ms; two of them may share the machine. */
export const LEAK_LIMIT_MS = 400_000

/** Runs journeys of every kind, and expects that nothing of what they leave shows a secret. */
export async function expectNoLeak(mode: SecretStoreMode): Promise<void> {
  const run = await runLeakTest({ mode })
  expect({ complaints: run.complaints, table: run.complaints.length > 0 ? tableText(run) : '' }).toEqual({
    complaints: [],
    table: '',
  })
}
