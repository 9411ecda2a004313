import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { type Evidence, type EvidenceStore, EvidenceStoreError, fileEvidenceStore } from '../../client/index.js'
import { evidenceOf, readingOfView } from '../../client/erasure/evidence.js'
import { viewOf } from '../../workflows/journey-view.js'
import { driveTo, JOURNEY_ID } from '../journey/support.js'
import { AUDIT, filesIn } from './support.js'

let folder: string
let store: EvidenceStore
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'store-')), 'evidence')
  store = fileEvidenceStore(folder)
})
afterEach(() => rm(join(folder, '..'), { recursive: true, force: true }))

const END = '2026-01-01T00:10:00.000Z'

/** The evidence of a pure journey that waits for its PAN. */
function evidence(runId = 'run-1', reason = 'a reason'): Evidence {
  const drive = driveTo('PAN_REQUIRED')
  drive.send('withdrawConsent', { ...AUDIT, reason })
  const run = { runId, status: 'COMPLETED', startedAt: '2026-01-01T00:00:00.000Z', closedAt: END }
  const read = [{ run, reading: readingOfView(viewOf(drive.journey), 'acme') }]
  return evidenceOf({
    ...{ workflowId: JOURNEY_ID, tenant: 'acme', rail: 'digikhata', firstRunId: runId, runs: [run], read },
  })
}
const order = { at: END, cause: 'REQUEST', ...AUDIT } as const

async function everything(tenant: string): Promise<string[]> {
  const found: string[] = []
  for await (const { evidence: record } of store.all(tenant)) found.push(record.runId)
  return found
}

describe('the evidence folder', () => {
  it('holds what was kept, for its owner only, and each part once', async () => {
    const record = evidence()
    await store.keep(record)
    await store.keep({ ...record, state: 'SOMETHING_ELSE' })
    expect(await store.of(JOURNEY_ID)).toEqual([{ evidence: record, order: null, done: null }])
    await store.order(record, order)
    await store.order(record, { ...order, reason: 'another' })
    await store.done(record, { at: END })
    expect(await store.of(JOURNEY_ID)).toEqual([{ evidence: record, order, done: { at: END } }])
    expect((await stat(folder)).mode & 0o777).toBe(0o700)
    expect((await filesIn(folder)).map(({ path, mode }) => [path.replace(/^.*\.run-1\./, ''), mode])).toEqual(
      [
        ['evidence.json', 0o600],
        ['ordered.json', 0o600],
        ['erased.json', 0o600],
      ].sort(),
    )
  })

  it('tells tenants, senders and journeys apart, and forgets one without the others', async () => {
    const [first, second] = [evidence('run-1'), evidence('run-2')]
    await store.keep(first)
    await store.keep(second)
    expect((await everything('acme')).sort()).toEqual(['run-1', 'run-2'])
    expect(await everything('acm')).toEqual([])
    expect(await store.of(JOURNEY_ID.replace('acme', 'other'))).toEqual([])
    await store.remove(first)
    expect(await everything('acme')).toEqual(['run-2'])
    await store.remove(second)
    await store.remove(second)
    expect(await filesIn(folder)).toEqual([])
  })

  it('is refused where others may enter it, where it is a file, and where a record is broken', async () => {
    await mkdir(folder)
    await chmod(folder, 0o755)
    await expect(store.keep(evidence())).rejects.toThrow(/may be entered by others.*chmod 700/)
    await rm(folder, { recursive: true })
    await writeFile(folder, '')
    await expect(store.keep(evidence())).rejects.toThrow(EvidenceStoreError)
    await rm(folder)
    await store.keep(evidence())
    const [file] = await filesIn(folder)
    await writeFile(join(folder, file?.path ?? ''), '{"format":')
    await expect(store.of(JOURNEY_ID)).rejects.toThrow(/is not JSON/)
  })

  it('takes no path for a name', async () => {
    await expect(store.of('../../etc')).rejects.toThrow(EvidenceStoreError)
    await expect(store.keep({ ...evidence(), runId: '../x' })).rejects.toThrow(EvidenceStoreError)
  })
})

describe('evidence', () => {
  it('blanks numbers that could be a person’s in what people wrote, and keeps a ticket’s', () => {
    const { withdrawal, timeline } = evidence('run-1', 'ticket 4711: 9876543210, 9999 1234 5678, ABCPE1234F')
    expect(withdrawal?.reason).toBe('ticket 4711: xxxxxxxxxx, xxxxxxxxxxxxxx, xxxxxxxxxx')
    expect(JSON.stringify(timeline)).not.toContain('9876543210')
  })

  it('keeps of a view what is named, and nothing that a later one might hold', () => {
    const view = { ...viewOf(driveTo('PAN_REQUIRED').journey), fullName: 'Asha Verma', state: 'PAN_REQUIRED' as const }
    expect(JSON.stringify(readingOfView(view, 'acme'))).not.toContain('Asha')
  })

  it('is unreadable where a payload’s key is gone, and where it is of another tenant', () => {
    const view = viewOf(driveTo('PAN_REQUIRED').journey)
    expect(readingOfView({ $undecodable: 'key destroyed' } as never, 'acme')).toMatchObject({ from: 'UNREADABLE' })
    expect(readingOfView(view, 'other')).toMatchObject({ from: 'UNREADABLE' })
    expect(readingOfView(view, 'acme')).toMatchObject({ from: 'QUERY' })
  })

  it('is made of views from before the ledger was kept', () => {
    const { consents: _, proofs: __, withdrawal: ___, ...old } = viewOf(driveTo('PAN_REQUIRED').journey)
    const run = { runId: 'r', status: 'COMPLETED', startedAt: END, closedAt: END }
    const read = [{ run, reading: readingOfView(old, 'acme') }]
    const made = evidenceOf({
      ...{ workflowId: JOURNEY_ID, tenant: 'acme', rail: 'digikhata', firstRunId: 'r', runs: [run], read },
    })
    expect(made).toMatchObject({ consents: [{ consentId: 'c1' }], proofs: null, withdrawal: null })
  })
})
