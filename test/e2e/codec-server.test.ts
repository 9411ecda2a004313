import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { MASK } from '../../secrets/codec-server/index.js'
import { findTemporalCli } from '../../stack/temporal-server.js'
import { startTestCodecServer, TOKEN } from '../support/codec-server.js'
import { codecKeysOf } from '../support/codec.js'
import { RAILS, startJourney, type TestJourney, walkTo } from '../support/journeys.js'
import { newPerson } from '../support/people.js'
import { type ProgramEnd, runProgram } from '../support/program.js'
import { json, signalRaw, UNDECODABLE } from '../support/raw-messages.js'
import { startTestStack, type TestStack } from '../support/test-stack.js'
import { tracesIn } from '../support/traces.js'

/** What an operator sees by Temporal's own command line tool, with the codec server and without. */

/** Made up, and so odd that it stands nowhere by chance. */
const CANARY = { name: 'Quetzal Canarybird', line: '77 Telltale Crescent' }
/** Sent in the clear by mistake: refused, and yet in history. */
const MISTAKE = { aadhaar: '999900004444', pan: 'ZZZPZ9876Z', otp: '864209' }

let stack: TestStack
let cli: string
const journeys: { journey: TestJourney; secrets: Record<string, string> }[] = []
beforeAll(async () => {
  stack = await startTestStack({ codecServer: true, ui: true })
  cli = (await findTemporalCli(() => undefined)).path
  for (const rail of RAILS) journeys.push(await finished(rail))
}, 120_000)
afterAll(() => stack?.stop())

/** A journey to its end, with messages on the way that no client of ours sends. */
async function finished(rail: (typeof RAILS)[number]) {
  const person = newPerson()
  const facts = {
    ...person,
    details: { ...person.details, name: CANARY.name, residenceAddress: [CANARY.line, 'Pune'] },
  }
  const journey = await startJourney(stack, rail, { facts, unknownDetails: true })
  const { workflowId } = journey.handle
  const view = await walkTo(journey, 'ENTER_SENDER_OTP')
  const inTheClear = [{ otp: MISTAKE.otp }, { aadhaar: MISTAKE.aadhaar }, { pan: MISTAKE.pan, note: MISTAKE.aadhaar }]
  for (const [at, name] of (['enterSenderOtp', 'enterAadhaar', 'enterPan'] as const).entries()) {
    // Through the client's codec, so that it is ciphertext in history.
    await stack.client.temporal.workflow.getHandle(workflowId).signal(name, inTheClear[at])
  }
  await signalRaw(stack.client, workflowId, 'enterPan', [json({ pan: MISTAKE.pan })])
  await signalRaw(stack.client, workflowId, 'enterPan', [UNDECODABLE['broken JSON'] ?? json(0)])
  await journey.person.finish(view)
  const [senderCode, aadhaarCode] = await Promise.all(
    (['SENDER', 'AADHAAR'] as const).map((purpose) => stack.sandbox.latestCode(person.mobile, purpose)),
  )
  const typed = {
    aadhaar: person.aadhaar,
    pan: person.pan,
    senderCode: senderCode ?? '',
    aadhaarCode: aadhaarCode ?? '',
  }
  const mistakes = Object.entries(MISTAKE).map(([name, value]) => [`${name} by mistake`, value])
  return { journey, secrets: { ...typed, ...(Object.fromEntries(mistakes) as Record<string, string>) } }
}

function temporal(args: readonly string[], more: Record<string, string> = {}): Promise<ProgramEnd> {
  const { PATH = '', HOME = '' } = process.env
  const { address } = stack.local.temporal
  return runProgram(cli, [...args, '--address', address], { cwd: stack.folder, env: { PATH, HOME, ...more } })
}

function endpoint(): string {
  return stack.local.codecServer?.endpoint ?? ''
}

/** What the tool prints of a journey, in whatever form. */
async function seen({ handle }: TestJourney, codec: readonly string[] = []): Promise<string> {
  const id = ['--workflow-id', handle.workflowId]
  const outputs = await Promise.all([
    temporal(['workflow', 'show', ...id, '--output', 'json', ...codec]),
    // Without a codec server this one fails at a payload that is broken JSON.
    ...(codec.length > 0 ? [temporal(['workflow', 'show', ...id, '--detailed', ...codec])] : []),
    temporal(['workflow', 'query', ...id, '--name', 'view', '--output', 'json', ...codec]),
    temporal(['workflow', 'result', ...id, '--output', 'json', ...codec]),
    temporal(['workflow', 'describe', ...id, '--output', 'json', ...codec]),
  ])
  for (const { code, err } of outputs) expect([code, err]).toEqual([0, ''])
  return outputs.map(({ out }) => out).join('\n')
}

/** The same text, and whatever stands in it as base64. */
function decodedText(text: string): string {
  const found = [...text.matchAll(/"([\w+/]{8,}={0,2})"/g)].map(([, data = '']) =>
    Buffer.from(data, 'base64').toString(),
  )
  return [text, ...found].join('\n')
}

describe('with --codec-endpoint', () => {
  it('an operator reads states and timeline, and of a person what they can be recognised by', async () => {
    for (const { journey } of journeys) {
      const text = decodedText(await seen(journey, ['--codec-endpoint', endpoint()]))
      const mobile = `${journey.mobile.slice(0, 2)}••••••${journey.mobile.slice(-2)}`
      for (const word of [mobile, 'COMPLETED', 'refused:enterPan', 'PLAINTEXT_REFUSED']) expect(text).toContain(word)
      for (const hidden of [CANARY.name, CANARY.line, journey.mobile]) expect(text).not.toContain(hidden)
      expect(text).not.toContain('binary/encrypted')
    }
  })

  it('never a secret: sealed or sent in the clear, each is a mask', async () => {
    for (const { journey, secrets } of journeys) {
      const text = decodedText(await seen(journey, ['--codec-endpoint', endpoint()]))
      // A signal that was sent without any codec stands in history as it was sent; even that is not shown.
      expect(tracesIn(text, secrets)).toEqual([])
      for (const field of ['aadhaar', 'otp', 'pan']) expect(text).toContain(`${field} ${MASK}`)
      expect(text).not.toMatch(/eyJ[\w-]+\.[\w-]*\.[\w-]{16}\./)
    }
  })

  it('a message that it sends is ciphertext on the server, and the journey reads it', async () => {
    const journey = await startJourney(stack, 'digikhata', { unknownDetails: true })
    await walkTo(journey, 'ENTER_SENDER_DETAILS')
    const details = { name: CANARY.name, dob: '1990-01-31', residenceAddress: [CANARY.line, 'Pune'] }
    const message = ['--name', 'enterSenderDetails', '--input', JSON.stringify(details)]
    const id = ['--workflow-id', journey.handle.workflowId]
    const update = ['workflow', 'update', 'execute', ...id, ...message, '--output', 'json']
    const { code, out } = await temporal([...update, '--codec-endpoint', endpoint()])
    expect(code).toBe(0)
    expect(out).toContain('OTP_SENT')
    const raw = await temporal(['workflow', 'show', ...id, '--output', 'json'])
    expect(tracesIn(raw.out, { ...CANARY })).toEqual([])
    await journey.handle.cancel({ reason: 'seen enough' })
  })

  it('a mask is not taken for the secret that it hides', async () => {
    const journey = await startJourney(stack, 'levin')
    const message = ['--name', 'enterSenderOtp', '--input', JSON.stringify({ otp: `otp ${MASK}` })]
    const id = ['--workflow-id', journey.handle.workflowId]
    const { code, err } = await temporal(['workflow', 'signal', ...id, ...message, '--codec-endpoint', endpoint()])
    expect(code).not.toBe(0)
    expect(err).toContain('MASKED')
    await journey.handle.cancel({ reason: 'seen enough' })
  })

  it('a wrong capability decodes nothing', async () => {
    const { journey } = journeys[0] as (typeof journeys)[number]
    const wrong = `${endpoint().slice(0, -1)}${endpoint().endsWith('x') ? 'y' : 'x'}`
    const query = ['workflow', 'query', '--workflow-id', journey.handle.workflowId, '--name', 'view']
    const { code, out, err } = await temporal([...query, '--codec-endpoint', wrong])
    expect(code).not.toBe(0)
    expect(err).toContain('NOT_FOUND')
    expect(tracesIn(out + err, { ...CANARY })).toEqual([])
  })
})

describe('with --codec-auth', () => {
  it('the bearer token of production lets the tool in, another one does not', async () => {
    const server = await startTestCodecServer({ keys: await codecKeysOf(stack) })
    try {
      const { journey } = journeys[0] as (typeof journeys)[number]
      const query = ['workflow', 'query', '--workflow-id', journey.handle.workflowId, '--name', 'view']
      const ask = (token: string) =>
        temporal([...query, '--codec-endpoint', server.url, '--codec-auth', `Bearer ${token}`])
      const { code, out } = await ask(TOKEN)
      expect([code, out]).toEqual([0, expect.stringContaining('COMPLETED')])
      const refused = await ask(`${TOKEN}x`)
      expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('UNAUTHENTICATED')])
      expect(server.entries()).toContainEqual(
        expect.objectContaining({ operation: 'decode', http: 200, by: 'token', payloads: 1 }),
      )
      expect(server.logged()).not.toContain(TOKEN)
    } finally {
      await server.close()
    }
  })
})

describe('without', () => {
  it('an operator sees ciphertext', async () => {
    const { journey, secrets } = journeys[0] as (typeof journeys)[number]
    const text = decodedText(await seen(journey))
    const { 'pan by mistake': _sentWithoutCodec, ...hidden } = secrets
    expect(tracesIn(text, { ...CANARY, mobile: journey.mobile, ...hidden })).toEqual([])
    expect(text).toContain('binary/encrypted')
  })
})

describe('the local stack', () => {
  it('tells Temporal UI the endpoint, and lets its page ask by either name of this machine', async () => {
    const { uiUrl = '', uiPort } = stack.local.temporal
    const settings = (await (await fetch(`${uiUrl}/api/v1/settings`)).json()) as { Codec: { Endpoint: string } }
    expect(settings.Codec.Endpoint).toBe(endpoint())
    const preflight = (origin: string) =>
      fetch(`${endpoint()}/decode`, { method: 'OPTIONS', headers: { origin } }).then(({ status }) => status)
    expect(await preflight(`http://127.0.0.1:${uiPort}`)).toBe(204)
    expect(await preflight(`http://localhost:${uiPort}`)).toBe(204)
    expect(await preflight('http://evil.example')).toBe(403)
  })

  it('keeps the endpoint for its owner, and a log without payloads, secrets and capability', async () => {
    const settings = await readFile(join(stack.folder, 'onboard.env'), 'utf8')
    expect(settings).toContain(`TEMPORAL_CODEC_ENDPOINT=${endpoint()}`)
    const log = await readFile(join(stack.folder, 'codec-server.log'), 'utf8')
    expect(log.split('\n').filter((line) => line.includes('"operation":"decode"')).length).toBeGreaterThan(10)
    expect(log).toContain('"code":"MASKED"')
    for (const { journey, secrets } of journeys)
      expect(tracesIn(log, { ...CANARY, mobile: journey.mobile, ...secrets })).toEqual([])
    expect(log).not.toContain(new URL(endpoint()).pathname.slice(1))
  })
})
