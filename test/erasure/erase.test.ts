import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { Client, WorkflowNotFoundError } from '@temporalio/client'
import {
  createFileVault,
  createSealer,
  type EvidenceStore,
  fileEvidenceStore,
  OnboardingClient,
  publicKeySource,
  RAILS,
} from '../../client/index.js'
import { EvidenceStoreError } from '../../client/erasure/store.js'
import { runHere } from '../client/support.js'
import { codeOf, errorOf, startJourney, until, USER_CODE, walkTo } from '../support/journeys.js'
import type { TestStack } from '../support/test-stack.js'
import { startErasureStack } from './stack.js'
import {
  AUDIT,
  completed,
  eraser,
  filesIn,
  reset,
  RETENTION,
  runsLeft,
  unusedCodecKeys,
  untilListed,
} from './support.js'

/** Erasure on the whole stack: the server is asked what is left. */

let stack: TestStack
let folder: string
let client: OnboardingClient
beforeAll(async () => {
  stack = await startErasureStack()
})
afterAll(() => stack?.stop())
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'evidence-')), 'evidence')
  client = await eraser(stack, folder)
})
afterEach(() => rm(join(folder, '..'), { recursive: true, force: true }))

describe('an erased journey', () => {
  it.each(RAILS)('has no history any more on %s, and leaves what proves the consent, masked', async (rail) => {
    const { handle, person } = await completed(stack, rail)
    const { workflowId } = handle
    const { runId, firstRunId, closedAt } = await handle.describe()
    const consent = (await handle.result()).consent
    const report = await client.erase(workflowId, AUDIT)

    await expect(client.temporal.workflow.getHandle(workflowId, runId).describe()).rejects.toThrow(
      WorkflowNotFoundError,
    )
    await expect(client.temporal.workflow.getHandle(workflowId).fetchHistory()).rejects.toThrow(/not ?found/i)
    expect(await codeOf(handle.view())).toBe('NOT_FOUND')

    expect(report).toMatchObject({ workflowId, cause: 'REQUEST', ...AUDIT })
    expect(report.journeys).toMatchObject([
      { firstRunId, runIds: [runId], state: 'COMPLETED', closedAt, consents: 1, evidence: 'COMPLETE' },
    ])
    const keptUntil = new Date(Date.parse(closedAt ?? '') + RETENTION.evidence.days * 86_400_000).toISOString()
    expect(report.stayed).toContainEqual(expect.objectContaining({ basis: RETENTION.evidence.basis, until: keptUntil }))
    expect(report.stayed.map(({ where }) => where)).toContain('Temporal’s limit workflows')
    // There is none that was emptied.
    expect(JSON.stringify(report.went)).not.toContain('vault')
    const { basis, days } = RETENTION.sealedSecrets
    for (const lines of [report.went, report.stayed])
      expect(lines).toContainEqual(expect.objectContaining({ what: expect.stringMatching(/^sealed/), basis, days }))

    const files = await filesIn(folder)
    expect(files.map(({ mode }) => mode)).toEqual([0o600, 0o600, 0o600])
    expect((await stat(folder)).mode & 0o777).toBe(0o700)
    const kept = files.map(({ text }) => text).join('\n')
    const { mobile, aadhaar, pan, details } = person.facts
    const secrets = [mobile, aadhaar, pan, details.name, details.dob, ...details.residenceAddress]
    expect(secrets.filter((secret) => kept.includes(secret))).toEqual([])
    expect(kept).not.toMatch(/[\w-]+\.[\w-]*\.[\w-]{16}\.[\w-]+\.[\w-]{22}/)

    const { journeys } = await client.exportConsent(workflowId)
    expect(journeys).toMatchObject([
      {
        ...{ workflowId, runId, state: 'COMPLETED', capability: 'full', consents: [consent] },
        mobileMasked: `${mobile.slice(0, 2)}xxxxxx${mobile.slice(-2)}`,
        erased: { cause: 'REQUEST', ...AUDIT, doneAt: expect.any(String) },
      },
    ])
    expect(journeys[0]?.proofs?.map(({ step }) => step)).toEqual(
      expect.arrayContaining(['MOBILE_VERIFIED', 'AADHAAR_VERIFIED', 'PAN_VERIFIED']),
    )
  })

  it('may be erased again, and a sender who comes back begins anew', async () => {
    const { handle, person, mobile } = await completed(stack, 'digikhata')
    const first = await client.erase(handle.workflowId, AUDIT)
    const files = await filesIn(folder)
    const again = await client.erase(handle.workflowId, { ...AUDIT, reason: 'the same again' })
    expect(again.journeys).toEqual(first.journeys.map((journey) => ({ ...journey, runIds: [] })))
    expect(await filesIn(folder)).toEqual(files)

    const started = await client.start({
      rail: 'digikhata',
      mobile,
      userCode: USER_CODE,
      details: person.facts.details,
    })
    expect(started).toMatchObject({ joined: false })
    await started.handle.cancel(AUDIT)
  })

  it('is erased with every run of it, and with earlier ones of the same sender', async () => {
    const { handle, person } = await completed(stack, 'levin')
    const { workflowId } = handle
    const { mobile, details } = person.facts
    const next = await client.start({ rail: 'levin', mobile, userCode: USER_CODE, details }, { force: true })
    await next.handle.cancel(AUDIT)
    await next.handle.result()
    await untilListed(client, workflowId, 2)
    const report = await client.erase(workflowId, AUDIT)
    expect(report.journeys.map(({ state, runIds }) => [state, runIds.length])).toEqual([
      ['COMPLETED', 1],
      ['CANCELLED', 1],
    ])
    expect(await runsLeft(client, workflowId)).toBe(0)
  })

  it('that was terminated is asked for its consent before it goes', async () => {
    const journey = await startJourney(stack, 'digikhata')
    await walkTo(journey, 'ENTER_AADHAAR_OTP')
    const { workflowId } = journey.handle
    await client.temporal.workflow.getHandle(workflowId).terminate('by hand')
    const report = await client.erase(workflowId, AUDIT)
    expect(report.journeys).toMatchObject([{ state: 'AADHAAR_OTP_REQUIRED', consents: 1, evidence: 'COMPLETE' }])
    expect(await runsLeft(client, workflowId)).toBe(0)
  })
})

describe('an erasure is refused', () => {
  it('while the journey is open; withdrawing the consent ends it first', async () => {
    const journey = await startJourney(stack, 'digikhata')
    await walkTo(journey, 'ENTER_AADHAAR_OTP')
    const { workflowId } = journey.handle
    expect(await codeOf(client.erase(workflowId, AUDIT))).toBe('JOURNEY_OPEN')
    expect((await journey.handle.view()).state).toBe('AADHAAR_OTP_REQUIRED')

    const report = await client.erase(workflowId, { ...AUDIT, withdraw: true })
    expect(report).toMatchObject({ cause: 'CONSENT_WITHDRAWN', journeys: [{ state: 'CANCELLED', consents: 1 }] })
    expect(await runsLeft(client, workflowId)).toBe(0)
    const { journeys } = await client.exportConsent(workflowId)
    expect(journeys).toMatchObject([{ detail: 'CONSENT_WITHDRAWN', withdrawal: AUDIT }])
  })

  it('for a journey of another tenant, and for one that never was', async () => {
    const { handle } = await completed(stack, 'digikhata')
    const other = await stack.connect({ tenant: 'other', evidence: fileEvidenceStore(folder) })
    expect(await codeOf(other.erase(handle.workflowId, AUDIT))).toBe('TENANT_MISMATCH')
    expect(await codeOf(other.exportConsent(handle.workflowId))).toBe('TENANT_MISMATCH')
    const never = handle.workflowId.replace(/.{4}$/, '0000')
    expect(await codeOf(client.erase(never, AUDIT))).toBe('NOT_FOUND')
    expect((await handle.view()).state).toBe('COMPLETED')
    expect(await filesIn(join(folder, '..'))).toEqual([])
  })

  it('where the evidence cannot be read, unless it is to go without; the record says so', async () => {
    const { handle } = await completed(stack, 'digikhata')
    const { workflowId } = handle
    const codecKeys = await unusedCodecKeys(stack)
    const evidence = fileEvidenceStore(folder)
    const blind = await stack.connect({ evidence, codecKeys })
    expect(await errorOf(blind.erase(workflowId, AUDIT))).toMatchObject({
      ...{ code: 'EVIDENCE_UNREADABLE', details: { runs: [{ from: 'UNREADABLE' }] } },
    })
    expect((await handle.view()).state).toBe('COMPLETED')
    const report = await blind.erase(workflowId, { ...AUDIT, withoutEvidence: true })
    expect(report.journeys).toMatchObject([{ state: null, consents: 0, evidence: 'UNREADABLE' }])
    expect(await runsLeft(client, workflowId)).toBe(0)
  })

  it('in production while nobody said whether there is a vault, and nothing is deleted', async () => {
    const { handle } = await completed(stack, 'digikhata')
    const options = { tenant: 'acme', environment: 'production', evidence: fileEvidenceStore(folder) } as const
    const untold = new OnboardingClient({ ...options, client: client.temporal })
    expect(await errorOf(untold.erase(handle.workflowId, AUDIT))).toMatchObject({
      ...{ code: 'NOT_CONFIGURED', details: { settings: { ONBOARDING_SECRET_STORE: expect.any(String) } } },
    })
    expect((await handle.view()).state).toBe('COMPLETED')
    const told = new OnboardingClient({ ...options, client: client.temporal, secretStore: 'inline' })
    expect(await told.erase(handle.workflowId, AUDIT)).toMatchObject({ journeys: [{ state: 'COMPLETED' }] })
  })

  it('where no evidence can be kept, and nothing is deleted', async () => {
    const { handle } = await completed(stack, 'digikhata')
    expect(await codeOf(stack.client.erase(handle.workflowId, AUDIT))).toBe('NOT_CONFIGURED')
    const broken = await eraser(stack, join(folder, '..', 'a-file', 'evidence').replace('a-file', '\0'))
    expect(await codeOf(broken.erase(handle.workflowId, AUDIT))).toBe('EVIDENCE_NOT_KEPT')
    expect((await handle.view()).state).toBe('COMPLETED')
  })
})

describe('an erasure that is interrupted', () => {
  /** Fails once, at this step, as a crash would. */
  function breaking(step: 'order' | 'done', store: EvidenceStore): EvidenceStore {
    let broken = false
    const failOnce = <Args extends unknown[]>(act: (...args: Args) => Promise<void>) => {
      return (...args: Args): Promise<void> => {
        if (broken) return act(...args)
        broken = true
        return Promise.reject(new EvidenceStoreError('made up'))
      }
    }
    return { ...store, [step]: failOnce<never>(store[step]) }
  }

  it.each(['order', 'done'] as const)('before its %s is kept goes on when it is asked for again', async (step) => {
    const { handle } = await completed(stack, 'levin')
    const { workflowId } = handle
    const store = fileEvidenceStore(folder)
    const crashing = await stack.connect({ evidence: breaking(step, store), retention: RETENTION })
    expect(await errorOf(crashing.erase(workflowId, AUDIT))).toMatchObject({ code: 'EVIDENCE_NOT_KEPT' })
    // Kept before anything is deleted.
    expect(await store.of(workflowId)).toMatchObject([{ evidence: { state: 'COMPLETED' }, done: null }])
    expect(await runsLeft(client, workflowId)).toBe(step === 'order' ? 1 : 0)

    const report = await client.erase(workflowId, AUDIT)
    expect(report.journeys).toMatchObject([{ state: 'COMPLETED', consents: 1 }])
    expect(await store.of(workflowId)).toMatchObject([{ order: AUDIT, done: { at: expect.any(String) } }])
    expect(await runsLeft(client, workflowId)).toBe(0)
  })
})

describe('a server that deletes later', () => {
  /** Hears what is to be deleted, and does nothing yet but for this run. */
  function slow({ temporal }: OnboardingClient, atOnce?: string): Client {
    const { connection, options } = temporal
    const service = new Proxy(connection.workflowService, {
      get: (target, name) =>
        name === 'deleteWorkflowExecution'
          ? (request: { workflowExecution: { workflowId: string; runId: string } }) =>
              request.workflowExecution.runId === atOnce
                ? target.deleteWorkflowExecution({ ...request, namespace: options.namespace })
                : Promise.resolve({})
          : (Reflect.get(target, name) as unknown),
    })
    const held = new Proxy(connection, {
      get: (target, name) => {
        const value: unknown = name === 'workflowService' ? service : Reflect.get(target, name)
        return typeof value === 'function' ? (value.bind(target) as unknown) : value
      },
    })
    return new Client({ connection: held, dataConverter: options.loadedDataConverter, namespace: options.namespace })
  }

  it('is not taken at its word: the report says what is still there, until it is seen to be gone', async () => {
    const { handle } = await completed(stack, 'digikhata')
    const { workflowId } = handle
    const { runId } = await handle.describe()
    const evidence = fileEvidenceStore(folder)
    const options = { tenant: 'acme', environment: 'sandbox', evidence, waitMs: 50 } as const
    const waiting = new OnboardingClient({ ...options, client: slow(client) })
    expect((await waiting.erase(workflowId, AUDIT)).journeys).toMatchObject([{ runIds: [runId], erasedAt: null }])
    expect((await waiting.exportConsent(workflowId)).journeys).toMatchObject([{ erased: { doneAt: null } }])
    expect(await runsLeft(client, workflowId)).toBe(1)
    const again = await client.erase(workflowId, AUDIT)
    expect(again.journeys).toMatchObject([{ runIds: [runId], erasedAt: expect.any(String) }])
    expect(await runsLeft(client, workflowId)).toBe(0)
  })

  it('may take the last run first: what is left is no journey of its own', async () => {
    const { handle } = await completed(stack, 'digikhata')
    const { workflowId } = handle
    await reset(client, workflowId)
    await client.temporal.workflow.getHandle(workflowId).terminate('test')
    await untilListed(client, workflowId, 2)
    const { runId } = await handle.describe()
    const evidence = fileEvidenceStore(folder)
    const options = { tenant: 'acme', environment: 'sandbox', evidence, waitMs: 50 } as const
    await new OnboardingClient({ ...options, client: slow(client, runId) }).erase(workflowId, AUDIT)
    await until(async () => (await runsLeft(client, workflowId)) === 1, 'the last run is gone')
    expect((await client.exportConsent(workflowId)).journeys).toHaveLength(1)

    const { journeys } = await client.erase(workflowId, AUDIT)
    expect(journeys).toMatchObject([{ consents: 1, erasedAt: expect.any(String) }])
    expect(journeys).toHaveLength(1)
    expect(await runsLeft(client, workflowId)).toBe(0)
  })
})

describe('onboard', () => {
  const cli = (args: readonly string[]) =>
    runHere(args, { env: { ...stack.local.clientEnv, ONBOARDING_EVIDENCE_FOLDER: folder } as Record<string, string> })

  it('consent export writes the evidence of open, closed and erased journeys into a file of its own', async () => {
    const { handle, person } = await completed(stack, 'digikhata')
    const { workflowId } = handle
    const out = join(folder, '..', 'export.json')
    const written = await cli(['consent', 'export', workflowId, '--out', out])
    expect(written).toMatchObject({ code: 0, stderr: '' })
    expect((await stat(out)).mode & 0o777).toBe(0o600)
    expect(await cli(['consent', 'export', workflowId, '--out', out])).toMatchObject({ code: 2 })

    const before = JSON.parse((await cli(['consent', 'export', '--id', workflowId, '--json'])).stdout) as object
    expect(before).toMatchObject({ journeys: [{ erased: null, consents: [{ mode: 'self' }] }] })
    expect(JSON.stringify(before)).not.toContain(person.facts.details.name)

    const erased = await cli(['erase', workflowId, '--reason', 'request 4711', '--actor', 'op-7'])
    expect(erased).toMatchObject({ code: 0, stderr: '' })
    expect(erased.stdout).toMatch(/Deleted +1 history[\s\S]*Went[\s\S]*Stayed[\s\S]*No legal basis is named/)
    const after = JSON.parse((await cli(['consent', 'export', workflowId])).stdout) as object
    expect(after).toMatchObject({ journeys: [{ erased: { reason: 'request 4711', actor: { id: 'op-7' } } }] })
  })

  it('erase empties the vault of its settings without any sealing key, and names it', async () => {
    const { handle } = await completed(stack, 'digikhata')
    const { workflowId } = handle
    const { ONBOARDING_SEALING_PUBLIC_KEYS_FILE: publicKeys = '', ...env } = stack.local.clientEnv
    const vaultFolder = join(folder, '..', 'vault')
    const vault = createFileVault({ folder: vaultFolder, sealer: createSealer(publicKeySource(publicKeys)) })
    const binding = { field: 'pan', journey: workflowId } as const
    await vault.put({ binding, plaintext: 'ABCPE1234F', expiresAt: Date.now() + 600_000 })
    const settings = { ONBOARDING_SECRET_STORE: 'vault', ONBOARDING_VAULT_FOLDER: vaultFolder }
    const erase = (more: Readonly<Record<string, string>>) =>
      runHere(['erase', workflowId, '--reason', 'request 4711'], {
        env: { ...env, ONBOARDING_EVIDENCE_FOLDER: folder, ...more } as Record<string, string>,
      })
    // A vault that is mounted nowhere is not an empty one.
    const missing = await erase({ ...settings, ONBOARDING_VAULT_FOLDER: `${vaultFolder}s` })
    expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining('VAULT_UNAVAILABLE') })
    expect(await runsLeft(client, workflowId)).toBe(1)
    const erased = await erase(settings)
    expect(erased).toMatchObject({ code: 0, stdout: expect.stringContaining('and the vault') })
    expect(await filesIn(vaultFolder)).toEqual([])
    expect(await runsLeft(client, workflowId)).toBe(0)
  })

  it('withdraw-consent ends the journey, and names the command that erases it', async () => {
    const journey = await startJourney(stack, 'digikhata')
    const { workflowId } = journey.handle
    const withdrawn = await cli(['withdraw-consent', '--id', workflowId, '--reason', 'request 4711'])
    expect(withdrawn.code).toBe(0)
    expect(withdrawn.stdout).toContain(`erase ${workflowId} --withdraw`)
    await journey.handle.result()
    expect(await cli(['erase', workflowId, '--withdraw', '--reason', 'x'])).toMatchObject({ code: 0 })
  })

  it('erase refuses an open journey with a code, and two ways of naming one', async () => {
    const { handle } = await startJourney(stack, 'digikhata')
    const { workflowId } = handle
    expect(await cli(['erase', workflowId, '--reason', 'x', '--json'])).toMatchObject({
      ...{ code: 1, stdout: expect.stringContaining('JOURNEY_OPEN') },
    })
    expect(await cli(['erase', workflowId, '--id', workflowId, '--reason', 'x'])).toMatchObject({ code: 2 })
    expect(await cli(['erase', '--due'])).toMatchObject({ code: 2, stderr: expect.stringContaining('RETENTION_FILE') })
    await handle.cancel(AUDIT)
  })
})
