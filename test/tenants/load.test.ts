import { createHash } from 'node:crypto'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { loadTenants } from '../../activities/tenants.js'
import { DEFAULT_POLICY, DEFAULT_RANGES } from '../../workflows/policy.js'
import { credentials, ENV, load, newFolder, problemsOf, productionTenant, sandboxTenant } from './support.js'

describe('a tenants file', () => {
  it('gives a production tenant its keys, Eko’s address and the defaults', async () => {
    const { registry, warnings } = await load([productionTenant()])
    expect(registry.names()).toEqual(['fintech-one'])
    expect(warnings).toEqual([])
    expect(await registry.find('fintech-one')).toEqual({
      name: 'fintech-one',
      environment: 'production',
      credentials: {
        environment: 'production',
        baseUrl: 'https://api.eko.in/ekoicici/v3',
        developerKey: 'dev-key-one',
        accessKey: 'access-key-one',
        initiatorId: '9000000001',
      },
      userCodes: ['30000001'],
      rails: ['digikhata'],
      policy: DEFAULT_POLICY,
      ranges: DEFAULT_RANGES,
      limits: { journeysPerUserCode: { count: 500, seconds: 3_600 } },
      strictness: 'strict',
      consents: [],
    })
    expect(await registry.find('nobody')).toBeNull()
  })

  it('gives each consent the SHA-256 of its UTF-8 text', async () => {
    const text = 'मैं सहमत हूँ. ₹'
    const consents = [{ consentId: 'levin-hi', version: '2', language: 'hi', text }]
    const { registry } = await load([productionTenant({ rails: ['levin'], consents })])
    const [consent] = (await registry.find('fintech-one'))?.consents ?? []
    expect(consent?.text).toBe(text)
    expect(consent?.textSha256).toBe(createHash('sha256').update(Buffer.from(text, 'utf8')).digest('hex'))
  })

  it('checks by format in sandbox and uat unless it says strict', async () => {
    const sandbox = await load(
      [sandboxTenant(), sandboxTenant({ name: 'strict', userCodes: ['2'], strictness: 'strict' })],
      'sandbox',
    )
    expect((await sandbox.registry.find('demo'))?.strictness).toBe('format')
    expect((await sandbox.registry.find('strict'))?.strictness).toBe('strict')
    const uat = await load([productionTenant({ environment: 'uat' })], 'uat')
    expect((await uat.registry.find('fintech-one'))?.strictness).toBe('format')
    expect((await uat.registry.find('fintech-one'))?.credentials.baseUrl).toBe('https://staging.eko.in/ekoapi/v3')
  })

  it('warns on uat that no OTP arrives', async () => {
    const { warnings } = await load([productionTenant({ environment: 'uat' })], 'uat')
    expect(warnings).toEqual([expect.stringMatching(/^tenant "fintech-one": no OTP will arrive/)])
  })

  it('drops the slash at the end of an address', async () => {
    const { registry } = await load([
      productionTenant({ credentials: credentials({ baseUrl: 'https://gateway.example.com/eko/' }) }),
    ])
    expect((await registry.find('fintech-one'))?.credentials.baseUrl).toBe('https://gateway.example.com/eko')
  })

  it('reports every problem of every tenant at once, with the tenant’s name', async () => {
    const problems = await problemsOf(
      load([
        productionTenant({ name: 'one', userCodes: [], credentials: credentials({ initiatorId: 12 }) }),
        productionTenant({
          name: 'two',
          credentials: credentials({ accessKey: { env: 'NOT_SET' } }),
          strictness: 'format',
        }),
        productionTenant({ name: 'three', rails: ['levin'], typo: 1 }),
        7,
      ]),
    )
    expect(problems).toEqual([
      expect.stringMatching(/^tenant "one": credentials\.initiatorId: /),
      'tenant "one": userCodes: must hold at least one user code',
      'tenant "two": credentials.accessKey: set the environment variable NOT_SET, or NOT_SET_FILE to a file that holds it',
      'tenant "two": strictness: must be "strict" in production',
      'tenant "three": Unrecognized key: "typo"',
      expect.stringMatching(/^tenants\.3: /),
    ])
  })

  it('never repeats a secret in a problem', async () => {
    const path = join(await newFolder(), 'tenants.json')
    const options = { environment: 'production', env: { KEY: 'a secret with spaces' } } as const
    await writeFile(path, '{"tenants": [{"developerKey": "s3cret-in-file" oops')
    const [malformed] = await problemsOf(loadTenants(path, options))
    expect(malformed).toMatch(/^it is not JSON, at position \d+/)
    await writeFile(
      path,
      JSON.stringify({
        tenants: [
          productionTenant({ credentials: credentials({ developerKey: 's3cret-in-file', accessKey: { env: 'KEY' } }) }),
        ],
      }),
    )
    const problems = await problemsOf(loadTenants(path, options))
    expect(problems).toHaveLength(2)
    expect(problems.join()).not.toMatch(/s3cret|a secret/)
  })

  it('says so when there is no file', async () => {
    const path = join(await newFolder(), 'absent.json')
    expect(await problemsOf(loadTenants(path, { environment: 'production', env: {} }))).toEqual([
      'it cannot be read (ENOENT)',
    ])
  })
})

describe('a secret by reference', () => {
  it('comes from a file beside the tenants file, from NAME or from NAME_FILE', async () => {
    const folder = await newFolder()
    const path = join(folder, 'tenants.json')
    await writeFile(join(folder, 'access'), 'from-a-file\n', { mode: 0o600 })
    await writeFile(join(folder, 'developer'), 'from-name-file\n', { mode: 0o600 })
    const tenant = productionTenant({
      credentials: credentials({ developerKey: { env: 'DEV' }, accessKey: { file: 'access' } }),
    })
    await writeFile(path, JSON.stringify({ tenants: [tenant] }))
    const { registry, warnings } = await loadTenants(path, {
      environment: 'production',
      env: { DEV_FILE: join(folder, 'developer') },
    })
    const found = await registry.find('fintech-one')
    expect(found?.credentials).toMatchObject({ developerKey: 'from-name-file', accessKey: 'from-a-file' })
    expect(warnings).toEqual([])

    await chmod(join(folder, 'access'), 0o644)
    const again = await loadTenants(path, { environment: 'production', env: { DEV: 'direct' } })
    expect((await again.registry.find('fintech-one'))?.credentials.developerKey).toBe('direct')
    expect(again.warnings).toEqual([expect.stringContaining('may be read by every user')])
  })

  it('is refused when both NAME and NAME_FILE are set, when empty, and when it could not stand in a header', async () => {
    const env = { ...ENV, ONE_ACCESS_KEY_FILE: 'somewhere' }
    expect(await problemsOf(load([productionTenant()], 'production', env))).toEqual([
      expect.stringContaining('both ONE_ACCESS_KEY and ONE_ACCESS_KEY_FILE are set'),
    ])
    expect(await problemsOf(load([productionTenant()], 'production', { ...ENV, ONE_ACCESS_KEY: '  \n' }))).toEqual([
      expect.stringContaining('ONE_ACCESS_KEY is empty'),
    ])
    expect(await problemsOf(load([productionTenant()], 'production', { ...ENV, ONE_ACCESS_KEY: 'a\r\nb' }))).toEqual([
      expect.stringContaining('not printable ASCII'),
    ])
  })
})
