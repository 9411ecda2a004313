import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  createEkoClient,
  type EkoAnswer,
  type EkoClient,
  type EkoCredentials,
  type EkoOperation,
  type OpenedRequest,
} from '../../activities/eko/index.js'
import { DIALECTS, type InboxJson, type RunningSandbox, SAMPLE_DEVELOPERS, startSandbox } from '../../sandbox/index.js'
import type { Rail } from '../../workflows/messages.js'
import { request, tableName, tables } from './helpers.js'

const WRONG_CODE = '0000'

describe.each(DIALECTS)('Against a sandbox that speaks %s', (dialect) => {
  let sandbox: RunningSandbox
  let eko: EkoClient
  let access: EkoCredentials
  const called = new Set<string>()

  beforeAll(async () => {
    sandbox = await startSandbox({ dialect })
    eko = createEkoClient()
    const [developer] = SAMPLE_DEVELOPERS
    if (!developer) throw new Error('the sandbox has no developer')
    const { developerKey, accessKey, initiatorId } = developer
    access = { environment: 'sandbox', baseUrl: sandbox.ekoBaseUrl, developerKey, accessKey, initiatorId }
  })
  afterAll(async () => {
    await eko.close()
    await sandbox.close()
  })

  /** A sender's calls: references and tokens are carried from answer to answer. */
  function senderOf(rail: Rail, mobile: string) {
    let otpRefId: string | undefined
    let wallet = { token: '', id: '' }
    return {
      async call(operation: EkoOperation, extra: Partial<OpenedRequest> = {}): Promise<EkoAnswer> {
        called.add(`${rail} ${operation}`)
        const held = { mobile, wallet, ...(otpRefId === undefined ? {} : { otpRefId }) }
        const answer = await eko.call(access, request(rail, operation, { ...held, ...extra }))
        otpRefId = answer.otpRefId ?? otpRefId
        wallet = { token: answer.wallet?.token || wallet.token, id: answer.wallet?.id || wallet.id }
        return answer
      },
      async code(): Promise<string> {
        const response = await fetch(`${sandbox.url}/inbox?mobile=${mobile}`)
        const { messages } = (await response.json()) as InboxJson
        return messages.filter((message) => message.rail === rail).at(-1)?.code ?? ''
      },
    }
  }

  it.each(['digikhata', 'levin'] as const)('a new sender gets through every operation of %s', async (rail) => {
    const mobile = rail === 'digikhata' ? '6000000011' : '6000000012'
    const { call, code } = senderOf(rail, mobile)
    expect((await call('getSender')).answer).toBe('NOT_ENROLLED')

    const onboarded = await call('onboardSender')
    expect(['OTP_SENT', 'OTP_REF_MISSING', 'WALLET_EXISTS']).toContain(onboarded.answer)
    const again = await call(rail === 'digikhata' ? 'generateSenderOtp' : 'getSender')
    expect(again.answer).toBe('OTP_SENT')

    expect((await call('verifySenderOtp', { otp: WRONG_CODE })).answer).toBe('WRONG_CODE')
    expect((await call('verifySenderOtp', { otp: await code() })).answer).toBe('AADHAAR_PENDING')

    if (rail === 'digikhata') {
      expect((await call('consentLanguages')).languages?.length).toBeGreaterThan(0)
      expect((await call('consentDetails')).consentContent?.text).toBeTruthy()
    }
    expect((await call('generateAadhaarOtp')).answer).toBe('OTP_SENT')
    expect((await call('validatePan')).answer).toBe('AADHAAR_PENDING')
    expect((await call('verifyAadhaarOtp', { otp: WRONG_CODE })).answer).toBe('WRONG_CODE')
    expect((await call('verifyAadhaarOtp', { otp: await code() })).answer).toBe('PAN_PENDING')

    const pan = rail === 'digikhata' ? 'SBXPA0001Z' : 'SBXPA0002Z'
    expect((await call('validatePan', { pan })).answer).toBe('ONBOARDED')
    expect((await call('validatePan', { pan })).answer).toBe('ONBOARDED')
    if (rail === 'digikhata') expect((await call('sendTransactionOtp')).answer).toBe('OTP_SENT')
  })

  it('its faults are what the tables say they are', async () => {
    const put = (fault: object) =>
      fetch(`${sandbox.url}/faults`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ faults: [fault] }),
      })
    const { call } = senderOf('digikhata', '6000000013')
    await call('onboardSender')
    for (const [fault, expected] of [
      [{ fault: 'dropBeforeCommit' }, 'UNKNOWN_OUTCOME'],
      [{ fault: 'dropAfterCommit' }, 'UNKNOWN_OUTCOME'],
      [{ fault: 'truncatedBody' }, 'UNKNOWN_OUTCOME'],
      [{ fault: 'status5xx' }, 'UNKNOWN_OUTCOME'],
      [{ fault: 'htmlBody', http: 200 }, 'UNKNOWN_OUTCOME'],
      [{ fault: 'empty204' }, 'UNKNOWN_OUTCOME'],
      [{ fault: 'tooMany429', retryAfterSeconds: 1 }, 'UNKNOWN_OUTCOME'],
      [{ fault: 'unknownTypeId' }, 'UNRECOGNISED_ANSWER'],
      [{ fault: 'missingData' }, 'UNRECOGNISED_ANSWER'],
      [{ fault: 'auth401' }, 'CONFIGURATION'],
      [{ fault: 'auth403', status: 2483 }, 'CONFIGURATION'],
      [{ fault: 'expired2485' }, 'OTP_SENT'],
      [{ fault: 'expired2485', times: 9 }, 'CONFIGURATION'],
      [{ fault: 'busy' }, 'BUSY'],
      [{ fault: 'initiatorUnknown' }, 'CONFIGURATION'],
      [{ fault: 'agentNotAllowed', status: 1297 }, 'CONFIGURATION'],
    ] as const) {
      expect((await put(fault)).status).toBe(200)
      expect([fault, (await call('generateSenderOtp')).answer]).toEqual([fault, expected])
    }
    await put({ fault: 'busy', mobile: '6000000999' })
  })

  it('a clock of its own is followed', async () => {
    const offsetMs = 180_000
    const put = (ms: number) =>
      fetch(`${sandbox.url}/clock`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ offsetMs: ms }),
      })
    await put(offsetMs)
    expect((await senderOf('levin', '6000000014').call('getSender')).answer).toBe('NOT_ENROLLED')
    await put(0)
    expect((await senderOf('levin', '6000000014').call('getSender')).answer).toBe('NOT_ENROLLED')
    expect(eko.clockOffsetMs(access.developerKey)).toBe(0)
  })

  it('every operation has been called', () => {
    expect([...called].sort()).toEqual([...tables().map(tableName), 'digikhata sendTransactionOtp'].sort())
  })
})
