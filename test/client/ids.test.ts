import { createHmac } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { idPrefixesOfClientRef, requireOwnJourney, senderJourneyId, transactionOtpId } from '../../client/ids.js'
import { fieldCodes, MOBILE, refused } from './support.js'

const KEY = Buffer.alloc(32, 7)

describe('a sender’s workflow id', () => {
  it('is the same for every spelling of the mobile, and holds none of it', () => {
    const spellings = [MOBILE, `+91 ${MOBILE}`, `0${MOBILE}`, '70000 00001']
    const ids = new Set(spellings.map((mobile) => senderJourneyId(KEY, 'acme', 'levin', mobile)))
    const hash = createHmac('sha256', KEY).update(MOBILE).digest('hex').slice(0, 32)
    expect([...ids]).toEqual([`onboarding:levin:acme:${hash}`])
  })

  it('is another one for another key, tenant, rail or mobile', () => {
    const ids = [
      senderJourneyId(KEY, 'acme', 'levin', MOBILE),
      senderJourneyId(Buffer.alloc(32, 8), 'acme', 'levin', MOBILE),
      senderJourneyId(KEY, 'bharat', 'levin', MOBILE),
      senderJourneyId(KEY, 'acme', 'digikhata', MOBILE),
      senderJourneyId(KEY, 'acme', 'levin', '7000000002'),
    ]
    expect(new Set(ids).size).toBe(ids.length)
  })

  it.each(['5000000001', '700000000', '', '70000000012'])('is refused for %j, which is no mobile', async (mobile) => {
    const error = await refused(() => senderJourneyId(KEY, 'acme', 'levin', mobile))
    expect(fieldCodes(error)).toEqual({ mobile: 'MOBILE_INVALID' })
  })
})

it('a journey of another tenant is refused, and so is what is no journey’s id', async () => {
  const id = senderJourneyId(KEY, 'bharat', 'levin', MOBILE)
  expect((await refused(() => requireOwnJourney(id, 'acme'))).code).toBe('TENANT_MISMATCH')
  expect(requireOwnJourney(id, 'bharat').rail).toBe('levin')
  for (const odd of ['', 'onboarding:levin:acme:xyz', 'transaction-otp:levin:acme:0', `${id}0`]) {
    expect(fieldCodes(await refused(() => requireOwnJourney(odd, 'acme')))).toEqual({ workflowId: 'INVALID' })
  }
})

it('a request id is one transaction OTP of its tenant and rail, and cannot be read from the workflow id', () => {
  const id = transactionOtpId(KEY, 'acme', 'digikhata', 'order-4711')
  expect(id).toMatch(/^transaction-otp:digikhata:acme:[0-9a-f]{32}$/)
  expect(transactionOtpId(KEY, 'acme', 'digikhata', 'order-4711')).toBe(id)
  expect(transactionOtpId(KEY, 'acme', 'digikhata', 'order-4712')).not.toBe(id)
  // The same text as a mobile must not give the hash of that sender.
  expect(transactionOtpId(KEY, 'acme', 'digikhata', MOBILE).split(':')[3]).not.toBe(
    senderJourneyId(KEY, 'acme', 'digikhata', MOBILE).split(':')[3],
  )
})

it('a client_ref_id leads to the ids that it can come from', async () => {
  expect(idPrefixesOfClientRef(' 3FA85F64C1a00b1', 'acme')).toEqual([
    'onboarding:digikhata:acme:3fa85f64c1',
    'transaction-otp:digikhata:acme:3fa85f64c1',
    'recipients:digikhata:acme:3fa85f64c1',
    'onboarding:levin:acme:3fa85f64c1',
    'transaction-otp:levin:acme:3fa85f64c1',
    'recipients:levin:acme:3fa85f64c1',
    'transfer:acme:3fa85f64c1',
  ])
  const error = await refused(() => idPrefixesOfClientRef("3fa85f64' OR 1", 'acme'))
  expect(fieldCodes(error)).toEqual({ clientRef: 'INVALID' })
})
