import { chmod, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import {
  createFileVault,
  createSealer,
  type OnboardingClient,
  publicKeySource,
  type Vault,
} from '../../client/index.js'
import { vaultReference } from '../../values/index.js'
import { decodedHistoryOf } from '../support/history.js'
import {
  ALL_STEPS_ONCE,
  codeOf,
  RAILS,
  startJourney,
  steps,
  type TestJourney,
  USER_CODE,
  walkTo,
} from '../support/journeys.js'
import { startTestStack, type TestStack } from '../support/test-stack.js'
import { tracesIn } from '../support/traces.js'
import { challengeOf, payer, QUICK, startTransfer } from '../support/transfers.js'

/** A compact JWE of ours begins with a protected header: `{"alg":"ECDH-ES"…` in base64url, in any text. */
const JWE = /eyJ[\w-]{20,}\.[\w-]*\.[\w-]+\.[\w-]+\.[\w-]+/

let stack: TestStack
let folder: string
let vault: Vault
let client: OnboardingClient
const journeys: TestJourney[] = []

beforeAll(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'vault-')), 'vault')
  stack = await startTestStack({
    dialect: 'wlc',
    workerEnv: { ONBOARDING_SECRET_STORE: 'vault', ONBOARDING_VAULT_FOLDER: folder },
  })
  const keys = publicKeySource(stack.local.clientEnv['ONBOARDING_SEALING_PUBLIC_KEYS_FILE'] ?? '')
  vault = createFileVault({ folder, sealer: createSealer(keys) })
  client = await stack.connect({ secretStore: vault })
  for (const rail of RAILS) {
    const journey = await startJourney(stack, rail, { client })
    await journey.person.finish(journey.view)
    journeys.push(journey)
  }
}, 120_000)
afterAll(async () => {
  await stack?.stop()
  await rm(join(folder, '..'), { recursive: true, force: true })
})

/** Every text in the history of the journey, as whoever holds the codec's keys reads it. */
async function textsOf({ handle }: TestJourney): Promise<string[]> {
  const events = [...(await decodedHistoryOf(stack.client, handle.workflowId))]
  return [historyToJSON({ events }), ...payloadTexts(events)]
}

function payloadTexts(value: unknown): string[] {
  if (value instanceof Uint8Array) return [Buffer.from(value).toString('utf8')]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(payloadTexts)
}

/** The paths of all secrets in the vault. */
async function secretFiles(): Promise<string[]> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true })
  return files.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
}

describe('in vault mode', () => {
  it('a journey completes on both rails, and each step was done once', async () => {
    for (const { handle, ledger } of journeys) {
      expect(await handle.result()).toMatchObject({ state: 'COMPLETED' })
      expect(steps(await ledger())).toEqual(ALL_STEPS_ONCE)
    }
  })

  it('nothing is left in the vault of a journey that completed', async () => {
    expect(await secretFiles()).toEqual([])
  })

  it('its history holds neither a secret nor a JWE, but references to the vault', async () => {
    for (const journey of journeys) {
      const { person, ledger } = journey
      const texts = await textsOf(journey)
      const secrets = {
        aadhaar: person.facts.aadhaar,
        pan: person.facts.pan,
        ...Object.fromEntries((await ledger()).sms.map(({ otpRefId }, at) => [`otp_ref_id ${at}`, otpRefId])),
      }
      expect(texts.flatMap((text) => tracesIn(text, secrets))).toEqual([])
      expect(texts.filter((text) => JWE.test(text))).toEqual([])
      const references = [...texts.join('\n').matchAll(/vault\.[\w-]+/g)].map(([text]) => vaultReference(text))
      const fields = new Set(references.map((reference) => reference?.field))
      expect([...fields].sort()).toEqual(expect.arrayContaining(['aadhaar', 'otp', 'otpRefId', 'pan']))
    }
  })

  it('the search for a JWE would find one', async () => {
    const inline = await startJourney(stack, 'digikhata')
    await walkTo(inline, 'ENTER_SENDER_OTP')
    await inline.person.act((await inline.handle.view()).nextAction)
    expect((await textsOf(inline)).some((text) => JWE.test(text))).toBe(true)
    await inline.handle.cancel({ reason: 'seen' })
  })

  it('once the Aadhaar step is done, nothing of it is left in the vault, and the rest is not readable', async () => {
    const journey = await startJourney(stack, 'levin', { client })
    await walkTo(journey, 'ENTER_AADHAAR_OTP')
    expect((await secretFiles()).map((path) => basename(path).split('.')[0])).toContain('aadhaar')
    await walkTo(journey, 'ENTER_PAN')
    await client.seal(journey.handle.workflowId, 'pan', journey.person.facts.pan)
    const files = await secretFiles()
    const fields = files.map((path) => basename(path).split('.')[0])
    expect(fields).toContain('pan')
    expect(fields.filter((field) => field === 'aadhaar')).toEqual([])
    for (const path of files) {
      const text = await readFile(path, 'utf8')
      expect((await stat(path)).mode & 0o077).toBe(0)
      const { pan, aadhaar } = journey.person.facts
      expect(tracesIn(text, { pan, aadhaar })).toEqual([])
    }
    await journey.person.finish(await journey.handle.view())
  })

  it('a secret that has left the vault is asked for again, and the journey completes', async () => {
    const journey = await startJourney(stack, 'levin', { client })
    await walkTo(journey, 'ENTER_SENDER_OTP')
    await vault.deleteOf(journey.handle.workflowId)
    const { person, handle } = journey
    const view = await handle.view()
    const { challengeId } = view.nextAction as { challengeId: string }
    const receipt = await handle.enterSenderOtp({ otp: '123456', challengeId })
    expect(receipt).toMatchObject({ outcome: 'CODE_EXPIRED', detail: 'OTP_REF_UNREADABLE' })
    await handle.resendOtp()
    await person.finish(await handle.view())
    expect(await handle.result()).toMatchObject({ state: 'COMPLETED' })
  })

  it('a reference opens for its journey and field only', async () => {
    const [one, other] = [
      await startJourney(stack, 'levin', { client }),
      await startJourney(stack, 'levin', { client }),
    ]
    const view = await walkTo(one, 'ENTER_SENDER_OTP')
    const { challengeId } = view.nextAction as { challengeId: string }
    const elsewhere = await client.seal(other.handle.workflowId, 'otp', '123456')
    expect(await codeOf(one.handle.enterSenderOtp({ otp: elsewhere, challengeId }))).toBe('SEALED_FOR_ANOTHER_JOURNEY')
    // Rewritten by hand, it passes the workflow, and the vault does not find it under this journey.
    const named = vaultReference(elsewhere)
    const rewritten = { ...named, journey: one.handle.workflowId }
    const moved = `vault.${Buffer.from(JSON.stringify(rewritten)).toString('base64url')}`
    const receipt = await one.handle.enterSenderOtp({ otp: moved, challengeId })
    expect(receipt).toMatchObject({ outcome: 'INPUT_REFUSED', detail: 'NOT_IN_VAULT' })
    for (const { handle } of [one, other]) await handle.cancel({ reason: 'done' })
  })

  it('a vault that takes nothing parks the call before Eko is asked, and the journey goes on when it does again', async () => {
    const journey = await startJourney(stack, 'levin', { client })
    const { challengeId } = (await walkTo(journey, 'ENTER_SENDER_OTP')).nextAction as { challengeId: string }
    const { handle, person, ledger } = journey
    const otp = await client.seal(handle.workflowId, 'otp', await person.wrongCode('SENDER'))
    const before = (await ledger()).calls.length
    await chmod(folder, 0o755)
    try {
      const receipt = await handle.enterSenderOtp({ otp, challengeId })
      expect(receipt).toMatchObject({ outcome: 'PARKED', detail: 'CONFIGURATION' })
      expect((await ledger()).calls).toHaveLength(before)
      expect(await codeOf(client.seal(handle.workflowId, 'pan', person.facts.pan))).toBe('NOT_CONFIGURED')
    } finally {
      await chmod(folder, 0o700)
    }
    await handle.retryNow({ reason: 'the vault is back' })
    await person.finish(await handle.view())
    expect(await handle.result()).toMatchObject({ state: 'COMPLETED' })
  }, 60_000)

  it('a transfer completes on both rails with one debit, and nothing of it is left in the vault', async () => {
    const before = await secretFiles()
    for (const rail of RAILS) {
      const transfer = await startTransfer(stack, rail, { client })
      expect(await transfer.confirm()).toMatchObject({ outcome: 'COMPLETED' })
      expect(await transfer.transactions()).toMatchObject([{ debited: true, txStatus: '0' }])
    }
    expect(await secretFiles()).toEqual(before)
  })

  it('a transfer that is refunded leaves nothing in the vault', async () => {
    const before = await secretFiles()
    const { handle, code, confirm } = await startTransfer(stack, 'levin', { client, path: 'refundPending' })
    await confirm()
    await handle.waitForNextAction('REQUEST_NEW_CODE')
    const challengeId = challengeOf(await handle.resendOtp())
    expect((await secretFiles()).length).toBeGreaterThan(before.length)
    const receipt = await handle.enterRefundOtp({ otp: await code('REFUND'), challengeId })
    expect(receipt).toMatchObject({ outcome: 'REFUNDED' })
    expect(await secretFiles()).toEqual(before)
  })

  it('a session of recipients keeps its wallet token from one request to the next', async () => {
    const { mobile, recipientId } = await payer(stack, 'levin')
    const { handle, view } = await client.openRecipients({ rail: 'levin', mobile, userCode: USER_CODE, policy: QUICK })
    const otp = await stack.sandbox.latestCode(mobile, 'SENDER')
    await handle.enterSenderOtp({ otp, challengeId: challengeOf(view) })
    for (let times = 0; times < 2; times += 1) {
      expect(await handle.listRecipients()).toMatchObject({ outcome: 'RECIPIENTS_LISTED' })
    }
    expect((await handle.view()).recipients).toMatchObject([{ recipientId }])
    await handle.finish()
  })

  it('a client of the vault does not put ciphertext into history, although it is given some', async () => {
    const journey = await startJourney(stack, 'levin', { client })
    const { challengeId } = (await walkTo(journey, 'ENTER_SENDER_OTP')).nextAction as { challengeId: string }
    const sealed = await stack.client.seal(journey.handle.workflowId, 'otp', '123456')
    expect(await codeOf(journey.handle.enterSenderOtp({ otp: sealed, challengeId }))).toBe('INVALID_INPUT')
    await journey.handle.cancel({ reason: 'done' })
  })
})
