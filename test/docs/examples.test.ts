import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import ts from 'typescript'
import { loadTenants } from '../../activities/tenants.js'
import { codeBlocks, documents, read, ROOT, section } from './support.js'

/** What the compiler says about programs that import the package by its name, in their order. */
function complaints(sources: readonly string[]): string[][] {
  const files = new Map(sources.map((source, at) => [join(ROOT, 'test', 'docs', `example-${at}.ts`), source]))
  const config = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path))
  const options: ts.CompilerOptions = {
    ...ts.parseJsonConfigFileContent(config.config, ts.sys, ROOT).options,
    noEmit: true,
    paths: {
      'sender-onboarding': [join(ROOT, 'client/index.ts')],
      'sender-onboarding/worker': [join(ROOT, 'worker/index.ts')],
      'sender-onboarding/sandbox': [join(ROOT, 'sandbox/index.ts')],
    },
  }
  const host = ts.createCompilerHost(options)
  const { fileExists, readFile, getSourceFile } = host
  host.fileExists = (path) => files.has(path) || fileExists(path)
  host.readFile = (path) => files.get(path) ?? readFile(path)
  host.getSourceFile = (path, target, ...rest) => {
    const source = files.get(path)
    return source === undefined
      ? getSourceFile.call(host, path, target, ...rest)
      : ts.createSourceFile(path, source, target, true)
  }
  const program = ts.createProgram([...files.keys()], options, host)
  return [...files.keys()].map((file) => {
    const parsed = program.getSourceFile(file)
    const found = [...program.getSyntacticDiagnostics(parsed), ...program.getSemanticDiagnostics(parsed)]
    return found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
  })
}

/** A mistake that the check must find, so that an empty answer means something. */
const WRONG = "import { OnboardingClient } from 'sender-onboarding'\nvoid OnboardingClient.conect"

describe('the TypeScript in the documents', () => {
  it('fits the package as it stands', async () => {
    const examples = (await Promise.all((await documents()).map(read))).flatMap((text) => codeBlocks(text, 'ts'))
    expect(examples.length).toBeGreaterThanOrEqual(2)
    const found = complaints([...examples, WRONG])
    expect(found.pop()).toHaveLength(1)
    expect(found).toEqual(examples.map(() => []))
  })
})

describe('the tenants file in the documents', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'docs-test-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it('loads in production without a warning', async () => {
    const [example = ''] = codeBlocks(section(await read('docs/configuration.md'), '## Tenants'), 'json')
    const secret = join(folder, 'acme-access-key')
    await writeFile(secret, 'made-up-access-key', { mode: 0o600 })
    const file = join(folder, 'tenants.json')
    await writeFile(file, example.replace('/run/tenant-secrets/acme-access-key', secret))
    const env = { ACME_DEVELOPER_KEY: 'made-up-developer-key' }
    const { registry, warnings } = await loadTenants(file, { environment: 'production', env })
    expect(warnings).toEqual([])
    expect(await registry.find('acme')).toMatchObject({
      strictness: 'strict',
      policy: { resendCooldownSeconds: 90, sendsPerDay: 4 },
      credentials: { developerKey: 'made-up-developer-key', accessKey: 'made-up-access-key' },
    })
  })
})
