import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import proto from '@temporalio/proto'
import { decodedHistoryOf, type HistoryEvent, historyOf, messageIn } from '../support/history.js'
import { codeOf, RAILS, startJourney, type TestJourney, walkTo } from '../support/journeys.js'
import { newPerson } from '../support/people.js'
import { startTestStack, type TestStack } from '../support/test-stack.js'
import { tracesIn } from '../support/traces.js'

const { temporal } = proto

/** Made up, and so odd that it stands nowhere by chance. */
const CANARY = { name: 'Quetzal Canarybird', line: '77 Telltale Crescent' }

let stack: TestStack
const journeys: TestJourney[] = []
beforeAll(async () => {
  stack = await startTestStack({ persistent: true })
  for (const rail of RAILS) journeys.push(await finished(rail), await cancelled(rail))
}, 120_000)
afterAll(() => stack?.stop())

function canary() {
  const person = newPerson()
  return { ...person, details: { ...person.details, name: CANARY.name, residenceAddress: [CANARY.line, 'Pune'] } }
}

/** With calls whose answers are lost, so that there are failures; and a message that is refused. */
async function finished(rail: (typeof RAILS)[number]): Promise<TestJourney> {
  const facts = canary()
  const fault = { fault: 'dropAfterCommit', operation: 'verifySenderOtp', mobile: facts.mobile }
  await stack.sandbox.addFaults(fault)
  const journey = await startJourney(stack, rail, { facts })
  expect(await codeOf(journey.handle.resendOtp({ challengeId: 'another' } as never))).toBeTruthy()
  const { state } = await journey.person.finish(journey.view)
  expect(state).toBe('COMPLETED')
  return journey
}

async function cancelled(rail: (typeof RAILS)[number]): Promise<TestJourney> {
  const journey = await startJourney(stack, rail, { facts: canary(), unknownDetails: true })
  await walkTo(journey, 'ENTER_AADHAAR')
  await journey.handle.cancel({ reason: `as ${CANARY.name} wished` })
  await journey.handle.result()
  return journey
}

function canariesOf({ mobile }: TestJourney): Record<string, string> {
  return { ...CANARY, mobile }
}

interface Found {
  readonly path: string
  readonly encoding: string
}

/** Where there are payloads in a message of Temporal's API, and how each is encoded. */
function payloadsIn(value: unknown, path = ''): Found[] {
  if (Array.isArray(value)) return value.flatMap((item) => payloadsIn(item, path))
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return []
  const { metadata } = value as { metadata?: Record<string, Uint8Array> | null }
  if (metadata?.['encoding']) return [{ path, encoding: Buffer.from(metadata['encoding']).toString() }]
  return Object.entries(value).flatMap(([name, inner]) => payloadsIn(inner, `${path}/${name}`))
}

function bytesOf(events: readonly HistoryEvent[]): string {
  return Buffer.from(temporal.api.history.v1.History.encode({ events: [...events] }).finish()).toString('latin1')
}

describe('on the server', () => {
  it('every payload of a journey’s history is encrypted but search attributes, which stay as they were', async () => {
    for (const { handle } of journeys) {
      const found = payloadsIn(await historyOf(stack.client, handle.workflowId))
      const isSearchable = ({ path }: Found): boolean => /searchAttributes/.test(path)
      const hidden = found.filter((each) => !isSearchable(each))
      expect(hidden.length).toBeGreaterThan(20)
      expect(hidden.filter(({ encoding }) => encoding !== 'binary/encrypted')).toEqual([])
      const searchable = found.filter(isSearchable)
      expect(searchable.length).toBeGreaterThan(5)
      expect(searchable.filter(({ encoding }) => encoding !== 'json/plain')).toEqual([])
      const kinds = ['input', 'result', 'summary', 'acceptedRequest', 'outcome']
      expect(kinds.filter((kind) => !hidden.some(({ path }) => path.includes(kind)))).toEqual([])
    }
  })

  it('neither histories nor descriptions hold a name, an address or a mobile, which the keys’ holders read', async () => {
    for (const journey of journeys) {
      const { workflowId } = journey.handle
      const { raw } = await stack.client.temporal.workflow.getHandle(workflowId).describe()
      const description = temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse.encode(raw).finish()
      const texts = [bytesOf(await historyOf(stack.client, workflowId)), Buffer.from(description).toString('latin1')]
      for (const text of texts) expect(tracesIn(text, canariesOf(journey))).toEqual([])
      const decoded = tracesIn(bytesOf(await decodedHistoryOf(stack.client, workflowId)), canariesOf(journey))
      expect(decoded).toEqual(['name as text', 'line as text', 'mobile as text'])
    }
  })

  it('nor do its files', async () => {
    const files = (await readdir(stack.folder)).filter((file) => /^temporal\./.test(file))
    expect(files).toContain('temporal.db')
    const texts = await Promise.all(files.map((file) => readFile(join(stack.folder, file), 'latin1')))
    const [journey] = journeys
    expect(texts.some((text) => text.includes(journey?.handle.workflowId ?? 'none'))).toBe(true)
    for (const each of journeys) expect(texts.flatMap((text) => tracesIn(text, canariesOf(each)))).toEqual([])
  })

  it('the answers to queries are encrypted, too', async () => {
    const journey = await startJourney(stack, 'levin', { facts: canary() })
    const { workflowService, options } = stack.client.temporal
    const answer = await workflowService.queryWorkflow({
      ...{ namespace: options.namespace, execution: { workflowId: journey.handle.workflowId } },
      query: { queryType: 'view' },
    })
    expect(payloadsIn(answer.queryResult).map(({ encoding }) => encoding)).toEqual(['binary/encrypted'])
    expect((await journey.handle.view()).state).toBe('SENDER_OTP_REQUIRED')
  })

  it('failures say only that they are encoded; their types stay, for decisions rest on them', async () => {
    const { workflowId } = (journeys[0] as TestJourney).handle
    const failuresIn = (events: readonly HistoryEvent[]) =>
      events.flatMap((event) => {
        const activity = event.activityTaskFailedEventAttributes?.failure
        const update = event.workflowExecutionUpdateCompletedEventAttributes?.outcome?.failure
        return [activity, update].filter((failure) => failure != null)
      })
    const raw = failuresIn(await historyOf(stack.client, workflowId))
    expect(raw.length).toBeGreaterThan(0)
    for (const { message, stackTrace, encodedAttributes } of raw) {
      expect(message).toBe('Encoded failure')
      expect(stackTrace ?? '').toBe('')
      expect(payloadsIn(encodedAttributes)).toEqual([{ path: '', encoding: 'binary/encrypted' }])
    }
    expect(raw.map(({ applicationFailureInfo }) => applicationFailureInfo?.type)).toContain('UnknownOutcome')
    for (const failure of failuresIn(await decodedHistoryOf(stack.client, workflowId)))
      expect(messageIn(failure)).not.toMatch(/Encoded failure|no message/)
  })
})

describe('who has no keys', () => {
  it('reads no view, and is told which setting is missing', async () => {
    const { ONBOARDING_CODEC_KEYS_FILE: _codec, ...env } = stack.local.clientEnv
    const blind = await stack.connect({ env })
    const { handle } = journeys[0] as TestJourney
    const error = await blind
      .handle(handle.workflowId)
      .view()
      .catch((reason: unknown) => reason)
    expect(error).toMatchObject({
      code: 'NOT_CONFIGURED',
      details: { settings: { ONBOARDING_CODEC_KEYS_FILE: expect.stringContaining('is not in the key ring') } },
    })
  })
})
