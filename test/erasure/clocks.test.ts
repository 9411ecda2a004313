import { describe, expect, it } from '@jest/globals'
import { parseRetention, type Retention } from '../../client/index.js'
import { sealedSecretsWarnings } from '../../client/erasure/secrets-clock.js'
import { generateSealingKey, type KeyWindow, type SealingKey, windowFrom } from '../../secrets/index.js'
import { codeBlocks, read } from '../docs/support.js'
import { RETENTION } from './support.js'

const NOW = Date.parse('2026-11-21T00:00:00Z')
const DAY_SECONDS = 86_400

function retention(days: number): Retention {
  return { ...RETENTION, sealedSecrets: { ...RETENTION.sealedSecrets, days } }
}

function warnings(days: number, times: KeyWindow, vaultSeconds?: number): string[] {
  const key: SealingKey = { kty: 'EC', crv: 'P-256', kid: 'k1', ...times }
  return sealedSecretsWarnings(retention(days), { keys: [key] }, NOW, vaultSeconds)
}

describe('the clock of sealed secrets', () => {
  const times = windowFrom({ now: NOW })

  it('is kept by keys as they are made by default where it has 10 days, and by no shorter one', () => {
    expect(warnings(10, times)).toEqual([])
    expect(warnings(9, times)).toEqual([expect.stringMatching(/^sealedSecrets.days is 9, .* up to 10 days/)])
  })

  it('is asked of every key', async () => {
    const keys = [
      ...(await generateSealingKey(times)).publicKeys.keys,
      ...(await generateSealingKey(windowFrom({ now: NOW, longestJourney: 20 * DAY_SECONDS }))).publicKeys.keys,
    ]
    expect(sealedSecretsWarnings(retention(10), { keys }, NOW)).toEqual([expect.stringContaining('up to 23 days')])
  })

  it('is kept by nobody where a key has no times, or stands in the set a day after it was due', () => {
    expect(warnings(10, {})).toEqual([expect.stringMatching(/k1 has no times.*onboard keys rotate/)])
    const due = { ...times, nbf: NOW / 1_000 - 10 * DAY_SECONDS, exp: NOW / 1_000 - 8 * DAY_SECONDS }
    expect(warnings(10, { ...due, destroyAfter: NOW / 1_000 - DAY_SECONDS })).toEqual([])
    expect(warnings(10, { ...due, destroyAfter: NOW / 1_000 - DAY_SECONDS - 1 })).toEqual([
      expect.stringMatching(/k1 should have been destroyed/),
    ])
  })

  it('is the vault’s, too', () => {
    expect(warnings(10, times, 10 * DAY_SECONDS)).toEqual([])
    expect(warnings(10, times, 10 * DAY_SECONDS + 1)).toEqual([expect.stringContaining('ONBOARDING_VAULT_SECONDS')])
  })
})

describe('the settings that are delivered', () => {
  it('agree with the retention file of the documents: Temporal keeps histories for longer', async () => {
    const [example = ''] = codeBlocks(await read('docs/retention.md'), 'json')
    const { history, sealedSecrets } = parseRetention(JSON.parse(example))
    for (const file of ['deploy/example.env', 'docker-compose.temporal.yml', 'deploy/register-namespace.sh']) {
      const set = [...(await read(file)).matchAll(/NAMESPACE_RETENTION(?:=|:-)(\d+)h/g)]
      expect([file, set.length]).toEqual([file, 1])
      // A day for a job that failed once, at the least.
      expect(Number(set[0]?.[1])).toBeGreaterThanOrEqual((history.days + 1) * 24)
    }
    expect(warnings(sealedSecrets.days, windowFrom({ now: NOW }))).toEqual([])
  })
})
