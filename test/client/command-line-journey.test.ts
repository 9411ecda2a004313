import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Receipt, View } from '../../client/index.js'
import { RAILS, startJourney, USER_CODE, walkTo } from '../support/journeys.js'
import { newPerson } from '../support/people.js'
import { startTestStack, type TestStack } from '../support/test-stack.js'
import { type CliRun, runHere } from './support.js'

/** A person drives journeys with `onboard` alone, on the whole stack; every answer but the story is piped in. */

let stack: TestStack
beforeAll(async () => {
  stack = await startTestStack()
})
afterAll(() => stack?.stop())

function onboard(args: readonly string[], input = ''): Promise<CliRun> {
  return runHere(args, { env: { ...stack.local.clientEnv, ONBOARDING_USER_CODE: USER_CODE }, input })
}

async function json<T>(args: readonly string[], input = ''): Promise<T> {
  return JSON.parse((await onboard([...args, '--json'], input)).stdout) as T
}

it.each(RAILS)('a new sender is taken through the %s rail, each command naming the next one', async (rail) => {
  const { mobile, aadhaar, pan, details } = newPerson()
  const said: CliRun[] = []
  const step = async (args: readonly string[], input = ''): Promise<CliRun> => {
    const run = await onboard(args, input)
    said.push(run)
    return run
  }
  const code = (purpose: 'SENDER' | 'AADHAAR'): Promise<string> => stack.sandbox.latestCode(mobile, purpose)

  const start = await step(['start', '--rail', rail], mobile)
  expect(start).toMatchObject({ code: 0, stderr: '' })
  const id = (await onboard(['id', '--rail', rail], mobile)).stdout.trim()
  const target = ['--id', id]
  expect(start.stdout).toContain(`onboard details --id ${id}`)

  const file = join(stack.folder, `${mobile}.json`)
  await writeFile(file, JSON.stringify(details))
  expect((await step(['details', ...target, '--from', file])).stdout).toContain(`onboard otp --id ${id}`)
  const wrong = await step(
    ['otp', ...target],
    (await code('SENDER')).replace(/\d$/, (last) => `${(Number(last) + 1) % 10}`),
  )
  expect(wrong.code).toBe(1)
  expect(wrong.stdout).toContain('WRONG_CODE')
  expect((await step(['otp', ...target], await code('SENDER'))).stdout).toContain(`onboard consent --id ${id}`)

  const early = await step(['aadhaar', ...target, '--consent-accepted'], aadhaar)
  expect(early.code).toBe(2)
  expect(early.stderr).toContain(`onboard consent --id ${id}`)
  const consent = await step(['consent', ...target])
  expect(consent.stdout).toMatch(/SHA-256 [0-9a-f]{64}/)
  expect((await step(['aadhaar', ...target], aadhaar)).stderr).toContain('--consent-accepted')
  expect((await step(['aadhaar', ...target, '--consent-accepted'], aadhaar)).stdout).toContain('onboard aadhaar-otp')
  expect((await step(['aadhaar-otp', ...target], await code('AADHAAR'))).stdout).toContain('onboard pan')
  expect(await step(['pan', ...target], pan)).toMatchObject({ code: 0 })

  expect((await step(['status', '--mobile', '-'], mobile)).stdout).toContain('COMPLETED · closed')
  const story = await step(['explain', ...target])
  expect(story.stdout).toMatch(/message:enterPan +TAKEN +by operator onboard-cli/)
  expect(story.stdout).toMatch(/client_ref_id +[0-9a-f]{10}/)
  expect((await step(['start', '--rail', rail], mobile)).stdout).toContain('has ended')

  const all = said.map(({ stdout, stderr }) => stdout + stderr).join('\n')
  for (const secret of [mobile, aadhaar, pan, details.name]) expect(all).not.toContain(secret)
})

it('an operator finds a journey, reads why it waits, and ends it; a second order is refused with 1', async () => {
  const { handle, mobile } = await startJourney(stack, 'digikhata')
  const target = ['--id', handle.workflowId]
  const { journeys } = await json<{ journeys: { workflowId: string }[] }>(['find'], mobile)
  expect(journeys.map(({ workflowId }) => workflowId)).toEqual([handle.workflowId])
  const { stdout } = await onboard(['explain', ...target])
  expect(stdout).toMatch(/Why it waits\n {2}A code was sent and has not been entered\./)
  expect(stdout).toContain(`onboard otp --id ${handle.workflowId}`)

  const order = ['cancel', ...target, '--actor', 'op-12', '--reason', 'ticket 4711']
  expect((await onboard(order)).code).toBe(0)
  const view = await json<View>(['status', ...target])
  expect(view.timeline).toContainEqual(
    expect.objectContaining({
      what: 'message:cancel',
      actor: { type: 'operator', id: 'op-12', channel: 'cli' },
      reason: 'ticket 4711',
    }),
  )
  const again = await onboard([...order, '--json'])
  expect(again.code).toBe(1)
  expect(JSON.parse(again.stdout)).toMatchObject({ error: { code: 'JOURNEY_CLOSED' } })
})

it('`--submission` makes a command repeatable', async () => {
  const { handle, mobile } = await startJourney(stack, 'levin')
  const args = ['otp', '--id', handle.workflowId, '--submission', 'try-1', '--challenge', 'wrong-one']
  expect((await onboard(args, '123456')).code).toBe(1)
  const { nextAction } = await handle.view()
  if (nextAction.do !== 'ENTER_SENDER_OTP') throw new Error(nextAction.do)
  const good = ['otp', '--id', handle.workflowId, '--submission', 'try-2', '--challenge', nextAction.challengeId]
  const code = await stack.sandbox.latestCode(mobile, 'SENDER')
  const first = await json<Receipt>(good, code)
  expect(first).toMatchObject({ outcome: 'ADVANCED', submissionId: 'try-2' })
  expect(await json<Receipt>(good, code)).toEqual(first)
})

it('`status --watch` tells every change until the end, as one JSON object a line', async () => {
  const journey = await startJourney(stack, 'digikhata')
  await walkTo(journey, 'ENTER_PAN')
  const watching = onboard(['status', '--id', journey.handle.workflowId, '--watch', '--json'])
  await journey.person.finish(await journey.handle.view())
  const { code, stdout } = await watching
  expect(code).toBe(0)
  const views = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as View)
  expect(views.at(-1)).toMatchObject({ state: 'COMPLETED' })
  expect(new Set(views.map(({ revision }) => revision)).size).toBe(views.length)
})

it('doctor passes on the local stack, and measures eager dispatch and the clock', async () => {
  const { handle } = await startJourney(stack, 'digikhata')
  await handle.cancel({ reason: 'enough for doctor' })
  const args = ['doctor', '--eko-url', stack.sandbox.url, '--tenants-file', stack.local.tenantsFile]
  const { healthy, checks } = await json<{ healthy: boolean; checks: { name: string; verdict: string }[] }>(args)
  expect(checks.filter(({ verdict }) => verdict !== 'ok')).toEqual([])
  expect(healthy).toBe(true)
})
