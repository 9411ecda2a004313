import { describe, expect, it } from '@jest/globals'
import { credentials, ENV, load, problemsOf, productionTenant, sandboxTenant } from './support.js'

const withAddress = (baseUrl: string): Record<string, unknown> =>
  productionTenant({ credentials: credentials({ baseUrl }) })

describe('production refuses', () => {
  it.each([
    ['http', 'http://gateway.example.com/v3', /must be https/],
    ['localhost', 'https://localhost/v3', /must not be this machine/],
    ['a name below localhost', 'https://eko.localhost/v3', /must not be this machine/],
    ['127.0.0.0/8', 'https://127.8.9.1/v3', /must not be this machine/],
    ['127.0.0.1 written as a number', 'https://2130706433/v3', /must not be this machine/],
    ['::1', 'https://[::1]/v3', /must not be this machine/],
    ['127.0.0.1 mapped to IPv6', 'https://[::ffff:127.0.0.1]/v3', /must not be this machine/],
    ['0.0.0.0', 'https://0.0.0.0/v3', /must not be this machine/],
    ['Eko’s staging', 'https://staging.eko.in/ekoapi/v3', /staging platform/],
    ['a user name in the address', 'https://user:pass@gateway.example.com/v3', /no user name/],
    ['a query in the address', 'https://gateway.example.com/v3?a=1', /no user name, query/],
    ['another protocol', 'ftp://gateway.example.com/v3', /must be an http\(s\) URL/],
  ])('%s', async (_, baseUrl, complaint) => {
    expect(await problemsOf(load([withAddress(baseUrl)]))).toEqual([expect.stringMatching(complaint)])
  })

  it('keys that stand in the file', async () => {
    const tenant = productionTenant({ credentials: credentials({ accessKey: 'in-the-file' }) })
    expect(await problemsOf(load([tenant]))).toEqual([
      'tenant "fintech-one": credentials.accessKey: must be {"env": "NAME"} or {"file": "path"} in production',
    ])
  })

  it('the sandbox’s sample keys and Eko’s public samples', async () => {
    const tenant = productionTenant({
      credentials: credentials({ initiatorId: '9962981729' }),
      userCodes: ['20810200'],
    })
    const env = { ONE_DEVELOPER_KEY: 'sandbox-developer-key-one', ONE_ACCESS_KEY: 'sandbox-access-key-one' }
    expect(await problemsOf(load([tenant], 'production', env))).toEqual([
      expect.stringContaining('credentials.developerKey: is a sample of the sandbox'),
      expect.stringContaining('credentials.accessKey: is a sample of the sandbox'),
      expect.stringContaining('credentials.initiatorId: is Eko'),
      expect.stringContaining('userCodes: 20810200 is Eko'),
    ])
  })

  it('tenants of other environments', async () => {
    expect(await problemsOf(load([productionTenant(), sandboxTenant()]))).toEqual([
      'tenant "demo": environment: is sandbox, but this worker serves production',
    ])
  })
})

describe('every environment refuses', () => {
  it('a limit of journeys that is none, or that no limit could remember', async () => {
    const withLimit = (count: number, seconds: number) => ({ limits: { journeysPerUserCode: { count, seconds } } })
    const where = 'limits.journeysPerUserCode'
    expect(await problemsOf(load([productionTenant(withLimit(0, 59))]))).toEqual([
      `tenant "fintech-one": ${where}.count: must lie within [1, 5000] in production`,
      `tenant "fintech-one": ${where}.seconds: must lie within [60, 86400] in production`,
    ])
    expect(await problemsOf(load([sandboxTenant(withLimit(5_001, 86_401))], 'sandbox'))).toEqual([
      `tenant "demo": ${where}.count: must lie within [1, 5000] in sandbox`,
      `tenant "demo": ${where}.seconds: must lie within [1, 86400] in sandbox`,
    ])
    const { registry } = await load([sandboxTenant(withLimit(5_000, 1))], 'sandbox')
    expect((await registry.find('demo'))?.limits).toEqual({ journeysPerUserCode: { count: 5_000, seconds: 1 } })
  })

  it('a sandbox tenant that points at Eko, and a uat tenant that points at production or at plain http', async () => {
    const sandbox = sandboxTenant({
      credentials: credentials({ baseUrl: 'https://staging.eko.in/ekoapi/v3' }),
    })
    expect(await problemsOf(load([sandbox], 'sandbox', ENV))).toEqual([
      expect.stringContaining("is Eko's own platform"),
    ])
    const uat = (baseUrl: string) => productionTenant({ environment: 'uat', credentials: credentials({ baseUrl }) })
    expect(await problemsOf(load([uat('https://api.eko.in/ekoicici/v3')], 'uat'))).toEqual([
      expect.stringContaining("is Eko's production platform"),
    ])
    expect(await problemsOf(load([uat('http://gateway.example.com')], 'uat'))).toEqual([
      expect.stringContaining('must be https'),
    ])
  })

  it('the levin rail without a consent text, and two texts for one language', async () => {
    expect(await problemsOf(load([productionTenant({ rails: ['levin'] })]))).toEqual([
      expect.stringContaining('needs at least one approved consent text'),
    ])
    const text = (consentId: string) => ({ consentId, version: '1', language: 'en', text: consentId })
    expect(await problemsOf(load([productionTenant({ rails: ['levin'], consents: [text('a'), text('b')] })]))).toEqual([
      expect.stringContaining('the language "en" appears twice'),
    ])
  })
})

describe('two tenants', () => {
  const env = { ...ENV, TWO_DEVELOPER_KEY: 'dev-key-two', TWO_ACCESS_KEY: 'access-key-two' }
  const two = (changes: Record<string, unknown>) => productionTenant({ name: 'fintech-two', ...changes })
  const otherKeys = credentials({ developerKey: { env: 'TWO_DEVELOPER_KEY' }, accessKey: { env: 'TWO_ACCESS_KEY' } })

  it('may not share a user code under one developer key', async () => {
    expect(await problemsOf(load([productionTenant(), two({})]))).toEqual([
      'tenant "fintech-two": userCodes: 30000001 belongs to tenant "fintech-one" as well, under the same developer key',
    ])
  })

  it('may share a user code under different keys, or a key with different user codes', async () => {
    const loaded = await load(
      [productionTenant(), two({ credentials: otherKeys }), two({ name: 'three', userCodes: ['30000003'] })],
      'production',
      env,
    )
    expect(loaded.registry.names()).toEqual(['fintech-one', 'fintech-two', 'three'])
  })

  it('may not give one developer key two access keys or two addresses', async () => {
    const mixed = credentials({ accessKey: { env: 'TWO_ACCESS_KEY' }, baseUrl: 'https://gateway.example.com' })
    const tenants = [productionTenant(), two({ userCodes: ['30000002'], credentials: mixed })]
    expect(await problemsOf(load(tenants, 'production', env))).toEqual([
      expect.stringContaining('credentials.baseUrl: differs from tenant "fintech-one"'),
      expect.stringContaining('credentials.accessKey: differs from tenant "fintech-one"'),
    ])
  })

  it('may not have one name, whatever its case', async () => {
    const tenants = [productionTenant(), productionTenant({ name: 'Fintech-One', userCodes: ['30000002'] })]
    expect(await problemsOf(load(tenants))).toEqual(['tenant "Fintech-One": its name is taken by another tenant'])
  })
})

describe('a path override', () => {
  const withOverrides = (pathOverrides: Record<string, string>) =>
    productionTenant({ credentials: credentials({ pathOverrides, integerOtp: ['verifySenderOtp'] }) })

  it('is taken for an operation of a rail', async () => {
    const overrides = { 'levin verifySenderOtp': '/customer/account/{customer_id}/ppi-levin/otp/verify' }
    const { registry } = await load([withOverrides(overrides)])
    expect((await registry.find('fintech-one'))?.credentials).toMatchObject({
      pathOverrides: overrides,
      integerOtp: ['verifySenderOtp'],
    })
  })

  it.each([
    ['an operation that does not exist', { 'levin verifyOtp': '/x' }],
    ['an operation that the rail does not have', { 'levin consentLanguages': '/x' }],
    ['another host', { 'levin verifySenderOtp': 'https://elsewhere.example.com/x' }],
  ])('is refused for %s', async (_, overrides) => {
    const problems = await problemsOf(load([withOverrides(overrides)]))
    expect(problems).toEqual([expect.stringContaining('credentials.pathOverrides')])
  })
})
