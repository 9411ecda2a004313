import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import {
  createFileVault,
  createSealer,
  type DueItem,
  type DueResult,
  type EvidenceStore,
  fileEvidenceStore,
  type OnboardingClient,
  publicKeySource,
  type Retention,
} from '../../client/index.js'
import { planDue } from '../../client/erasure/due.js'
import { DAY_MS } from '../../client/erasure/retention.js'
import { resolveOptions } from '../../client/options.js'
import { wireOf, type Wire } from '../../client/wire.js'
import { SAMPLE_DEVELOPERS } from '../../sandbox/index.js'
import { LOCAL_TENANTS } from '../../stack/local-tenants.js'
import { refused, runHere } from '../client/support.js'
import { startJourney, type TestJourney, until, USER_CODE, walkTo } from '../support/journeys.js'
import type { TestStack } from '../support/test-stack.js'
import { startErasureStack } from './stack.js'
import { AUDIT, completed, filesIn, reset, RETENTION, runsLeft, unusedCodecKeys, untilListed } from './support.js'

/** The clocks, on the whole stack. A test looks from a later day; what ended before its cut is due then. */

let stack: TestStack
let folder: string
let store: EvidenceStore
beforeAll(async () => {
  stack = await startErasureStack()
})
afterAll(() => stack?.stop())
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'evidence-'))
  store = fileEvidenceStore(join(folder, 'evidence'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

function wire(retention: Retention = RETENTION, client: OnboardingClient = stack.client): Wire {
  const { tenant } = client
  const options = { tenant, environment: 'sandbox', evidence: store, retention, actor: AUDIT.actor } as const
  return wireOf(client.temporal, resolveOptions(options))
}

/** A moment after all that happened so far and before all that comes. */
async function cut(): Promise<number> {
  await sleep(5)
  const at = Date.now()
  await sleep(5)
  return at
}

async function carryOut(asOf: number, of: Wire = wire()): Promise<{ items: readonly DueItem[]; results: DueResult[] }> {
  const run = await planDue(of, { ratePerSecond: 1_000 }, asOf)
  const results: DueResult[] = []
  for await (const result of run) results.push(result)
  return { items: run.items, results }
}

const idsOf = (items: readonly DueItem[]): string[] => items.map(({ workflowId }) => workflowId).sort()
const idOf = ({ handle }: Pick<TestJourney, 'handle'>): string => handle.workflowId

async function ended(message: 'cancel' | 'withdrawConsent'): Promise<TestJourney> {
  const journey = await startJourney(stack, 'digikhata')
  await walkTo(journey, 'ENTER_SENDER_OTP')
  await journey.handle[message](AUDIT)
  await journey.handle.result()
  await untilListed(stack.client, idOf(journey), 1)
  return journey
}

async function cli(settings: Readonly<Record<string, string>>, ...args: string[]) {
  const file = join(folder, 'retention.json')
  await writeFile(file, JSON.stringify(RETENTION))
  const env = { ONBOARDING_RETENTION_FILE: file, ONBOARDING_EVIDENCE_FOLDER: join(folder, 'evidence'), ...settings }
  return runHere(['erase', '--due', ...args], { env: { ...stack.local.clientEnv, ...env } as Record<string, string> })
}

describe('what is due', () => {
  it('is erased, and nothing else: not what ended later, what is open, or what is another tenant’s', async () => {
    const old = await completed(stack, 'digikhata')
    const alsoOld = await ended('cancel')
    const other = await stack.connect({ tenant: LOCAL_TENANTS[1] })
    const userCode = SAMPLE_DEVELOPERS[1]?.userCodes[0] ?? ''
    const foreign = await startJourney(stack, 'levin', { client: other, userCode })
    await foreign.handle.cancel(AUDIT)
    await untilListed(other, idOf(foreign), 1)
    const at = await cut()
    const later = await completed(stack, 'levin')
    const open = await startJourney(stack, 'levin')
    for (const journey of [old, alsoOld, later]) await untilListed(stack.client, idOf(journey), 1)

    const { items, results } = await carryOut(at + RETENTION.history.days * DAY_MS)
    expect(idsOf(items)).toEqual([old, alsoOld].map(idOf).sort())
    expect(results.map(({ kind }) => kind)).toEqual(['erased', 'erased'])
    for (const journey of [old, alsoOld]) expect(await runsLeft(stack.client, idOf(journey))).toBe(0)
    for (const journey of [later, open]) expect(await runsLeft(stack.client, idOf(journey))).toBe(1)
    expect(await runsLeft(other, idOf(foreign))).toBe(1)
    expect(await store.of(idOf(old))).toMatchObject([{ order: { cause: 'RETENTION', actor: AUDIT.actor } }])
    await open.handle.cancel(AUDIT)
  })

  it('is a withdrawn consent at once, and another cancellation in its time', async () => {
    const withdrawn = await ended('withdrawConsent')
    const cancelled = await ended('cancel')
    const { items } = await carryOut(await cut())
    expect(items).toMatchObject([{ kind: 'journey', cause: 'CONSENT_WITHDRAWN', workflowId: idOf(withdrawn) }])
    expect(await runsLeft(stack.client, idOf(withdrawn))).toBe(0)
    expect(await runsLeft(stack.client, idOf(cancelled))).toBe(1)
  })

  it('is the evidence too, when its own time is over', async () => {
    const journey = await ended('withdrawConsent')
    const at = await cut()
    await carryOut(at)
    const [record] = await store.of(idOf(journey))
    const closed = Date.parse(record?.evidence.closedAt ?? '')
    const days = RETENTION.evidence.days * DAY_MS
    const before = await planDue(wire(), {}, closed + days)
    expect(before.items.filter(({ kind }) => kind === 'evidence')).toEqual([])
    const after = await planDue(wire(), {}, closed + days + 1)
    expect(after.items.filter(({ kind }) => kind === 'evidence')).toMatchObject([{ workflowId: idOf(journey) }])
    await carryOut(closed + days + 1)
    expect(await store.of(idOf(journey))).toEqual([])
  })

  it('is an erasure that was interrupted after its order', async () => {
    const journey = await ended('withdrawConsent')
    const broken: EvidenceStore = { ...store, done: () => Promise.reject(new Error('a crash')) }
    const crashing = { ...wire(), settings: { ...wire().settings, evidence: broken } }
    await expect(carryOut(await cut(), crashing)).rejects.toThrow('a crash')
    await until(async () => (await runsLeft(stack.client, idOf(journey))) === 0, 'the run is gone')
    expect(await store.of(idOf(journey))).toMatchObject([{ done: null }])
    const { items, results } = await carryOut(await cut())
    expect(items).toMatchObject([{ kind: 'unfinished', workflowId: idOf(journey) }])
    expect(results).toMatchObject([{ kind: 'erased' }])
    expect(await store.of(idOf(journey))).toMatchObject([{ done: { at: expect.any(String) } }])
  })

  it('is a transaction OTP of the same age, and none that is younger', async () => {
    const order = { rail: 'levin', userCode: USER_CODE, recipientId: 1, amountPaise: 10_000 } as const
    const send = (requestId: string) => stack.client.sendTransactionOtp({ ...order, mobile: '7000000009', requestId })
    await send('request-1')
    const at = await cut()
    await send('request-2')
    const count = async (): Promise<number> =>
      (
        await stack.client.temporal.workflow.count(
          `WorkflowType = 'sendTransactionOtp' AND ExecutionStatus != 'Running'`,
        )
      ).count
    await until(async () => (await count()) === 2, 'visibility lists both')
    const run = await planDue(wire(), {}, at + RETENTION.history.days * DAY_MS)
    expect(run.items.filter(({ kind }) => kind === 'transactionOtp')).toHaveLength(1)
    for await (const { kind } of run) expect(kind).toBe('erased')
    await until(async () => (await count()) === 1, 'visibility lists one')
  })
})

describe('a journey that cannot be read', () => {
  it('is listed as failed, and the others are erased', async () => {
    const codecKeys = await unusedCodecKeys(stack)
    const journeys = [await ended('withdrawConsent'), await ended('withdrawConsent'), await ended('withdrawConsent')]
    const broken = idOf(journeys[1] as TestJourney)
    const blind = wire(RETENTION, await stack.connect({ codecKeys })).workflows
    const seeing = wire()
    const workflows = new Proxy(seeing.workflows, {
      get: (target, name) => {
        if (name !== 'result') return Reflect.get(target, name) as unknown
        const result: typeof target.result = (of, ...more) => (of === broken ? blind : target).result(of, ...more)
        return result
      },
    })
    const { results } = await carryOut(await cut(), { ...seeing, workflows })
    const became = (journey: TestJourney) => results.filter(({ item }) => item.workflowId === idOf(journey))
    const erased = { kind: 'erased' }
    const failed = { kind: 'failed', error: { code: 'EVIDENCE_UNREADABLE' } }
    expect(journeys.map(became)).toMatchObject([[erased], [failed], [erased]])
    const left = await Promise.all(journeys.map((journey) => runsLeft(stack.client, idOf(journey))))
    expect(left).toEqual([0, 1, 0])

    const file = join(folder, 'codec-keys.json')
    await writeFile(file, JSON.stringify(codecKeys), { mode: 0o600 })
    const listed = await cli({ ONBOARDING_CODEC_KEYS_FILE: file }, '--dry-run')
    expect(listed.code).toBe(1)
    expect(listed.stdout).toMatch(new RegExp(`EVIDENCE_UNREADABLE .*${broken}`))
    expect((await carryOut(await cut())).results).toMatchObject([erased])
  })
})

describe('a limit', () => {
  it('counts withdrawals, not the cancelled journeys that are looked through for them', async () => {
    for (const message of ['withdrawConsent', 'withdrawConsent', 'cancel', 'cancel'] as const) await ended(message)
    const at = await cut()
    const plan = async (limit: number) => {
      const { items, more } = await planDue(wire(), { limit, ratePerSecond: 1_000 }, at)
      return [items.length, more]
    }
    expect([await plan(1), await plan(2)]).toEqual([
      [1, true],
      [2, false],
    ])
    await carryOut(at)
  })
})

describe('a vault', () => {
  it('holds nothing more of whom is erased, and all of a sender who is under way again', async () => {
    const vaultFolder = join(folder, 'vault')
    const sealer = createSealer(publicKeySource(stack.local.clientEnv['ONBOARDING_SEALING_PUBLIC_KEYS_FILE'] ?? ''))
    const vault = createFileVault({ folder: vaultFolder, sealer })
    const [gone, back] = [await ended('withdrawConsent'), await ended('withdrawConsent')]
    const { mobile, person } = back
    const again = await startJourney(stack, 'digikhata', { mobile, facts: person.facts, options: { force: true } })
    expect(idOf(again)).toBe(idOf(back))
    for (const journey of [idOf(gone), idOf(back)]) {
      const binding = { field: 'aadhaar', journey } as const
      await vault.put({ binding, plaintext: '999911112221', expiresAt: Date.now() + 600_000 })
    }
    const of = (secretStore: typeof vault): Wire => ({ ...wire(), settings: { ...wire().settings, secretStore } })
    const away = { ...vault, deleteOf: () => Promise.reject(new Error('away')) }
    const stuck = (await carryOut(await cut(), of(away))).results
    const became = (results: readonly DueResult[], { handle }: TestJourney) =>
      results.filter(({ item }) => item.workflowId === handle.workflowId)
    expect(became(stuck, gone)).toMatchObject([{ kind: 'failed', error: { code: 'VAULT_UNAVAILABLE' } }])
    expect(await runsLeft(stack.client, idOf(gone))).toBe(1)
    expect(became(stuck, back)).toMatchObject([{ kind: 'erased' }])
    expect(await filesIn(vaultFolder)).toHaveLength(2)

    // It has no sealing keys: it can only delete.
    const { results } = await carryOut(await cut(), of(createFileVault({ folder: vaultFolder })))
    expect(became(results, gone)).toMatchObject([{ kind: 'erased', item: { kind: 'unfinished' } }])
    expect(await runsLeft(stack.client, idOf(gone))).toBe(0)
    expect(await filesIn(vaultFolder)).toHaveLength(1)
    expect(await vault.deleteOf(idOf(back))).toBeUndefined()
    expect(await filesIn(vaultFolder)).toEqual([])
    await again.handle.cancel(AUDIT)
  })

  it('is never passed by for want of a word in production: nothing is planned', async () => {
    const { settings } = wire()
    const production = { ...wire(), settings: { ...settings, environment: 'production' as const } }
    const error = await refused(planDue(production, {}, Date.now()))
    expect(error.details).toMatchObject({ settings: { ONBOARDING_SECRET_STORE: expect.stringContaining('to erase') } })
  })
})

describe('a journey that was reset', () => {
  it('is not due while it goes on again; then it goes whole, and its first consent is kept', async () => {
    const journey = await completed(stack, 'digikhata')
    const { handle } = journey
    const first = await handle.describe()
    await untilListed(stack.client, idOf(journey), 1)
    const { temporal } = stack.client
    await reset(stack.client, idOf(journey))
    const { runId } = await handle.describe()
    expect(runId).not.toBe(first.runId)
    const asOf = (await cut()) + RETENTION.history.days * DAY_MS
    const mine = (results: readonly DueResult[]) => results.filter(({ item }) => item.workflowId === idOf(journey))
    expect(mine((await carryOut(asOf)).results)).toMatchObject([{ kind: 'skipped', why: 'OPEN' }])
    expect(await runsLeft(stack.client, idOf(journey))).toBe(2)

    await temporal.workflow.getHandle(idOf(journey)).terminate('test')
    await untilListed(stack.client, idOf(journey), 2)
    const again = (await cut()) + RETENTION.history.days * DAY_MS
    expect(mine((await carryOut(again)).results).map(({ kind }) => kind)).toContain('erased')
    expect(await runsLeft(stack.client, idOf(journey))).toBe(0)
    expect(await store.of(idOf(journey))).toMatchObject([
      { evidence: { firstRunId: first.firstRunId, consents: [{ mode: 'self' }], runs: [{}, {}] } },
    ])
  })
})

describe('onboard erase --due', () => {
  it('lists with --dry-run and erases nothing; without it erases; and says where Temporal’s own clock is shorter', async () => {
    const journey = await ended('withdrawConsent')
    const listed = await cli({}, '--dry-run')
    expect(listed).toMatchObject({ code: 0, stdout: expect.stringContaining(idOf(journey)) })
    expect(listed.stderr).toMatch(/Warning: The namespace default keeps closed histories for \d+ days/)
    expect(await runsLeft(stack.client, idOf(journey))).toBe(1)

    const { code, stdout } = await cli({}, '--json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ dryRun: false, notTried: 0 },
      results: [{ workflowId: idOf(journey), of: 'journey', result: 'erased' }],
    })
    expect(await runsLeft(stack.client, idOf(journey))).toBe(0)
    expect(JSON.parse((await cli({}, '--json')).stdout)).toMatchObject({ items: [] })
  })

  it('takes no journey and no reason', async () => {
    expect(await cli({}, '--reason', 'x')).toMatchObject({ code: 2 })
    expect(await cli({}, 'onboarding:digikhata:acme:00112233445566778899aabbccddeeff')).toMatchObject({ code: 2 })
  })
})
