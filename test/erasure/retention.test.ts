import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { optionsFromEnvironment, parseRetention, readRetention } from '../../client/index.js'
import { codeBlocks, read } from '../docs/support.js'
import { refused } from '../client/support.js'
import { RETENTION } from './support.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'retention-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function complaints(given: unknown): Promise<string> {
  const error = await refused(() => parseRetention(given))
  expect(error.code).toBe('NOT_CONFIGURED')
  return String((error.details?.['settings'] as Record<string, string>)['retention'])
}

describe('a retention', () => {
  it('has a clock and a legal basis for every kind of data, and no default but that of a withdrawal', async () => {
    expect(parseRetention({ ...RETENTION, history: { days: 30, basis: 'b' } }).history.daysAfterWithdrawal).toBe(0)
    const said = await complaints({})
    for (const kind of Object.keys(RETENTION)) expect(said).toContain(`${kind}: Is required.`)
  })

  it.each([
    ['a kind without a basis', { logs: { days: 1, basis: ' ' } }, 'logs.basis: Must name the legal basis.'],
    ['days that are none', { logs: { days: -1, basis: 'b' } }, 'logs.days: Must not be negative.'],
    ['a kind that nobody knows', { cookies: { days: 1, basis: 'b' } }, 'cookies: Is not a field here.'],
    [
      'evidence that goes before the history',
      { evidence: { days: 29, basis: 'b' } },
      'evidence.days: Must not be less',
    ],
    ['secrets that outlive it', { sealedSecrets: { days: 31, basis: 'b' } }, 'sealedSecrets.days: Must not be more'],
    [
      'a withdrawal that comes later than the end',
      { history: { days: 30, daysAfterWithdrawal: 31, basis: 'b' } },
      'history.daysAfterWithdrawal: Must not be more',
    ],
  ])('with %s is refused', async (_, over, said) => {
    expect(await complaints({ ...RETENTION, ...over })).toContain(said)
  })

  it('is read from the file that the setting names; one that cannot be used is named', async () => {
    const file = join(folder, 'retention.json')
    const env = { ONBOARDING_TENANT: 'acme', ONBOARDING_ENVIRONMENT: 'sandbox', ONBOARDING_RETENTION_FILE: file }
    expect((await refused(readRetention(file))).message).toContain('ENOENT')
    await writeFile(file, '{')
    expect((await refused(optionsFromEnvironment(env))).message).toContain('is not JSON')
    await writeFile(file, JSON.stringify(RETENTION))
    expect((await optionsFromEnvironment(env)).retention).toEqual(RETENTION)
  })

  it('of the documents can be used', async () => {
    const [example = ''] = codeBlocks(await read('docs/retention.md'), 'json')
    expect(Object.keys(parseRetention(JSON.parse(example)))).toEqual(Object.keys(RETENTION))
  })
})
