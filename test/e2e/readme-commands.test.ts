import { readFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { JourneyHandle } from '../../client/index.js'
import { findTemporalCli } from '../../stack/temporal-server.js'
import { ROOT } from '../support/fresh-build.js'
import { ALL_STEPS_ONCE, smsFor, steps } from '../support/journeys.js'
import { type BlockEnd, cloneWith, openShell, type Shell } from '../support/shell.js'
import { startTestStack, type TestStack } from '../support/test-stack.js'

/** A journey that is driven by Temporal's own command line alone: the shell blocks of the README, run as they stand. */

let stack: TestStack
let shell: Shell
/** The README's section, as commands and as the words between them. */
let blocks: string[]

/** The numbers that the README names; they are the sandbox's own. */
const MOBILE = '6000000002'
const AADHAAR = '999900000028'
const PAN = 'SBXPA0002Z'

beforeAll(async () => {
  const readme = await readFile(join(ROOT, 'README.md'), 'utf8')
  const section = readme.split(/^## /m).find((text) => text.includes('temporal workflow start --type')) ?? ''
  blocks = [...section.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, commands]) => commands ?? '')

  stack = await startTestStack({ codecServer: true })
  const clone = join(stack.folder, 'clone')
  await cloneWith(stack.folder, clone)
  const { path } = await findTemporalCli(() => undefined)
  const inherited = Object.entries(process.env).filter(([name]) => !/^(TEMPORAL|ONBOARDING|NODE_OPTIONS)/.test(name))
  const env = { ...Object.fromEntries(inherited), PATH: `${process.env['PATH']}${delimiter}${dirname(path)}` }
  shell = openShell(clone, env)
})
afterAll(async () => {
  await shell?.close()
  await stack?.stop()
})

/** Runs the one block of the README that holds this text. */
async function runBlock(text: string, ...answers: string[]): Promise<BlockEnd> {
  const found = blocks.filter((block) => block.includes(text))
  expect([text, found.length]).toEqual([text, 1])
  const end = await shell.run(found[0] ?? '', ...answers)
  expect(end).toMatchObject({ exitCode: 0 })
  return end
}

function handle(): JourneyHandle {
  return stack.client.handleOf({ rail: 'digikhata', mobile: MOBILE })
}

/** What the README's own `next` prints must be what is awaited. */
async function expectNext(wanted: Parameters<JourneyHandle['waitForNextAction']>[0]): Promise<void> {
  await handle().waitForNextAction(wanted)
  const { stdout } = await shell.run('next')
  expect(stdout).toContain(String(wanted))
}

describe('Temporal’s own command line', () => {
  it('takes a sender to COMPLETED, exactly as the README shows it', async () => {
    expect(blocks).toHaveLength(8)
    await runBlock('temporal workflow start')
    await expectNext('ENTER_SENDER_DETAILS')
    await runBlock('--name enterSenderDetails')
    await expectNext('ENTER_SENDER_OTP')
    await runBlock('--name enterSenderOtp', await stack.sandbox.latestCode(MOBILE, 'SENDER'))
    await expectNext('REQUEST_CONSENT')
    await runBlock('--name requestConsent')
    await expectNext('ENTER_AADHAAR')
    await runBlock('--name enterAadhaar ', AADHAAR)
    await expectNext('ENTER_AADHAAR_OTP')
    await runBlock('--name enterAadhaarOtp', await stack.sandbox.latestCode(MOBILE, 'AADHAAR'))
    await expectNext('ENTER_PAN')
    await runBlock('--name enterPan', PAN)
    const { stdout } = await runBlock('temporal workflow result')
    expect(stdout).toContain('COMPLETED')

    expect(await handle().result()).toMatchObject({ state: 'COMPLETED', capability: 'full' })
    const ledger = await stack.sandbox.ledger(MOBILE)
    expect(steps(ledger)).toEqual(ALL_STEPS_ONCE)
    expect(smsFor(ledger, 'SENDER')).toHaveLength(1)
  }, 120_000)

  it('gets an update’s answer in the same round trip, and a refusal’s code', async () => {
    const start = blocks.find((block) => block.includes('temporal workflow start')) ?? ''
    const other = start.replaceAll(MOBILE, '6000000003')
    expect((await shell.run(other)).exitCode).toBe(0)
    await stack.client.handleOf({ rail: 'digikhata', mobile: '6000000003' }).waitForNextAction('ENTER_SENDER_DETAILS')
    const update = (name: string, input: object) =>
      shell.run(
        `temporal workflow update execute --workflow-id "$ID" --name ${name} --input '${JSON.stringify(input)}'`,
      )
    const details = { name: 'Chetan Sample', dob: '1990-01-31', residenceAddress: ['12 MG Road', 'Pune'] }
    const sent = await update('enterSenderDetails', details)
    expect(sent.exitCode).toBe(0)
    expect(sent.stdout).toContain('OTP_SENT')
    const plain = await update('enterSenderOtp', { otp: '123456' })
    expect(plain.exitCode).not.toBe(0)
    expect(plain.stderr + plain.stdout).toContain('in the clear')
    await shell.run(`temporal workflow cancel --workflow-id "$ID"`)
    const result = await stack.client.handleOf({ rail: 'digikhata', mobile: '6000000003' }).result()
    expect(result.state).toBe('CANCELLED')
  }, 120_000)
})
