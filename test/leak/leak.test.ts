import { describe, expect, it } from '@jest/globals'
import { runLeakTest } from './run.js'
import { tableText } from './table.js'

/** What `npm run leak-test` runs; that it would find something is shown beside it. */

const LIMIT_MS = 300_000

describe('after journeys of every kind', () => {
  it.each(['inline', 'vault'] as const)(
    'no secret is readable anywhere, with secrets %s',
    async (mode) => {
      const run = await runLeakTest({ mode })
      expect({ complaints: run.complaints, table: run.complaints.length > 0 ? tableText(run) : '' }).toEqual({
        complaints: [],
        table: '',
      })
    },
    LIMIT_MS,
  )
})
