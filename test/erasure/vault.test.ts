import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import {
  createFileVault,
  createSealer,
  type EvidenceStore,
  fileEvidenceStore,
  type OnboardingClient,
  publicKeySource,
} from '../../client/index.js'
import { codeOf, startJourney, type TestJourney, USER_CODE, walkTo } from '../support/journeys.js'
import type { TestStack } from '../support/test-stack.js'
import { startErasureStack } from './stack.js'
import { AUDIT, completed, eraser, filesIn, RETENTION, runsLeft } from './support.js'

/** Erasure where secrets are in a vault. */

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

describe('a vault', () => {
  it('holds nothing more of an erased sender; one that cannot delete keeps the histories too', async () => {
    const { handle } = await completed(stack, 'digikhata')
    const { workflowId } = handle
    const sealer = createSealer(publicKeySource(stack.local.clientEnv['ONBOARDING_SEALING_PUBLIC_KEYS_FILE'] ?? ''))
    const vaultFolder = join(folder, '..', 'vault')
    const vault = createFileVault({ folder: vaultFolder, sealer })
    const binding = { field: 'aadhaar', journey: workflowId } as const
    await vault.put({ binding, plaintext: '999911112221', expiresAt: Date.now() + 60_000 })
    const options = { evidence: fileEvidenceStore(folder), retention: RETENTION }
    const away = { ...vault, deleteOf: () => Promise.reject(new Error('away')) }
    const stuck = await stack.connect({ ...options, secretStore: away })
    expect(await codeOf(stuck.erase(workflowId, AUDIT))).toBe('VAULT_UNAVAILABLE')
    expect(await runsLeft(client, workflowId)).toBe(1)
    expect(await filesIn(vaultFolder)).toHaveLength(1)

    const mended = await stack.connect({ ...options, secretStore: vault })
    const report = await mended.erase(workflowId, { ...AUDIT, reason: 'request 4711 of 9876543210' })
    expect(report.went.map(({ where }) => where)).toContain('Temporal’s histories, and the vault')
    expect(await filesIn(vaultFolder)).toEqual([])
    expect(await runsLeft(client, workflowId)).toBe(0)
    expect(JSON.stringify(await filesIn(folder))).not.toContain('9876543210')
  })
})

/** Its sender may come back at once. */
async function cancelled(): Promise<TestJourney> {
  const journey = await startJourney(stack, 'digikhata')
  await walkTo(journey, 'ENTER_SENDER_OTP')
  await journey.handle.cancel(AUDIT)
  await journey.handle.result()
  return journey
}

describe('a sender who comes back while evidence is being kept', () => {
  it('keeps what the vault holds of the new journey; the old one is erased when the new one has ended', async () => {
    const { handle, mobile } = await cancelled()
    const { workflowId } = handle
    const vaultFolder = join(folder, '..', 'vault')
    const sealer = createSealer(publicKeySource(stack.local.clientEnv['ONBOARDING_SEALING_PUBLIC_KEYS_FILE'] ?? ''))
    const vault = createFileVault({ folder: vaultFolder, sealer })
    const store = fileEvidenceStore(folder)
    const comesBack: EvidenceStore = {
      ...store,
      order: async (...args) => {
        await store.order(...args)
        await stack.client.start({ rail: 'digikhata', mobile, userCode: USER_CODE })
        const binding = { field: 'aadhaar', journey: workflowId } as const
        await vault.put({ binding, plaintext: '999911112221', expiresAt: Date.now() + 60_000 })
      },
    }
    const overtaken = await stack.connect({ evidence: comesBack, retention: RETENTION, secretStore: vault })
    expect(await codeOf(overtaken.erase(workflowId, AUDIT))).toBe('JOURNEY_OPEN')
    expect(await filesIn(vaultFolder)).toHaveLength(1)
    expect(await store.of(workflowId)).toMatchObject([{ order: AUDIT, done: null }])

    const after = await stack.connect({ evidence: store, retention: RETENTION, secretStore: vault })
    await stack.client.handle(workflowId).cancel(AUDIT)
    await stack.client.handle(workflowId).result()
    expect((await after.erase(workflowId, AUDIT)).journeys).toHaveLength(2)
    expect(await filesIn(vaultFolder)).toEqual([])
    expect(await runsLeft(client, workflowId)).toBe(0)
  })
})
