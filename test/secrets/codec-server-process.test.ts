import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { CodecServerConfigError, readCodecServerConfig } from '../../secrets/codec-server/index.js'
import { ensureKeysFolder, KEY_FILES, readCodecKeys } from '../../secrets/index.js'
import { entryPoint } from '../../stack/entry-point.js'
import { startProcess } from '../../stack/processes.js'
import {
  bodyOf,
  encryptedIn,
  payloadOf,
  payloadsIn,
  startTestCodecServer,
  textOf,
  TOKEN,
} from '../support/codec-server.js'
import { runProgram } from '../support/program.js'
import { childEnvironment } from '../worker/support.js'

let folder: string
let base: Record<string, string>
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'codec-server-'))
  await ensureKeysFolder(folder)
  await writeFile(join(folder, 'token'), `${TOKEN}\n`, { mode: 0o600 })
  await writeFile(join(folder, 'shared'), TOKEN, { mode: 0o644 })
  await chmod(join(folder, 'shared'), 0o644)
  await writeFile(join(folder, 'short'), 'short', { mode: 0o600 })
  base = {
    ONBOARDING_CODEC_KEYS_FILE: join(folder, KEY_FILES.codec),
    ONBOARDING_CODEC_SERVER_TOKEN_FILE: join(folder, 'token'),
  }
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function problemsOf(settings: Record<string, string>): Promise<string> {
  const error = await readCodecServerConfig({ ...base, ...settings }).then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!(error instanceof CodecServerConfigError)) throw new Error('the settings were accepted', { cause: error })
  return error.problems.join('\n')
}

describe('a codec server’s configuration', () => {
  it('has production’s defaults where only keys and token are set', async () => {
    const { keys, ...rest } = await readCodecServerConfig(base)
    expect(keys).toEqual(await readCodecKeys(join(folder, KEY_FILES.codec), null))
    expect(rest).toEqual({
      ...{ host: '127.0.0.1', port: 8081, origins: [] },
      access: { token: TOKEN, capability: undefined, jwt: undefined },
    })
  })

  it.each([
    ['', '', /TOKEN_FILE: must be set, or …_JWKS_URL: nobody could be let in/],
    ['TOKEN_FILE', 'shared', /TOKEN_FILE: .*chmod 600/],
    ['TOKEN_FILE', 'short', /TOKEN_FILE: .* 32 letters and digits or more/],
    ['TOKEN_FILE', 'absent', /TOKEN_FILE: .*ENOENT/],
    ['CAPABILITY_FILE', 'token', /CAPABILITY_FILE: is impossible in production/],
    ['ADDRESS', 'localhost', /ADDRESS: must be an IP address and a port/],
    ['ADDRESS', '127.0.0.1:65536', /ADDRESS: must have a port/],
    ['ORIGINS', '*', /ORIGINS: must be exact origins/],
    ['ORIGINS', 'http://a.example/', /ORIGINS: must be exact origins/],
    ['ORIGINS', 'http://a.example, b.example', /ORIGINS: must be exact origins/],
    ['JWKS_URL', 'https://login.example/keys', /JWT_ISSUER: must be set[^]*JWT_AUDIENCE: must be set/],
    ['JWKS_URL', 'http://login.example/keys', /JWKS_URL: must be https/],
    ['JWKS_URL', 'https://login.example/keys', /JWT_CLAIM: must be set in production/],
    ['ORIGINS', 'https://a.example,http://b.example', /ORIGINS: must be https in production/],
    ['JWT_CLAIM', 'groups', /JWT_CLAIM: must be <claim>=<value>/],
    ['JWT_AUDIENCE', 'temporal', /JWKS_URL: must be set with/],
    ['TOKEN', TOKEN, /_TOKEN: is not a setting of the codec server; it is misspelt/],
  ])('with %s %j is refused by name, without its value', async (name, value, pattern) => {
    const isFile = name.endsWith('_FILE')
    const problems = await problemsOf({
      ...(name === '' && { ONBOARDING_CODEC_SERVER_TOKEN_FILE: '' }),
      [`ONBOARDING_CODEC_SERVER_${name}`]: isFile ? join(folder, value) : value,
    })
    expect(problems).toMatch(pattern)
    expect(problems).not.toContain(TOKEN)
  })

  it('a login needs a claim in production only, and pages of this machine need no TLS', async () => {
    const login = {
      ONBOARDING_CODEC_SERVER_JWKS_URL: 'https://login.example/keys',
      ONBOARDING_CODEC_SERVER_JWT_ISSUER: 'https://login.example',
      ONBOARDING_CODEC_SERVER_JWT_AUDIENCE: 'temporal-ui',
      ONBOARDING_CODEC_SERVER_ORIGINS:
        'http://127.0.0.1:8080,http://localhost:8080,http://[::1]:8080,https://ui.example',
    }
    expect(await problemsOf(login)).toMatch(/^ONBOARDING_CODEC_SERVER_JWT_CLAIM: must be set in production.*$/)
    const claim = { ONBOARDING_CODEC_SERVER_JWT_CLAIM: 'groups=operators' }
    const { access } = await readCodecServerConfig({ ...base, ...login, ...claim })
    expect(access.jwt?.claim).toEqual({ name: 'groups', value: 'operators' })
    const uat = { ONBOARDING_ENVIRONMENT: 'uat', ONBOARDING_CODEC_SERVER_ORIGINS: 'http://ui.example' }
    expect((await readCodecServerConfig({ ...base, ...login, ...uat })).access.jwt?.claim).toBeUndefined()
  })

  it('a capability is for loopback outside of production', async () => {
    const settings = {
      ONBOARDING_ENVIRONMENT: 'sandbox',
      ONBOARDING_CODEC_SERVER_CAPABILITY_FILE: join(folder, 'token'),
    }
    const { access } = await readCodecServerConfig({ ...base, ...settings, ONBOARDING_CODEC_SERVER_TOKEN_FILE: '' })
    expect(access).toEqual({ capability: TOKEN, token: undefined, jwt: undefined })
    const open = { ...settings, ONBOARDING_CODEC_SERVER_ADDRESS: '0.0.0.0:8081' }
    expect(await problemsOf(open)).toMatch(/ADDRESS: must be on loopback/)
  })
})

describe('the codec server’s program', () => {
  const { command, args } = entryPoint('secrets/codec-server/main', false)

  it('prints one ready line, decodes, logs JSON, and ends with 0 after SIGTERM', async () => {
    const lines = { stdout: [] as string[], stderr: [] as string[] }
    const server = startProcess({
      ...{ name: 'codec server', command, args },
      env: { NODE_OPTIONS: '', ...base, ONBOARDING_CODEC_SERVER_ADDRESS: '127.0.0.1:0' },
      onLine: (line, stream) => void lines[stream].push(line),
    })
    try {
      const [line] = await server.waitForLine(/^\{"codecServer":"ready".*/)
      const { url, pid } = JSON.parse(line) as { url: string; pid: number }
      expect(pid).toBe(server.pid)
      const ring = await readCodecKeys(join(folder, KEY_FILES.codec), null)
      const response = await fetch(`${url}/decode`, {
        ...{ method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` } },
        body: bodyOf(await encryptedIn(ring, payloadOf('hello'))),
      })
      expect(payloadsIn(await response.text()).map(textOf)).toEqual(['"hello"'])
      const taken = { ...base, ONBOARDING_CODEC_SERVER_ADDRESS: new URL(url).host }
      const second = await runProgram(command, args, { env: childEnvironment({ ...taken, NODE_OPTIONS: '' }) })
      expect([second.code, second.err]).toEqual([2, expect.stringContaining('The port is taken')])
    } finally {
      await server.stop()
    }
    expect(await server.exited).toEqual({ code: 0, signal: null })
    expect(lines.stdout).toHaveLength(1)
    expect(lines.stderr.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(['codec server: request'])
  })

  it('ends with 2 and every problem; tells its settings with --help', async () => {
    const env = childEnvironment({ NODE_OPTIONS: '', ONBOARDING_CODEC_SERVER_ADDRESS: 'x' })
    const bad = await runProgram(command, args, { env })
    expect(bad.code).toBe(2)
    for (const name of ['CODEC_KEYS_FILE', 'CODEC_SERVER_ADDRESS', 'CODEC_SERVER_TOKEN_FILE'])
      expect(bad.err).toContain(`ONBOARDING_${name}: must`)
    const help = await runProgram(command, [...args, '--help'], { env })
    expect([help.code, help.out]).toEqual([0, expect.stringContaining('ONBOARDING_CODEC_SERVER_ORIGINS')])
    expect((await runProgram(command, [...args, '--port'], { env })).code).toBe(2)
  })
})

describe('the login of Temporal UI', () => {
  const issuer = 'https://login.example'
  const audience = 'temporal-ui'
  let provider: Server
  let jwksUrl: string
  let signing: CryptoKey
  let others: CryptoKey
  beforeAll(async () => {
    const pair = await generateKeyPair('ES256')
    signing = pair.privateKey
    others = (await generateKeyPair('ES256')).privateKey
    const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'ES256' }] })
    provider = createServer((_, response) => response.setHeader('content-type', 'application/json').end(jwks))
    await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve))
    jwksUrl = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/keys`
  })
  afterAll(() => new Promise((resolve) => provider.close(resolve)))

  interface Token {
    readonly claims?: Record<string, unknown>
    readonly issuer?: string
    readonly audience?: string
    readonly expires?: string
    readonly key?: CryptoKey
    readonly kid?: string
  }
  const tokenOf = ({ claims = { groups: ['operators'] }, expires = '5m', key = signing, kid = 'one', ...as }: Token) =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', kid })
      .setSubject('agent-7')
      .setIssuer(as.issuer ?? issuer)
      .setAudience(as.audience ?? audience)
      .setExpirationTime(expires)
      .sign(key)
  const claim = { name: 'groups', value: 'operators' }

  async function answerTo(token: string, options: { url?: string; withClaim?: boolean } = {}) {
    const { url = jwksUrl, withClaim = true } = options
    const server = await startTestCodecServer({
      access: { jwt: { jwksUrl: url, issuer, audience, ...(withClaim && { claim }) } },
    })
    try {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
      const { code, http } = await server.send('/decode', { headers })
      return { answer: code ?? http, entry: server.entries()[0] ?? {}, log: server.logged() }
    } finally {
      await server.close()
    }
  }

  it('lets in whom the provider has signed a token for, and the log says who it was', async () => {
    const token = await tokenOf({})
    const { answer, entry, log } = await answerTo(token)
    expect([answer, entry]).toEqual([200, expect.objectContaining({ by: 'jwt', subject: 'agent-7' })])
    expect(log).not.toContain(token)
    expect((await answerTo(await tokenOf({ claims: { groups: 'some operators' } }))).answer).toBe(200)
    expect((await answerTo(await tokenOf({ claims: {} }), { withClaim: false })).answer).toBe(200)
  })

  it.each<[string, Token, string]>([
    ['of another issuer', { issuer: 'https://other.example' }, 'UNAUTHENTICATED'],
    ['for another audience', { audience: 'other' }, 'UNAUTHENTICATED'],
    ['whose time is over', { expires: '2m ago' }, 'UNAUTHENTICATED'],
    ['of a key that the provider does not publish', { kid: 'two' }, 'UNAUTHENTICATED'],
    ['without what is asked for', { claims: { groups: ['operators-of-others'] } }, 'FORBIDDEN'],
    ['with it as a number', { claims: { groups: 1 } }, 'FORBIDDEN'],
  ])('refuses a token %s', async (_, token, code) => {
    expect((await answerTo(await tokenOf(token))).answer).toBe(code)
  })

  it('refuses a token that somebody else has signed, one with a shared secret, and one without a signature', async () => {
    expect((await answerTo(await tokenOf({ key: others }))).answer).toBe('UNAUTHENTICATED')
    const shared = new SignJWT({}).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('5m')
    expect((await answerTo(await shared.sign(new Uint8Array(32)))).answer).toBe('UNAUTHENTICATED')
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{}').toString('base64url')}.`
    expect((await answerTo(none)).answer).toBe('UNAUTHENTICATED')
    expect((await answerTo('not-a-token')).answer).toBe('UNAUTHENTICATED')
  })

  it('says so where the provider cannot be asked, and lets nobody in', async () => {
    expect((await answerTo(await tokenOf({}), { url: 'http://127.0.0.1:9/keys' })).answer).toBe('LOGIN_UNAVAILABLE')
  })
})
