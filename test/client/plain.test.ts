import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Client, Connection } from '@temporalio/client'
import { type CodecKeyRing, dataConverterOf, OnboardingClient, optionsFromEnvironment } from '../../client/index.js'
import { generateCodecKey } from '../../secrets/index.js'
import { type Keys, makeKeys, refused } from './support.js'

/** Nothing listens there: what is refused is refused before. */
const NOWHERE = { TEMPORAL_ADDRESS: '127.0.0.1:1' }

let keys: Keys
let ring: CodecKeyRing
let plainEnv: Record<string, string>
beforeAll(async () => {
  keys = await makeKeys()
  ring = { keys: [generateCodecKey(keys.idKey)] }
  const { ONBOARDING_CODEC_KEYS_FILE: _codec, ...rest } = keys.env
  plainEnv = { ...rest, ...NOWHERE }
})
afterAll(() => keys?.remove())

describe('a client that would write in plain', () => {
  it('is refused in production, which it is unless told otherwise, and says which setting is missing', async () => {
    for (const environment of [{}, { ONBOARDING_ENVIRONMENT: 'production' }]) {
      const error = await refused(OnboardingClient.fromEnvironment({ env: { ...plainEnv, ...environment } }))
      expect(error.code).toBe('NOT_CONFIGURED')
      expect(Object.keys(error.details?.['settings'] as object)).toEqual(['ONBOARDING_CODEC_KEYS_FILE'])
    }
  })

  it('is taken elsewhere', async () => {
    for (const environment of ['sandbox', 'uat']) {
      const env = { ...plainEnv, ONBOARDING_ENVIRONMENT: environment }
      expect((await refused(OnboardingClient.fromEnvironment({ env, deadlineMs: 500 }))).code).toBe('UNREACHABLE')
    }
  })

  it('is refused, too, where it is given a Temporal client without a codec', async () => {
    const connection = Connection.lazy({ address: '127.0.0.1:1' })
    const over = (client: Client, environment?: 'sandbox') =>
      new OnboardingClient({ client, tenant: 'acme', ...(environment && { environment }) })
    try {
      for (const dataConverter of [undefined, dataConverterOf(null)]) {
        const plain = new Client({ connection, ...(dataConverter && { dataConverter }) })
        expect(() => over(plain)).toThrow(/ONBOARDING_CODEC_KEYS_FILE/)
        expect(over(plain, 'sandbox').tenant).toBe('acme')
      }
      expect(over(new Client({ connection, dataConverter: dataConverterOf(ring) })).tenant).toBe('acme')
    } finally {
      await connection.close()
    }
  })
})

describe('the settings of the codec', () => {
  it('are read from the environment', async () => {
    const { codecKeys, environment } = await optionsFromEnvironment(keys.env)
    expect(codecKeys?.keys).toHaveLength(1)
    expect(environment).toBe('production')
  })

  it('are refused by name where they are wrong', async () => {
    const wrong = { ONBOARDING_CODEC_KEYS_FILE: '/nowhere/ring', ONBOARDING_ENVIRONMENT: 'prod' }
    const error = await refused(optionsFromEnvironment({ ...keys.env, ...wrong }))
    expect(Object.keys(error.details?.['settings'] as object).sort()).toEqual(Object.keys(wrong).sort())
    const options = { tenant: 'acme', codecKeys: { keys: [] }, env: NOWHERE }
    expect((await refused(OnboardingClient.connect(options))).details).toMatchObject({
      settings: { codecKeys: expect.stringContaining('at least one key') },
    })
  })

  it('are refused where the ring is another deployment’s, before anything is sent', async () => {
    const foreign = { keys: [...ring.keys, generateCodecKey(Buffer.alloc(32))] }
    const options = { tenant: 'acme', idKey: keys.idKey, codecKeys: foreign, env: NOWHERE }
    expect((await refused(OnboardingClient.connect(options))).details).toMatchObject({
      settings: { codecKeys: expect.stringContaining('Both must be of one deployment') },
    })
  })
})
