import { readFile } from 'node:fs/promises'
import { describe, expect, it } from '@jest/globals'
import { SETTINGS } from '../../bench/settings.js'
import { VARIANTS } from '../../bench/variants.js'
import { applied, type Patch } from '../../stack/patched-build.js'
import { BROKEN_BUILDS } from '../chaos/broken-builds.js'
import { LEAKY_PATCHES, VAULT_LEAK } from '../leak/leaky-build.js'

/** A build that is changed on purpose shows nothing where the line that it changes is not there any more. */

const BUILDS: readonly [name: string, patches: readonly Patch[]][] = [
  ['the build that leaks', LEAKY_PATCHES],
  ['the build that leaks from a vault', VAULT_LEAK.patches],
  ...VARIANTS.map(({ name, patches }): [string, readonly Patch[]] => [`the bench’s variant ${name}`, patches]),
  ...SETTINGS.flatMap(({ name, patches }): [string, readonly Patch[]][] =>
    patches ? [[`the bench’s setting ${name}`, patches]] : [],
  ),
  ...BROKEN_BUILDS.map(({ name, patches }): [string, readonly Patch[]] => [`the broken build ${name}`, patches]),
]

describe('lines that are changed on purpose are there', () => {
  it.each(BUILDS)('in %s', async (_, patches) => {
    for (const file of new Set(patches.map((patch) => patch.file))) {
      const source = await readFile(file, 'utf8')
      expect(patches.filter((patch) => patch.file === file).reduce(applied, source)).not.toBe(source)
    }
  })

  it('or the build is refused by their name', () => {
    const patch = { file: 'a.ts', from: 'gone', to: '' }
    expect(() => applied('here', patch)).toThrow(
      'The build changes a text of a.ts that is there 0 times, not once: gone',
    )
  })
})
