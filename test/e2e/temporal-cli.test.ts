import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { NextAction, OnboardingResult, Receipt, SecretField, View } from '../../client/index.js'
import { entryPoint } from '../../stack/entry-point.js'
import { isBuildFresh } from '../support/fresh-build.js'
import { ALL_STEPS_ONCE, RAILS, smsFor, steps, until, USER_CODE } from '../support/journeys.js'
import { newPerson } from '../support/people.js'
import { type ProgramEnd, runProgram } from '../support/program.js'
import { type TemporalCli, temporalCliOf } from '../support/temporal-cli.js'
import { startTestStack, type TestStack } from '../support/test-stack.js'

/** Journeys driven by two command line tools alone: Temporal's own, and `onboard id` and `onboard seal`. */

let stack: TestStack
let temporal: TemporalCli
beforeAll(async () => {
  // The tool reads payloads without keys of its own.
  stack = await startTestStack({ codecServer: true })
  temporal = await temporalCliOf(stack)
})
afterAll(() => stack?.stop())

/** Runs a program to its end. Its environment holds nothing but what is named here. */
function run(program: string, args: readonly string[], input = ''): Promise<ProgramEnd> {
  const { PATH = '', HOME = '' } = process.env
  return runProgram(program, args, { cwd: stack.folder, env: { PATH, HOME, ...stack.local.clientEnv }, input })
}

async function onboard(args: readonly string[], input: string): Promise<string> {
  const { command, args: first } = entryPoint('client/cli/main', isBuildFresh())
  const { code, out, err } = await run(command, [...first, ...args], `${input}\n`)
  expect([code, err]).toEqual([0, ''])
  return out.trim()
}

/** One journey, as the person at the terminal has it: by its id. */
function byHand(id: string) {
  const workflow = ['--workflow-id', id]
  return {
    start: (input: object) =>
      temporal(
        ...['workflow', 'start', '--type', 'senderOnboarding', '--task-queue', 'sender-onboarding'],
        ...[...workflow, '--input', JSON.stringify(input)],
      ),
    signal: (name: string, body: object) =>
      temporal('workflow', 'signal', ...workflow, '--name', name, '--input', JSON.stringify(body)),
    async update(name: string, body: object): Promise<Receipt> {
      const input = ['--name', name, '--input', JSON.stringify(body), '--output', 'json']
      const { result } = JSON.parse(await temporal('workflow', 'update', 'execute', ...workflow, ...input)) as {
        result: Receipt
      }
      return result
    },
    async view(): Promise<View> {
      const answer = await temporal('workflow', 'query', ...workflow, '--type', 'view', '--output', 'json')
      return (JSON.parse(answer) as { queryResult: [View] }).queryResult[0]
    },
    /** Asks again until this is to be done. */
    async next<Do extends NextAction['do']>(wanted: Do): Promise<Extract<NextAction, { do: Do }>> {
      let { nextAction } = await this.view()
      await until(async () => ({ nextAction } = await this.view()).nextAction.do === wanted, wanted)
      return nextAction as Extract<NextAction, { do: Do }>
    },
    async result(): Promise<OnboardingResult> {
      const answer = await temporal('workflow', 'result', ...workflow, '--output', 'json')
      return (JSON.parse(answer) as { result: OnboardingResult }).result
    },
    seal: (field: SecretField, secret: string) => onboard(['seal', '--field', field, '--id', id], secret),
  }
}

/** Where the hash begins with ten digits, the references look like a person's number: the codec server masks them. */
function mobileOfReadableReferences(): string {
  for (;;) {
    const { mobile } = newPerson()
    const hash = stack.client.journeyId({ rail: 'digikhata', mobile }).split(':').at(-1) ?? ''
    if (!/^\d{10}/.test(hash)) return mobile
  }
}

describe.each(RAILS)('with Temporal’s own command line tool, on the %s rail', (rail) => {
  it('a new sender comes to COMPLETED, by signals, by updates and by queries', async () => {
    const { mobile, aadhaar, pan, details } = newPerson()
    const id = await onboard(['id', '--rail', rail, '--mobile', '-'], mobile)
    expect(id).toBe(stack.client.journeyId({ rail, mobile }))
    const journey = byHand(id)
    const code = (purpose: 'SENDER' | 'AADHAAR') => stack.sandbox.latestCode(mobile, purpose)

    await journey.start({ tenant: 'acme', rail, mobile, userCode: USER_CODE })
    await journey.next('ENTER_SENDER_DETAILS')
    await journey.signal('enterSenderDetails', details)
    await journey.next('ENTER_SENDER_OTP')
    await journey.signal('enterSenderOtp', { otp: await journey.seal('otp', await code('SENDER')) })
    await journey.next('REQUEST_CONSENT')
    const presented = await journey.update('requestConsent', { language: 'English' })
    expect(presented).toMatchObject({ outcome: 'CONSENT_PRESENTED', nextAction: { do: 'ENTER_AADHAAR' } })
    const { consentId, textSha256 } = (await journey.next('ENTER_AADHAAR')).consent
    const consent = { consentId, textSha256, mode: 'self', acceptedAt: new Date().toISOString() }
    await journey.signal('enterAadhaar', { aadhaar: await journey.seal('aadhaar', aadhaar), consent })
    const { challengeId } = await journey.next('ENTER_AADHAAR_OTP')
    const otp = await journey.seal('otp', await code('AADHAAR'))
    expect(await journey.update('enterAadhaarOtp', { otp, challengeId })).toMatchObject({ outcome: 'ADVANCED' })
    await journey.next('ENTER_PAN')
    await journey.signal('enterPan', { pan: await journey.seal('pan', pan) })

    const result = await journey.result()
    expect(result).toMatchObject({ state: 'COMPLETED', capability: 'full' })
    const ledger = await stack.sandbox.ledger(mobile)
    expect(steps(ledger)).toEqual(ALL_STEPS_ONCE)
    expect(ledger.wrongCodes).toEqual([])
    expect([smsFor(ledger, 'SENDER'), smsFor(ledger, 'AADHAAR')].map(({ length }) => length)).toEqual([1, 1])
    expect(await stack.sandbox.sender(rail, mobile)).toMatchObject({ stage: 'ACTIVE' })
  })
})

it('a refused update says why on the terminal, a refused signal in the view; the SDK goes on with the journey', async () => {
  const mobile = mobileOfReadableReferences()
  const journey = byHand(await onboard(['id', '--rail', 'digikhata', '--mobile', '-'], mobile))
  await journey.start({ tenant: 'acme', rail: 'digikhata', mobile, userCode: USER_CODE })
  await journey.next('ENTER_SENDER_DETAILS')
  await expect(journey.update('resendOtp', {})).rejects.toThrow(/does not take this message in its state/)
  await journey.signal('enterPan', { pan: 'ABCPX1234Z' })
  const view = await journey.view()
  expect(view.timeline.at(-1)).toMatchObject({ what: 'refused:enterPan', code: 'PLAINTEXT_REFUSED' })
  expect(JSON.stringify(view)).not.toContain('ABCPX1234Z')
  const sdk = stack.client.handleOf({ rail: 'digikhata', mobile })
  // The tool prints an empty list as null.
  expect(await sdk.view()).toEqual({ ...view, consents: view.consents ?? [], proofs: view.proofs ?? [] })
  await sdk.cancel({ reason: 'seen enough' })
  expect(await journey.result()).toMatchObject({ state: 'CANCELLED' })
})

it('what cannot be sealed is refused by `onboard seal` and never printed', async () => {
  const id = stack.client.journeyId({ rail: 'levin', mobile: newPerson().mobile })
  const { command, args } = entryPoint('client/cli/main', isBuildFresh())
  for (const [field, bad] of [
    ['otp', '12'],
    ['aadhaar', '1234567890123456'],
    ['pan', 'NOTAPAN'],
  ] as const) {
    const { code, out, err } = await run(command, [...args, 'seal', '--field', field, '--id', id], `${bad}\n`)
    expect([field, code !== 0, out]).toEqual([field, true, ''])
    expect(err).not.toContain(bad)
  }
})
