import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { ApplicationFailure } from '@temporalio/common'
import { describe, expect, it } from '@jest/globals'
import got from 'got'
import { createLogger } from '../../worker/logger.js'

/** A log whose lines are kept. */
function keptLog(level?: 'trace' | 'info') {
  const lines: string[] = []
  const destination = { write: (line: string) => void lines.push(line) }
  const logger = createLogger(level === undefined ? { destination } : { level, destination })
  return {
    logger,
    text: () => lines.join(''),
    entries: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>),
  }
}

describe('the worker’s log', () => {
  it('is one JSON object a line, with time, level and fields', () => {
    const { logger, entries } = keptLog()
    logger.info('Worker state changed', { sdkComponent: 'worker', attempt: 2, [Symbol('hidden')]: 1 })
    logger.debug('not printed')
    expect(entries()).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        sdkComponent: 'worker',
        attempt: 2,
        msg: 'Worker state changed',
      },
    ])
  })

  it('prints nothing of the request that a real HTTP error holds', async () => {
    const server = createServer((_, response) => response.writeHead(500).end('{"otp_ref_id":"ref-secret"}'))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const failed = await got
      .post(`http://127.0.0.1:${port}/sender/9876543210/otp/verify`, {
        json: { otp: 'otp-secret', aadhar: '234567890124' },
        headers: { 'secret-key': 'signature-secret', developer_key: 'key-secret' },
        retry: { limit: 0 },
      })
      .then(
        () => null,
        (error: unknown) => error,
      )
    server.close()
    const { logger, text, entries } = keptLog()
    logger.warn('Activity failed', {
      error: failed,
      workflowId: 'onboarding:levin:demo:00112233445566778899aabbccddeeff',
    })
    expect(text()).not.toMatch(/secret|9876543210|234567890124|aadhar/)
    expect(entries()[0]).toMatchObject({
      error: { name: 'HTTPError', code: 'ERR_NON_2XX_3XX_RESPONSE', message: expect.stringContaining('500') },
      workflowId: 'onboarding:levin:demo:00112233445566778899aabbccddeeff',
    })
  })

  it('keeps the type, code and causes of an error, and no field of its own', () => {
    const { logger, entries, text } = keptLog()
    const cause = Object.assign(new Error('socket closed'), { code: 'ECONNRESET', body: 'body-secret' })
    const error = ApplicationFailure.create({
      message: 'gave up',
      type: 'NotExecuted',
      details: ['detail-secret'],
      cause,
    })
    logger.error('Activity failed', { error })
    expect(entries()[0]?.['error']).toMatchObject({
      name: 'ApplicationFailure',
      type: 'NotExecuted',
      message: 'gave up',
      cause: { code: 'ECONNRESET', message: 'socket closed' },
    })
    expect(text()).not.toMatch(/body-secret|detail-secret/)
  })

  it('survives an error that is its own cause', () => {
    const { logger, entries } = keptLog()
    const error = new Error('round and round')
    error.cause = error
    logger.error('failed', { error })
    expect(entries()).toHaveLength(1)
  })

  it.each([
    ['an Aadhaar number', 'for 2345 6789 0124 there'],
    ['a mobile', 'GET /sender/9876543210'],
    ['a mobile with +91', 'call +919876543210'],
    ['a PAN', 'pan=ABCPE1234F.'],
  ])('blanks %s in messages, fields and errors', (_, text) => {
    const kept = keptLog()
    kept.logger.error(text, { note: text, error: new Error(text) })
    expect(kept.text()).not.toMatch(/2345 6789 0124|9876543210|ABCPE1234F/)
    expect(kept.text()).toMatch(/xxxxxxxx/)
  })

  it('hides fields by their name, numbers that could be a person’s, and whole objects', () => {
    const { logger, entries } = keptLog()
    const fields = {
      otp: '123456',
      otpRefId: 'abc',
      secretKey: 'k',
      headers: 'h',
      body: 'b',
      taskToken: 'x',
      someone: 9876543210,
      request: { otp: '123456' },
      list: ['123456'],
      durationMs: 12,
      isLocal: false,
      nothing: null,
    }
    logger.info('fields', fields)
    expect(entries()[0]).toMatchObject({
      otp: '[hidden]',
      otpRefId: '[hidden]',
      secretKey: '[hidden]',
      headers: '[hidden]',
      body: '[hidden]',
      taskToken: '[hidden]',
      someone: '[hidden]',
      request: '[object]',
      list: '[array]',
      durationMs: 12,
      isLocal: false,
      nothing: null,
    })
  })

  it('hides names of people by the name of the field, and keeps names of programs', () => {
    const { logger, text, entries } = keptLog()
    const people = { fullName: 'Asha', senderName: 'Asha', customer_name: 'Asha', lastName: 'Asha', birthDate: 'Asha' }
    const programs = { name: 'worker', activityName: 'callEko', hostname: 'h', workflowType: 'senderOnboarding' }
    logger.info('fields', { ...people, ...programs, pincode: 560001 })
    expect(text()).not.toMatch(/Asha|560001/)
    expect(entries()[0]).toMatchObject(programs)
  })

  it.each(['9876543210', 'onboarding:levin:acme:98765_43210', 'journey-of-ABCPE1234F', 'aadhaar/2345-6789-0124'])(
    'blanks the number of a person in a workflow id that somebody chose, and in references made of it: %s',
    (workflowId) => {
      const { logger, text } = keptLog()
      const last = workflowId.split(/[:/-]/).at(-1) ?? ''
      logger.info('Eko attempt', { workflowId, clientRef: `${last}-abcd001` })
      logger.info('Eko attempt', { clientRefId: `${workflowId}x` })
      expect(text()).not.toMatch(/98765_?43210|1234F|6789|0124x/)
    },
  )

  it('keeps ids whole that our client, Temporal and a deployer make', () => {
    const { logger, entries } = keptLog()
    const ids = {
      workflowId: 'onboarding:levin:acme:98765432109876543210987654321098',
      runId: '01987654-3210-7987-8654-321098765432',
      clientRef: '9876543210k3f9001',
      taskQueue: 'sender-onboarding',
      buildId: '202611210930',
    }
    logger.info('Eko attempt', ids)
    expect(entries()[0]).toMatchObject(ids)
  })
})
