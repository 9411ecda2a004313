import { describe, expect, it } from '@jest/globals'
import { LEAKS, LEAKY_PATCHES, LEAKY_SCENES, reports, VAULT_LEAK, VAULT_SCENES } from './leaky-build.js'
import { ALL_PLACES } from './places.js'
import { runLeakTest } from './run.js'

/** The leak test's own test: builds that leak. */

const LIMIT_MS = 300_000

describe('a build that leaks', () => {
  it(
    'is caught in every place, in the form in which it leaks there',
    async () => {
      const { rows } = await runLeakTest({ mode: 'inline', patches: LEAKY_PATCHES, scenes: LEAKY_SCENES })
      const missed = LEAKS.flatMap((leak) =>
        rows
          .filter((row) => leak.places.includes(row.place) && !reports(leak, row))
          .map(({ title }) => [title, leak.kind ?? leak.as].join(': ')),
      )
      expect(missed).toEqual([])
    },
    LIMIT_MS,
  )

  it(
    'is caught where it leaks with secrets in a vault only',
    async () => {
      const { patches } = VAULT_LEAK
      const { rows } = await runLeakTest({ mode: 'vault', patches, scenes: VAULT_SCENES })
      expect(rows.filter((row) => reports(VAULT_LEAK, row)).map(({ place }) => place)).toEqual(VAULT_LEAK.places)
    },
    LIMIT_MS,
  )

  it('leaks into every place that is searched', () => {
    expect([...new Set(LEAKS.flatMap(({ places }) => places))].sort()).toEqual([...ALL_PLACES].sort())
  })
})
