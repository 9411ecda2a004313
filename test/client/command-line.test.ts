import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { senderJourneyId } from '../../client/ids.js'
import { sealedHeader } from '../../values/index.js'
import { FORMAT_ONLY_AADHAAR, type Keys, makeKeys, MOBILE, PAN, runCli, runHere } from './support.js'

const COMMANDS = [
  ...['start', 'status', 'explain', 'details', 'otp', 'aadhaar-otp', 'consent', 'aadhaar', 'pan', 'resend'],
  ...['reenter', 'retry', 'take-over', 'withdraw-consent', 'cancel', 'list', 'find', 'transaction-otp'],
  ...['id', 'seal', 'sign', 'replay', 'keys', 'incidents', 'doctor'],
]
/** Nobody listens there. */
const NOWHERE = { TEMPORAL_ADDRESS: '127.0.0.1:1' }

let keys: Keys
beforeAll(async () => {
  keys = await makeKeys()
})
afterAll(() => keys.remove())

describe('help', () => {
  it('names every command and the exit codes', async () => {
    const { code, stdout } = await runCli(['--help'])
    expect(code).toBe(0)
    for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'))
    expect(stdout).toContain('0 done · 1 refused or failed · 2 wrong use')
  })

  it.each(COMMANDS)('of %s has --json, an example, and no way to give a secret unwarned', async (command) => {
    const { code, stdout } = await runHere([command, '--help'])
    expect(code).toBe(0)
    expect(stdout).toContain('--json')
    expect(stdout).toMatch(new RegExp(`Examples:\\n +.*onboard ${command}`))
    const secretFlags = stdout.match(/^ +--(otp|aadhaar|pan|access-key) .*$/gm) ?? []
    for (const flag of secretFlags) expect(flag).toContain('not advised')
  })

  it('of erase says that the reason is asked for', async () => {
    expect((await runHere(['erase', '--help'])).stdout.replace(/\s+/g, ' ')).toMatch(/--reason <text>.*Asked for where/)
  })

  it('examples name the program as the person calls it', async () => {
    const { stdout } = await runHere(['sign', '--help'], { env: { npm_lifecycle_event: 'onboard' } })
    expect(stdout).toContain('npm run -s onboard -- sign')
  })
})

describe('sign', () => {
  const SECRET_KEY = '88lqTf9ew69XbVbeczjxVL8/B4vibfp1MvTi1mIj2Xo='
  const TIMESTAMP = ['--timestamp', '1700000000000']

  it('prints the published example’s signature alone on one line', async () => {
    const run = await runCli(['sign', '--access-key', 'test-access-key-123', ...TIMESTAMP])
    expect(run).toEqual({ code: 0, stdout: `${SECRET_KEY}\n`, stderr: '' })
  })

  it('takes the access key from stdin or from a setting', async () => {
    const piped = await runHere(['sign', ...TIMESTAMP], { input: 'test-access-key-123\n' })
    expect(piped.stdout).toBe(`${SECRET_KEY}\n`)
    const set = await runHere(['sign', ...TIMESTAMP], { env: { ONBOARDING_ACCESS_KEY: 'test-access-key-123' } })
    expect(set.stdout).toBe(`${SECRET_KEY}\n`)
  })

  it('says which timestamp it signed where none was given, and both as JSON', async () => {
    const now = await runHere(['sign', '--access-key', 'k'])
    expect(now.stdout).toMatch(/^[A-Za-z0-9+/]{43}=\n$/)
    expect(now.stderr).toMatch(/^secret-key-timestamp: \d{13}\n$/)
    const json = await runHere(['sign', '--access-key', 'test-access-key-123', ...TIMESTAMP, '--json'])
    expect(JSON.parse(json.stdout)).toEqual({ secretKey: SECRET_KEY, timestamp: '1700000000000' })
  })

  it('refuses seconds, and an access key that is not there', async () => {
    const seconds = await runHere(['sign', '--access-key', 'k', '--timestamp', '1700000000'])
    expect(seconds).toMatchObject({ code: 2, stdout: '' })
    expect(seconds.stderr).toContain('milliseconds')
    expect(await runHere(['sign', ...TIMESTAMP])).toMatchObject({ code: 2, stdout: '' })
  })
})

describe('id and seal, without a server', () => {
  it('id prints the workflow id alone, the same as the SDK’s', async () => {
    const run = await runCli(['id', '--rail', 'levin'], { env: keys.env, input: `+91 ${MOBILE}\n` })
    expect(run).toEqual({ code: 0, stdout: `${senderJourneyId(keys.idKey, 'acme', 'levin', MOBILE)}\n`, stderr: '' })
  })

  it('a mobile among the arguments works, with a warning beside the result', async () => {
    const run = await runHere(['id', '--rail', 'levin', '--mobile', MOBILE, '--tenant', 'bharat'], { env: keys.env })
    expect(run.stdout).toBe(`${senderJourneyId(keys.idKey, 'bharat', 'levin', MOBILE)}\n`)
    expect(run.stderr).toContain('history')
  })

  it('seal prints what only the workers can open, for this journey and field', async () => {
    const id = senderJourneyId(keys.idKey, 'acme', 'digikhata', MOBILE)
    const run = await runCli(['seal', '--field', 'pan', '--id', id], { env: keys.env, input: `${PAN}\n` })
    expect(run).toMatchObject({ code: 0, stderr: '' })
    const sealed = run.stdout.trimEnd()
    expect(sealedHeader(sealed)).toMatchObject({ field: 'pan', journey: id })
    expect(await keys.opener.open({ field: 'pan', journey: id }, sealed)).toEqual({ ok: true, plaintext: PAN })
  })

  it('seal takes mobile and secret as two lines of stdin where the rail stands for the journey', async () => {
    const run = await runHere(['seal', '--field', 'otp', '--rail', 'levin', '--json'], {
      env: keys.env,
      input: `${MOBILE}\n012345\n`,
    })
    const journey = senderJourneyId(keys.idKey, 'acme', 'levin', MOBILE)
    const { workflowId, sealed } = JSON.parse(run.stdout) as { workflowId: string; sealed: string }
    expect(workflowId).toBe(journey)
    expect(await keys.opener.open({ field: 'otp', journey }, sealed)).toEqual({ ok: true, plaintext: '012345' })
  })

  it('seal refuses a number that cannot be one, by code, without repeating it; ONBOARDING_STRICTNESS decides', async () => {
    const id = senderJourneyId(keys.idKey, 'acme', 'digikhata', MOBILE)
    const args = ['seal', '--field', 'aadhaar', '--id', id, '--json']
    const strict = await runHere(args, { env: keys.env, input: FORMAT_ONLY_AADHAAR })
    expect(strict.code).toBe(2)
    expect(strict.stdout).toContain('AADHAAR_INVALID')
    expect(strict.stdout + strict.stderr).not.toContain(FORMAT_ONLY_AADHAAR)
    const env = { ...keys.env, ONBOARDING_STRICTNESS: 'format' }
    expect((await runHere(args, { env, input: FORMAT_ONLY_AADHAAR })).code).toBe(0)
  })

  it('a journey of another tenant is refused', async () => {
    const id = senderJourneyId(keys.idKey, 'bharat', 'digikhata', MOBILE)
    const run = await runHere(['seal', '--field', 'otp', '--id', id, '--json'], { env: keys.env, input: '123456' })
    expect(run.code).toBe(2)
    expect(JSON.parse(run.stdout)).toMatchObject({ error: { code: 'TENANT_MISMATCH' } })
  })
})

describe('settings', () => {
  it('are read from .local/onboard.env, below the environment, and only ours', async () => {
    const folder = join(keys.folder, 'project')
    await mkdir(join(folder, '.local'), { recursive: true })
    const lines = Object.entries({ ...keys.env, ONBOARDING_TENANT: 'fromfile', NODE_OPTIONS: '--bad' })
    await writeFile(join(folder, '.local', 'onboard.env'), lines.map(([name, value]) => `${name}=${value}`).join('\n'))
    const args = ['id', '--rail', 'levin']
    const fromFile = await runHere(args, { folder, input: MOBILE })
    expect(fromFile.stdout).toContain(':fromfile:')
    const fromEnvironment = await runHere(args, { folder, input: MOBILE, env: { ONBOARDING_TENANT: 'acme' } })
    expect(fromEnvironment.stdout).toContain(':acme:')
  })

  it('that are missing or wrong are all named at once', async () => {
    const env = { ONBOARDING_ID_KEY_FILE: '/nowhere/id', ONBOARDING_STRICTNESS: 'lax' }
    const run = await runHere(['id', '--rail', 'levin', '--json'], { env, input: MOBILE })
    expect(run.code).toBe(2)
    const { error } = JSON.parse(run.stdout) as { error: { code: string; details: { settings: object } } }
    expect(error.code).toBe('NOT_CONFIGURED')
    expect(Object.keys(error.details.settings).sort()).toEqual([
      'ONBOARDING_ID_KEY_FILE',
      'ONBOARDING_STRICTNESS',
      'ONBOARDING_TENANT',
    ])
  })
})

describe('wrong use ends with 2, and says what is missing', () => {
  const ID = `onboarding:levin:acme:${'0'.repeat(32)}`
  it.each([
    [['nonsense'], /unknown command/],
    [['start'], /--rail/],
    [['start', '--rail', 'levin'], /--user-code/],
    [['start', '--rail', 'ufo', '--user-code', '1'], /--rail must be one of/],
    [['seal', '--field', 'cvv', '--id', ID], /--field must be one of/],
    [['pan'], /one line for each question/],
    [['otp', '--id', 'not-an-id'], /workflowId/],
    [['cancel', '--id', ID, '--deadline', 'soon'], /--deadline/],
    [['find', '--mobile', MOBILE, '--client-ref', 'x'], /not both/],
    [['transaction-otp', '--recipient', '1', '--amount', 'ten', '--user-code', '1'], /--amount/],
    [['details', '--id', ID, '--from', '/nowhere/details.json'], /ENOENT/],
    [['consent', 'exprt'], /no subcommand `exprt`.*`export`/],
    [['consent', '999911112221'], /no subcommand that\. There is `export`/],
    [['consent', 'export', MOBILE], /stays in the shell’s history/],
    [['erase', MOBILE, '--reason', 'x'], /stays in the shell’s history/],
    [['erase', `+91 ${MOBILE}`, '--reason', 'x'], /stays in the shell’s history/],
    [['erase', '--due', '--rate', 'fast'], /ratePerSecond/],
    [['erase', '--due', '--rate', '0'], /ratePerSecond: Must be at least 0.01/],
    [['erase', '--due', '--limit', '1.5'], /limit: Must be/],
  ])('%j', async (args, said) => {
    const run = await runHere(args, { env: { ...keys.env, ...NOWHERE } })
    expect(run.code).toBe(2)
    expect(run.stderr).toMatch(said)
  })
})

describe('doctor without a server', () => {
  it('fails, says that Temporal cannot be reached, and what to do', async () => {
    const run = await runHere(['doctor', '--json', '--deadline', '1'], { env: { ...keys.env, ...NOWHERE } })
    expect(run.code).toBe(1)
    const { healthy, checks } = JSON.parse(run.stdout) as {
      healthy: boolean
      checks: { name: string; verdict: string; advice?: string }[]
    }
    expect(healthy).toBe(false)
    const verdicts = Object.fromEntries(checks.map(({ name, verdict }) => [name, verdict]))
    expect(verdicts).toMatchObject({ 'Id key': 'ok', 'Sealing keys': 'ok', Signature: 'ok', Temporal: 'fail' })
    for (const { verdict, advice } of checks) if (verdict === 'fail') expect(advice).toMatch(/\S/)
  })

  it('finds a tenants file that does not name the tenant, without quoting it', async () => {
    const file = join(keys.folder, 'tenants.json')
    await writeFile(file, JSON.stringify({ tenants: [{ name: 'other', credentials: { accessKey: 'top-secret' } }] }))
    const args = ['doctor', '--deadline', '1', '--tenants-file', file]
    const run = await runHere(args, { env: { ...keys.env, ...NOWHERE } })
    expect(run.stdout).toMatch(/FAIL +Tenants +no tenant "acme" among other/)
    expect(run.stdout + run.stderr).not.toContain('top-secret')
    await writeFile(file, '{"accessKey": "top-secret" oops')
    const broken = await runHere(args, { env: { ...keys.env, ...NOWHERE } })
    expect(broken.stdout).toMatch(/FAIL +Tenants +the tenants file is not JSON/)
    expect(broken.stdout + broken.stderr).not.toContain('top-secret')
  })
})
