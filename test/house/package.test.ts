import { execFile, execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { isBuildFresh, ROOT } from '../support/fresh-build.js'
import { binOf } from '../tools/command.js'

const execute = promisify(execFile)
/** An empty project into which the packed package is put, with its dependencies beside it. */
let project: string
let installed: string

beforeAll(async () => {
  if (!isBuildFresh()) execFileSync('npm', ['run', '-s', 'build'], { cwd: ROOT, stdio: 'pipe' })
  project = await mkdtemp(join(tmpdir(), 'package-'))
  installed = join(project, 'node_modules', 'sender-onboarding')
  const { stdout } = await execute('npm', ['pack', '--json', '--pack-destination', project], { cwd: ROOT })
  const [packed] = JSON.parse(stdout) as { filename: string }[]
  await mkdir(installed, { recursive: true })
  await execute('tar', ['-xzf', join(project, packed?.filename ?? ''), '-C', installed, '--strip-components=1'])
  const { dependencies } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>
  }
  for (const name of Object.keys(dependencies)) {
    const link = join(project, 'node_modules', name)
    await mkdir(dirname(link), { recursive: true })
    await symlink(join(ROOT, 'node_modules', name), link)
  }
  await writeFile(join(project, 'package.json'), '{"type": "module"}')
}, 180_000)
afterAll(() => rm(project, { recursive: true, force: true }))

async function inProject(program: string): Promise<unknown> {
  const args = ['--input-type=module', '-e', program]
  const { stdout } = await execute(process.execPath, args, { cwd: project, env: { ...process.env, NODE_OPTIONS: '' } })
  return JSON.parse(stdout)
}

describe('the package', () => {
  it('passes publint, strictly', async () => {
    const { stdout } = await execute(process.execPath, [binOf(ROOT, 'publint'), '--strict'], { cwd: ROOT })
    expect(stdout).toMatch(/All good!/)
  })

  it('passes are-the-types-wrong for ES modules', async () => {
    const attw = [
      binOf(ROOT, '@arethetypeswrong/cli', 'attw'),
      '--pack',
      '.',
      '--profile',
      'esm-only',
      '--format',
      'json',
    ]
    const { stdout } = await execute(process.execPath, attw, { cwd: ROOT, maxBuffer: 1 << 26 })
    expect(stdout).toContain('"entrypoints"')
  })

  it('holds the build and nothing else, and names no folder of this machine', async () => {
    const files = (await readdir(installed, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
    const paths = files.map((entry) => join(entry.parentPath, entry.name))
    const outside = paths
      .map((path) => path.slice(installed.length + 1))
      .filter((path) => !path.startsWith('dist/') && !/^(package\.json|README\.md|LICENSE)$/i.test(path))
    expect(outside).toEqual([])
    for (const path of paths) expect([path, (await readFile(path, 'utf8')).includes(ROOT)]).toEqual([path, false])
  })

  it('can be imported from an empty project: client, worker and sandbox', async () => {
    const names = await inProject(`
      const keys = async (name) => Object.keys(await import(name))
      console.log(JSON.stringify([await keys('sender-onboarding'), await keys('sender-onboarding/worker'), await keys('sender-onboarding/sandbox')]))
      process.exit(0)
    `)
    const [client, worker, sandbox] = names as [string[], string[], string[]]
    expect(client).toContain('OnboardingClient')
    expect(worker).toEqual(
      expect.arrayContaining(['runWorker', 'startWorker', 'readWorkerConfig', 'loadTenants', 'SETTINGS']),
    )
    expect(sandbox.length).toBeGreaterThan(0)
  })

  it('has no entry besides those', async () => {
    const refused = await inProject(`
      const code = await import('sender-onboarding/dist/workflows/index.js').then(() => 'imported', (error) => error.code)
      console.log(JSON.stringify(code))
    `)
    expect(refused).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED')
  })

  it('brings a program that says what it can do', async () => {
    const { stdout } = await execute(join(installed, 'dist/client/cli/main.js'), ['--help'], {
      cwd: project,
      env: { ...process.env, NODE_OPTIONS: '' },
    })
    expect(stdout).toMatch(/Usage: onboard/)
  })

  it('brings a worker that uses the prebuilt bundle', async () => {
    const bundle = await inProject(`
      import { readWorkerConfig } from 'sender-onboarding/worker'
      const files = { ONBOARDING_TENANTS_FILE: 't', ONBOARDING_SEALING_KEYS_FILE: 'k', ONBOARDING_ID_KEY_FILE: 'i' }
      const { workflowBundle } = readWorkerConfig({ ...files, ONBOARDING_ENVIRONMENT: 'sandbox' })
      console.log(JSON.stringify(workflowBundle))
      process.exit(0)
    `)
    expect(bundle).toBe(join(installed, 'dist/workflow-bundle.js'))
  })
})
