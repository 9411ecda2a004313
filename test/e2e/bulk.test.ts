import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { Client, type WorkflowClientInterceptor } from '@temporalio/client'
import {
  type BulkResult,
  type BulkRun,
  dataConverterOf,
  OnboardingClient,
  optionsFromEnvironment,
  type View,
} from '../../client/index.js'
import { runHere } from '../client/support.js'
import {
  ALL_STEPS_ONCE,
  codeOf,
  NO_COOLDOWN,
  RAILS,
  smsFor,
  startJourney,
  steps,
  type TestJourney,
  until,
  walkTo,
} from '../support/journeys.js'
import { newPerson } from '../support/people.js'
import { temporalCliOf } from '../support/temporal-cli.js'
import { startTestStack, type TestStack } from '../support/test-stack.js'

/** An operator acts on many journeys at once, on the whole stack; the sandbox's ledger is the judge. */

let stack: TestStack
let client: OnboardingClient
beforeAll(async () => {
  stack = await startTestStack()
  client = stack.client
})
afterAll(() => stack?.stop())

const audit = { reason: 'ticket 4711', actor: { type: 'operator', id: 'op-7' } } as const
const order = { ...audit, ratePerSecond: 1_000 } as const

async function all(run: BulkRun): Promise<BulkResult[]> {
  const results: BulkResult[] = []
  for await (const result of run) results.push(result)
  return results
}

/** Results by workflow id: outcome or code. */
function told(results: readonly BulkResult[]): Record<string, string> {
  return Object.fromEntries(
    results.map((result) => [
      result.workflowId,
      result.kind === 'applied' ? result.receipt.outcome : `${result.kind} ${result.error.code}`,
    ]),
  )
}

/** The same word for each journey. */
function each(journeys: readonly TestJourney[], word: string): Record<string, string> {
  return Object.fromEntries(journeys.map(({ handle }) => [handle.workflowId, word]))
}

/** How often a journey took a message. */
function taken({ timeline }: View, message: string): View['timeline'] {
  return timeline.filter(({ what, code }) => what === `message:${message}` && code === 'TAKEN')
}

function expectUntouched(journey: TestJourney, view: View): void {
  expect(view).toMatchObject({ runId: journey.view.runId, status: { kind: 'WAITING_FOR_USER' } })
  expect(taken(view, 'cancel')).toEqual([])
}

/** A client to which something happens between its look at a journey and what it does next. */
async function clientWhoseLooksLast(meanwhile: () => Promise<void>): Promise<OnboardingClient> {
  const { connection, options } = client.temporal
  const slow: WorkflowClientInterceptor = {
    async describe(input, next) {
      const described = await next(input)
      await meanwhile()
      return described
    },
  }
  const given = await optionsFromEnvironment(stack.local.clientEnv)
  const temporal = new Client({
    connection,
    namespace: options.namespace,
    dataConverter: dataConverterOf(given.codecKeys ?? null, given.idKey ?? null),
    interceptors: { workflow: [slow] },
  })
  return new OnboardingClient({ ...given, client: temporal })
}

/** What the list says lags behind. */
async function untilListed(journeys: readonly TestJourney[], where: string): Promise<void> {
  const ids = journeys.map(({ handle }) => handle.workflowId).sort()
  const listed = async (): Promise<string[]> => {
    const run = await client.bulk({ ...order, message: 'retryNow', where })
    return run.journeys.map(({ workflowId }) => workflowId).sort()
  }
  await until(async () => (await listed()).join() === ids.join(), `${where} lists ${ids.length} journeys`)
}

/** Journeys whose first call meets "another transaction in progress" until the faults are cleared. */
async function parkedJourneys(count: number): Promise<TestJourney[]> {
  const journeys: TestJourney[] = []
  for (let index = 0; index < count; index += 1) {
    const facts = newPerson()
    await stack.sandbox.addFaults({ fault: 'busy', operation: 'getSender', mobile: facts.mobile, times: 50 })
    journeys.push(await startJourney(stack, RAILS[index % 2] ?? 'levin', { facts }))
  }
  await untilListed(journeys, 'parked')
  return journeys
}

async function onboard(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return runHere(args, { env: stack.local.clientEnv })
}

/** Each test finds no journey of the ones before. */
async function endAll(): Promise<void> {
  const everything = `WorkflowType = 'senderOnboarding'`
  await stack.sandbox.clearFaults()
  await all(await client.bulk({ ...order, message: 'cancel', where: everything }))
  await untilListed([], everything)
}
beforeEach(endAll)

describe('parked journeys', () => {
  it('are released together, each once, whatever is repeated; the user then goes on', async () => {
    const journeys = await parkedJourneys(4)
    const waiting = await startJourney(stack, 'levin')

    // Too early: Eko is still busy. Each time the next try by itself is later.
    const early = await client.bulk({ ...order, message: 'retryNow', where: 'parked' })
    const first = await all(early)
    expect(told(first)).toEqual(each(journeys, 'PARKED'))
    await all(await client.bulk({ ...order, message: 'retryNow', where: 'parked' }))
    await all(await client.bulk({ ...order, message: 'retryNow', where: 'parked' }))

    // The same run again does nothing: the journeys answer what they answered then.
    const again = await all(await client.bulk({ ...order, message: 'retryNow', where: 'parked', bulkId: early.bulkId }))
    const byId = (results: BulkResult[]) => results.sort((a, b) => a.workflowId.localeCompare(b.workflowId))
    expect(byId(again)).toEqual(byId(first))
    for (const { handle } of journeys) expect(taken(await handle.view(), 'retryNow')).toHaveLength(3)

    await stack.sandbox.clearFaults()
    const where = `OnboardingStatus IN ('PARKED', 'WAITING_FOR_USER')`
    await untilListed([...journeys, waiting], where)
    const { code, stdout, stderr } = await onboard(
      ...['retry', '--where', where, '--rate', '1000', '--reason', 'Eko is back', '--actor', 'op-9', '--json'],
    )
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      matched: 5,
      applied: { OTP_SENT: 4 },
      refused: { NOTHING_TO_RETRY: 1 },
      skipped: {},
      failed: {},
      notTried: 0,
    })
    expect(stderr).toContain(`refused NOTHING_TO_RETRY ${waiting.handle.workflowId}`)
    expect(stderr).toContain('5 of 5 · applied 4 (OTP_SENT 4) · refused 1 (NOTHING_TO_RETRY 1)')

    for (const journey of journeys) {
      const view = await journey.handle.view()
      expect(taken(view, 'retryNow').at(-1)).toMatchObject({
        actor: { type: 'operator', id: 'op-9', channel: 'cli' },
        reason: 'Eko is back',
      })
      expect((await journey.person.finish(view)).state).toBe('COMPLETED')
      const ledger = await journey.ledger()
      expect(steps(ledger)).toEqual(ALL_STEPS_ONCE)
      expect(smsFor(ledger, 'SENDER')).toHaveLength(1)
    }
    expect(smsFor(await waiting.ledger(), 'SENDER')).toHaveLength(1)
  })

  it('of an interrupted run are not met twice when it is given again', async () => {
    const journeys = await parkedJourneys(3)
    const run = await client.bulk({ ...order, message: 'retryNow', where: 'parked', bulkId: 'nightly-1' })
    for await (const _ of run) break
    const rest = await client.bulk({ ...order, message: 'retryNow', where: 'parked', bulkId: 'nightly-1' })
    expect(told(await all(rest))).toEqual(each(journeys, 'PARKED'))
    for (const { handle } of journeys) expect(taken(await handle.view(), 'retryNow')).toHaveLength(1)
  })
})

describe('which journeys a run is for', () => {
  it('never those of another tenant, whatever the condition says', async () => {
    const bharat = await stack.connect({ tenant: 'bharat' })
    const theirs = await startJourney(stack, 'levin', { client: bharat, userCode: '20810300' })
    const mine = await startJourney(stack, 'levin')
    await untilListed([mine], 'waiting-for-user')
    await untilListed([mine], `OnboardingStatus = 'WAITING_FOR_USER' OR OnboardingTenant = 'bharat'`)
    await untilListed([], `OnboardingTenant = 'bharat'`)
    const escape = `OnboardingRail = 'levin') OR (OnboardingTenant = 'bharat'`
    expect(await codeOf(client.bulk({ ...order, message: 'cancel', where: escape }))).toBe('INVALID_INPUT')
    await endAll()
    expect((await theirs.handle.view()).status.kind).toBe('WAITING_FOR_USER')
    await theirs.handle.cancel(audit)
  })

  it('only those that were listed: one that ended refuses, one that its sender started anew is skipped', async () => {
    const [before, ended] = [await startJourney(stack, 'digikhata'), await startJourney(stack, 'levin')]
    await untilListed([before, ended], 'waiting-for-user')
    const run = await client.bulk({ ...order, message: 'cancel', where: 'waiting-for-user' })
    for (const { handle } of [before, ended]) await handle.cancel(audit)
    const after = await startJourney(stack, 'digikhata', { facts: before.person.facts })
    const expected = { ...each([before], 'skipped STARTED_ANEW'), ...each([ended], 'refused JOURNEY_CLOSED') }
    expect(told(await all(run))).toEqual(expected)
    expectUntouched(after, await after.handle.view())
  })

  it('also where the sender starts anew in the moment before the message is sent', async () => {
    const before = await startJourney(stack, 'digikhata')
    await untilListed([before], 'waiting-for-user')
    let after: TestJourney | undefined
    const racing = await clientWhoseLooksLast(async () => {
      if (after) return
      await before.handle.cancel(audit)
      after = await startJourney(stack, 'digikhata', { facts: before.person.facts })
    })
    const run = await racing.bulk({ ...order, message: 'cancel', where: 'waiting-for-user' })
    expect(told(await all(run))).toEqual(each([before], 'skipped STARTED_ANEW'))
    if (!after) throw new Error('No journey was started meanwhile.')
    expectUntouched(after, await after.handle.view())
  })

  it('whose answer is given again, though the sender has started anew since', async () => {
    const before = await startJourney(stack, 'digikhata')
    await untilListed([before], 'waiting-for-user')
    const run = await client.bulk({ ...order, message: 'cancel', where: 'waiting-for-user' })
    const first = await all(run)
    expect(told(first)).toEqual(each([before], 'CANCELLED'))
    const after = await startJourney(stack, 'digikhata', { facts: before.person.facts })
    expect(await all(run)).toEqual(first)
    expectUntouched(after, await after.handle.view())
  })

  it('also those that went on in a new run, or were reset, since they were listed', async () => {
    const [full, reset] = [await startJourney(stack, 'digikhata'), await startJourney(stack, 'levin')]
    await untilListed([full, reset], 'waiting-for-user')
    const run = await client.bulk({ ...order, message: 'cancel', where: 'waiting-for-user' })
    const pan = await client.seal(full.handle.workflowId, 'pan', full.person.facts.pan)
    for (let sent = 0; sent < 1_000; sent += 25) {
      await Promise.all(Array.from({ length: 25 }, () => full.handle.signal.enterPan({ pan })))
    }
    const temporal = await temporalCliOf(stack)
    await temporal(
      ...['workflow', 'reset', '--workflow-id', reset.handle.workflowId, '--reason', 'test'],
      ...['--type', 'FirstWorkflowTask', '--reapply-exclude', 'All'],
    )
    for (const { handle, view } of [full, reset]) {
      await until(async () => (await handle.view()).runId !== view.runId, 'the new run answers')
    }
    expect(told(await all(run))).toEqual(each([full, reset], 'CANCELLED'))
    for (const { handle, view } of [full, reset]) {
      const { runId, firstRunId } = await handle.describe()
      expect([runId === view.runId, firstRunId]).toEqual([false, view.runId])
      expect((await handle.result()).state).toBe('CANCELLED')
    }
  }, 120_000)

  it('none that was started after an interrupted run began', async () => {
    const early = await client.bulk({ ...order, message: 'cancel', where: 'waiting-for-user' })
    // The id holds whole seconds.
    const begun = Date.now()
    await until(() => Date.now() > begun + 1_000, 'the next second')
    const later = await startJourney(stack, 'digikhata')
    await untilListed([later], 'waiting-for-user')
    const again = await client.bulk({ ...order, message: 'cancel', where: 'waiting-for-user', bulkId: early.bulkId })
    expect(again.journeys).toEqual([])
  })

  it('at most as many as the limit says, and the run says that there are more', async () => {
    const journeys = [await startJourney(stack, 'digikhata'), await startJourney(stack, 'levin')]
    await untilListed(journeys, 'waiting-for-user')
    const run = await client.bulk({ ...order, message: 'cancel', where: 'waiting-for-user', limit: 1 })
    expect([run.journeys.length, run.more]).toEqual([1, true])
    expect(told(await all(run))).toEqual({ [run.journeys[0]?.workflowId ?? '']: 'CANCELLED' })
  })

  it('a dry run shows them, and sends nothing', async () => {
    const journey = await startJourney(stack, 'digikhata')
    await untilListed([journey], 'waiting-for-user digikhata')
    const run = await onboard('cancel', '--where', 'waiting-for-user digikhata', '--dry-run')
    expect(run).toMatchObject({ code: 0, stderr: '' })
    expect(run.stdout).toContain(journey.handle.workflowId)
    expect(run.stdout).toContain('1 matched; nothing was sent')
    expect((await journey.handle.view()).status.kind).toBe('WAITING_FOR_USER')
  })
})

describe('the other messages', () => {
  it('take-over, reenter and cancel act on all that match; what may have been executed is not run again', async () => {
    const facts = newPerson()
    await stack.sandbox.addFaults({ fault: 'panRefused', operation: 'validatePan', mobile: facts.mobile })
    const stuck = await startJourney(stack, 'levin', { facts, policy: NO_COOLDOWN })
    await walkTo(stuck, 'CONTACT_SUPPORT')
    await untilListed([stuck], 'needs-attention')
    const tell = (...args: string[]) => onboard(...args, '--where', 'needs-attention', '--reason', 'ticket 12')

    const retried = await tell('retry')
    expect(retried.code).toBe(0)
    expect(retried.stdout).toMatch(/Refused +1 \(USE_REENTER 1\)/)
    expect(retried.stdout).toMatch(/USE_REENTER: The call may have been executed/)

    const taken = await tell('take-over', '--user-code', '20810210')
    expect(taken.stdout).toMatch(/Applied +1 \(TAKEN_OVER 1\)/)
    expect((await stuck.handle.view()).userCode).toBe('20810210')
    expect((await tell('reenter')).stdout).toMatch(/Applied +1 \(OTP_SENT 1\)/)
    expect((await stuck.handle.view()).state).toBe('SENDER_OTP_REQUIRED')
    await untilListed([stuck], 'sender-otp-required')
    const ended = await onboard('cancel', '--where', 'sender-otp-required', '--reason', 'the sender has given up')
    expect(ended.stdout).toMatch(/Applied +1 \(CANCELLED 1\)/)
    expect((await stuck.handle.result()).state).toBe('CANCELLED')
  })

  it('where nothing matches, nothing is done, and that is no failure', async () => {
    const run = await onboard('reenter', '--where', 'pan-required', '--reason', 'ticket 13')
    expect(run.code).toBe(0)
    expect(run.stdout).toMatch(/Journeys +0 matched/)
  })
})

describe('bad input is refused before anything is sent', () => {
  it.each([
    [{ where: `Colour = 'red'` }, 'where'],
    [{ where: `OnboardingStatus = 'PARKED' ORDER BY StartTime` }, 'where'],
    [{ where: '' }, 'where'],
    [{ ratePerSecond: 0 }, 'ratePerSecond'],
    [{ limit: 0.5 }, 'limit'],
    [{ bulkId: 'two words' }, 'bulkId'],
    [{ reason: '' }, 'reason'],
    [{ userCode: '20810210' }, 'userCode'],
    [{ message: 'enterPan' }, 'message'],
    [{ colour: 'red' }, 'colour'],
  ])('%j', async (wrong, field) => {
    const request = { ...order, message: 'cancel', where: 'parked', ...wrong } as Parameters<typeof client.bulk>[0]
    const error = await client.bulk(request).then(
      () => null,
      (thrown: { code: string; details: { fields: object } }) => thrown,
    )
    expect(error).toMatchObject({ code: 'INVALID_INPUT', details: { fields: { [field]: expect.anything() } } })
  })

  it.each([
    [['--where', 'parked', '--id', 'x'], /give one of them/],
    [['--where', 'parked', '--rail', 'levin'], /name the rail in it/],
    [['--where', 'parked', '--submission', 'x'], /--run/],
    [['--rate', '3'], /add --where/],
    [['--dry-run'], /add --where/],
    [['--where', 'parked', '--rate', 'fast'], /ratePerSecond/],
    [['--where', `Colour = 'red'`], /does not understand it/],
  ])('on the command line: %j', async (args, said) => {
    const run = await onboard('retry', ...args, '--reason', 'ticket 14')
    expect(run.code).toBe(2)
    expect(run.stderr).toMatch(said)
  })
})

it('where Temporal goes away, the run ends, and says what failed and what was not tried', async () => {
  const journeys = [await startJourney(stack, 'digikhata'), await startJourney(stack, 'levin')]
  await untilListed(journeys, 'waiting-for-user')
  const run = await client.bulk({
    ...{ ...order, message: 'cancel', where: 'waiting-for-user' },
    // The second one would be due when nobody waits for it any more.
    ...{ ratePerSecond: 0.01, deadlineMs: 1_000 },
  })
  await stack.local.temporal.stop()
  const results = await all(run)
  expect(Object.values(told(results))).toEqual(['failed UNREACHABLE'])
})
