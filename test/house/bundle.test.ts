import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { beforeAll, describe, expect, it } from '@jest/globals'
import { isBuildFresh, ROOT } from '../support/fresh-build.js'
import { bundleContents, type BundleContents } from '../../bench/bundle-modules.js'

let bundle: BundleContents
beforeAll(() => {
  if (!isBuildFresh()) execFileSync('npm', ['run', '-s', 'build'], { cwd: ROOT, stdio: 'pipe' })
  bundle = bundleContents(readFileSync('dist/workflow-bundle.js', 'utf8'))
}, 180_000)

/** Packages that a cached workflow pays for: Temporal's own, and what these need. */
const PACKAGES = ['@temporalio/common', '@temporalio/workflow', 'nexus-rpc', 'ms', 'long']

/** Without the failure converter, failures of workflows would be in the clear, and nobody would notice. */
const CONVERTERS = ['dist/secrets/payload-converter.cjs', 'dist/secrets/failure-converter.cjs']

describe('the workflow bundle', () => {
  it('holds our workflows, values and payload converter, the SDK’s workflow side, and nothing else', () => {
    const others = bundle.modules.filter(
      (name) =>
        !/^dist\/(workflows|workflows\/(engine|transfer|recipients)|values)\/[\w-]+\.c?js$/.test(name) &&
        !CONVERTERS.includes(name) &&
        !PACKAGES.some((known) => name.startsWith(`node_modules/${known}/`)) &&
        !name.startsWith('webpack/'),
    )
    expect(others).toEqual([])
    expect(bundle.modules).toContain('dist/workflows/sender-onboarding.js')
    for (const converter of CONVERTERS) expect(bundle.modules).toContain(converter)
  })

  it('holds no zod and no builtin of Node', () => {
    expect(bundle.modules.filter((name) => /zod/.test(name))).toEqual([])
    const builtin = new RegExp(
      `^(external |node:)?"?(${builtinModules.filter((name) => !name.startsWith('_')).join('|')})"?$`,
    )
    expect(bundle.modules.filter((name) => name.includes('node:') || builtin.test(name))).toEqual([])
  })

  it('names no folder of the machine that built it', () => {
    expect(bundle.sourceMap.includes(ROOT)).toBe(false)
  })

  it('has the SDK’s hook take no stack trace at every promise, and leaves those of errors', () => {
    const kept = (...how: string[]): unknown =>
      JSON.parse(
        execFileSync(process.execPath, ['test/house/promises-in-a-bundle.mjs', 'dist/workflow-bundle.js', ...how], {
          encoding: 'utf8',
          env: { ...process.env, NODE_OPTIONS: '' },
        }),
      )
    const others = { runId: 'run', error: expect.stringMatching(/^Error: here\n +at /), compiled: 2 }
    expect(kept()).toEqual({ ...others, traces: 0 })
    expect(kept('without preloads')).toEqual({ ...others, traces: 1 })
  })

  it('is small: every worker evaluates it at its start', () => {
    expect(bundle.codeBytes).toBeLessThan(1_000_000)
  })
})
