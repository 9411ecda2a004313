import { join } from 'node:path'
import { ESLint, type Linter } from 'eslint'
import { describe, expect, it } from '@jest/globals'
import tseslint from 'typescript-eslint'
import { DOORS, doorsRule } from '../tools/doors.js'

const ROOMS = Object.keys(DOORS)

/** ESLint with the rule of the doors alone, so that files need not exist. */
const doorkeeper = new ESLint({
  overrideConfigFile: true,
  overrideConfig: {
    files: ['**/*.ts', '**/*.cjs'],
    plugins: { house: { rules: { doors: doorsRule } } },
    rules: { 'house/doors': 'error' },
    languageOptions: { parser: tseslint.parser },
  },
})

/** What the rule says of one line of code in a file of a room. */
async function complaints(room: string, code: string, file = `${room}/some-file.ts`): Promise<string[]> {
  const [result] = await doorkeeper.lintText(code, { filePath: join(process.cwd(), file) })
  return result?.messages.map(({ message }) => message) ?? []
}

describe('doors between rooms', () => {
  const allowed: [room: string, target: string][] = [
    ['workflows', 'values/mask.js'],
    ['secrets', 'values/index.js'],
    ['activities', 'values/index.js'],
    ['activities', 'secrets/index.js'],
    ['activities', 'workflows/policy.js'],
    ['client', 'workflows/messages.js'],
    ['client', 'values/index.js'],
    ['client', 'secrets/sealing.js'],
    ['client', 'activities/eko/signature.js'],
    ['worker', 'activities/index.js'],
    ['worker', 'secrets/index.js'],
    ['worker', 'values/index.js'],
    ['worker', 'workflows/messages.js'],
    ['stack', 'worker/index.js'],
    ['stack', 'sandbox/index.js'],
    ['stack', 'client/index.js'],
    ['bench', 'stack/temporal-server.js'],
    ['test', 'stack/temporal-server.js'],
  ]
  it.each(allowed)('let %s import %s', async (room, target) => {
    expect(await complaints(room, `import { x } from '../${target}'`)).toEqual([])
  })

  /** Every pair of rooms without a door between them. */
  const shut = ROOMS.flatMap((room) =>
    ROOMS.filter(
      (target) => target !== room && !(DOORS[room]?.rooms ?? []).some((entry) => entry.split('/')[0] === target),
    ).map((target) => [room, target] as const),
  )
  it.each(shut)('do not let %s import %s', async (room, target) => {
    const found = await complaints(room, `import { x } from '../${target}/anything.js'`)
    expect(found).toEqual([`${room} may not import ${target}/anything. The doors are in test/tools/doors.js.`])
  })

  it.each([
    ['activities', 'workflows/sender-onboarding.js'],
    ['client', 'workflows/sender-onboarding.js'],
    ['client', 'activities/index.js'],
    ['client', 'activities/eko/client.js'],
    ['worker', 'workflows/index.js'],
    ['stack', 'test/tools/doors.js'],
  ])('do not let %s import %s, although another file of that room', async (room, target) => {
    expect(await complaints(room, `import { x } from '../${target}'`)).toHaveLength(1)
  })

  it('let nobody but tests and benches import stack, and nobody import test', async () => {
    for (const room of ROOMS) {
      const found = await complaints(room, `import { x } from '../test/x.js'\nimport { y } from '../stack/y.js'`)
      expect([room, found.length]).toEqual([room, { test: 0, stack: 1, bench: 1 }[room] ?? 2])
    }
  })

  it.each([
    ['export … from', `export { x } from '../worker/x.js'`],
    ['export * from', `export * from '../worker/x.js'`],
    ['a dynamic import', `await import('../worker/x.js')`],
    ['an import type', `import type { X } from '../worker/x.js'`],
    ['a type import(…)', `export type X = import('../worker/x.js').X`],
    ['a side-effect import', `import '../worker/x.js'`],
  ])('stay shut for %s', async (_, code) => {
    expect(await complaints('values', code)).toEqual([expect.stringContaining('values may not import worker/x')])
  })

  it('stay shut for require in CommonJS, and for files deep inside a room', async () => {
    expect(await complaints('secrets', `require('../worker/x.js')`, 'secrets/a.cjs')).toHaveLength(1)
    const deep = 'activities/eko/operations/a.ts'
    expect(await complaints('activities', `import { x } from '../../../client/x.js'`, deep)).toHaveLength(1)
    expect(await complaints('activities', `import { x } from '../client.js'`, deep)).toEqual([])
  })

  it('open for activities to the types of workflows only, and say so', async () => {
    const [complaint] = await complaints('activities', `import { x } from '../workflows/engine/turn.js'`)
    expect(complaint).toMatch(/but by `import type`/)
    expect(await complaints('activities', `import type { X } from '../workflows/engine/turn.js'`)).toEqual([])
  })
})

describe('doors to packages', () => {
  it.each([
    ['values', 'node:crypto'],
    ['values', 'zod'],
    ['workflows', 'node:crypto'],
    ['workflows', 'zod'],
    ['workflows', 'fs'],
    ['workflows', '@temporalio/activity'],
    ['workflows', '@temporalio/client'],
    ['client', '@temporalio/worker'],
    ['client', '@temporalio/worker/lib/runtime'],
    ['sandbox', '@temporalio/client'],
  ])('do not let %s import %s', async (room, name) => {
    expect(await complaints(room, `import x from '${name}'`)).toEqual([
      expect.stringContaining('may not import the package'),
    ])
  })

  it.each([
    ['workflows', '@temporalio/workflow'],
    ['workflows', '@temporalio/common/lib/time'],
    ['activities', 'got'],
    ['secrets', 'node:crypto'],
    ['client', '@temporalio/client'],
    ['sandbox', 'node:http'],
  ])('let %s import %s', async (room, name) => {
    expect(await complaints(room, `import x from '${name}'`)).toEqual([])
  })
})

describe('the lint configuration', () => {
  it('has the doors and the rules on promises shut in every room', async () => {
    const eslint = new ESLint()
    for (const room of ROOMS) {
      const config = (await eslint.calculateConfigForFile(`${room}/some-file.ts`)) as Linter.Config
      for (const rule of [
        'house/doors',
        '@typescript-eslint/no-floating-promises',
        '@typescript-eslint/no-misused-promises',
        '@typescript-eslint/consistent-type-imports',
        '@typescript-eslint/switch-exhaustiveness-check',
        '@typescript-eslint/no-explicit-any',
      ])
        expect([room, rule, (config.rules?.[rule] as unknown[] | undefined)?.[0]]).toEqual([room, rule, 2])
      expect(config.linterOptions?.noInlineConfig).toBe(true)
    }
  })
})
