import { mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { afterEach, describe, expect, it } from '@jest/globals'
import { findTemporalCli, temporalCacheFolder, type FindTemporalOptions } from '../../stack/find-temporal.js'
import { fakeCli, newFolder, removeFolders, script } from './support.js'

afterEach(removeFolders)

const silent = (): void => undefined

/** A machine with nothing: an empty cache, no program on PATH but those given, no download. */
const machine = (folder: string, programs: string[] = []): FindTemporalOptions & { env: NodeJS.ProcessEnv } => ({
  env: {
    HOME: folder,
    XDG_CACHE_HOME: join(folder, 'cache'),
    PATH: programs.join(delimiter),
  },
  sources: [],
})

const cacheBinary = (env: NodeJS.ProcessEnv): string => join(temporalCacheFolder(env), 'temporal')

describe('where the Temporal CLI is looked for', () => {
  it('takes TEMPORAL_CLI_PATH, then PATH, then the cache', async () => {
    const folder = newFolder()
    const { env, sources } = machine(folder, [join(folder, 'bin')])
    const chosen = script(join(folder, 'chosen'), fakeCli('1.30.0'))
    const onPath = script(join(folder, 'bin', 'temporal'), fakeCli('1.29.1'))
    const cached = script(cacheBinary(env), fakeCli('1.28.3'))

    const withSetting = { env: { ...env, TEMPORAL_CLI_PATH: chosen }, sources: sources ?? [] }
    expect(await findTemporalCli(silent, withSetting)).toEqual({
      path: chosen,
      origin: 'TEMPORAL_CLI_PATH',
      version: '1.5.1 (server 1.30.0)',
    })
    expect(await findTemporalCli(silent, { env, sources: [] })).toMatchObject({ path: onPath, origin: 'PATH' })
    const emptyPath = { ...env, PATH: '' }
    expect(await findTemporalCli(silent, { env: emptyPath, sources: [] })).toMatchObject({
      path: cached,
      origin: 'cache',
    })
  })

  it('looks for the cache below HOME where XDG_CACHE_HOME is not set', async () => {
    const folder = newFolder()
    const cached = script(join(folder, '.cache/sender-onboarding/temporal-1.5.1/temporal'), fakeCli())
    const found = await findTemporalCli(silent, { env: { HOME: folder, PATH: '' }, sources: [] })
    expect(found).toMatchObject({ path: cached, origin: 'cache' })
  })

  it('refuses a TEMPORAL_CLI_PATH that cannot be used instead of taking another', async () => {
    const folder = newFolder()
    const { env } = machine(folder)
    script(cacheBinary(env), fakeCli())
    const notExecutable = join(folder, 'plain')
    writeFileSync(notExecutable, 'text', { mode: 0o600 })
    mkdirSync(join(folder, 'a-folder'))
    const cases: [string, RegExp][] = [
      [join(folder, 'missing'), /does not exist.*or unset it/],
      [join(folder, 'a-folder'), /is not a file/],
      [notExecutable, /is not executable/],
      [script(join(folder, 'other'), 'echo hello'), /is not a Temporal CLI.*hello/],
      [script(join(folder, 'broken'), 'exit 3'), /does not run/],
      [script(join(folder, 'old'), fakeCli('1.27.9')), /server 1\.27\.9; 1\.28\.0 or newer/],
    ]
    for (const [path, message] of cases) {
      const options = { env: { ...env, TEMPORAL_CLI_PATH: path }, sources: [] }
      await expect(findTemporalCli(silent, options)).rejects.toThrow(message)
    }
  })

  it('passes over a binary on PATH that is too old, and says so', async () => {
    const folder = newFolder()
    const { env } = machine(folder, [join(folder, 'one'), join(folder, 'two')])
    script(join(folder, 'one', 'temporal'), fakeCli('1.20.0'))
    const usable = script(join(folder, 'two', 'temporal'), fakeCli('1.29.0'))
    const lines: string[] = []
    const found = await findTemporalCli((line) => lines.push(line), { env, sources: [] })
    expect(found).toMatchObject({ path: usable, origin: 'PATH' })
    expect(lines.join('\n')).toMatch(/one\/temporal is passed over: it holds Temporal server 1\.20\.0/)
  })

  it('says what was tried and what to do when nothing works', async () => {
    const folder = newFolder()
    const failure = findTemporalCli(silent, { ...machine(folder), env: { HOME: folder, PATH: '/nowhere' } })
    await expect(failure).rejects.toThrow(/download: none is published.*build: there is no "go" on PATH/s)
    await expect(failure).rejects.toThrow(/"temporal" is on PATH.*TEMPORAL_CLI_PATH.*install Go.*temporal\.download/s)
  })

  it('says what to do when the cache folder cannot be made', async () => {
    const folder = newFolder()
    writeFileSync(join(folder, 'cache'), 'a file where a folder should be')
    await expect(findTemporalCli(silent, machine(folder))).rejects.toThrow(/cannot be made.*Set XDG_CACHE_HOME/)
  })
})
