import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { OnboardingClient, View } from '../../client/index.js'
import type { ManagedProcess } from '../../stack/processes.js'
import { findTemporalCli, startTemporalServer, type TemporalServer } from '../../stack/temporal-server.js'
import { type Wanted, driveToEnd, expectNothingUnwanted } from '../support/audited-journey.js'
import { activityFailures, historyOf } from '../support/history.js'
import { action, calls, RAILS, smsFor, startJourney, type TestJourney, until } from '../support/journeys.js'
import { startTestStack, type TestStack } from '../support/test-stack.js'

/** The Temporal server dies by SIGKILL and comes back with its database file, on the same port. */

let stack: TestStack
let server: TemporalServer
beforeAll(async () => {
  stack = await startTestStack({ persistent: true })
  server = stack.local.temporal
})
afterAll(async () => {
  await stack?.stop()
  await server?.stop()
})

async function killServer(): Promise<void> {
  server.kill('SIGKILL')
  await server.exited
}

async function restartServer(): Promise<void> {
  const { path } = await findTemporalCli(() => undefined)
  const dbFile = join(stack.folder, 'temporal.db')
  server = await startTemporalServer({ cliPath: path, port: server.port, dbFile, headless: true })
}

/** How many views a journey of a new sender shows that ask for something. */
const STEPS_TO_THE_END = 6

describe('a Temporal server that is killed and comes back', () => {
  it('finds every journey where it was, whatever it waited for, and each goes on to its end', async () => {
    // One more journey on each rail at each of the steps.
    const journeys: { rail: (typeof RAILS)[number]; journey: TestJourney; wanted: Wanted; before: View }[] = []
    for (const rail of RAILS) {
      for (let done = 0; done < STEPS_TO_THE_END; done += 1) {
        const journey = await startJourney(stack, rail, { ...(done === 0 && { unknownDetails: true }) })
        const wanted: Wanted = {}
        for (let step = 1; step < done; step += 1) {
          const { nextAction } = await journey.handle.view()
          wanted[nextAction.do] = (wanted[nextAction.do] ?? 0) + 1
          await journey.person.act(nextAction)
        }
        journeys.push({ rail, journey, wanted, before: await journey.handle.view() })
      }
    }
    const asked = journeys.map(({ before }) => before.nextAction.do)
    expect(new Set(asked)).toEqual(
      new Set([
        ...(['ENTER_SENDER_DETAILS', 'ENTER_SENDER_OTP', 'REQUEST_CONSENT'] as const),
        ...(['ENTER_AADHAAR', 'ENTER_AADHAAR_OTP', 'ENTER_PAN'] as const),
      ]),
    )
    await killServer()
    await restartServer()
    for (const { rail, journey, wanted, before } of journeys) {
      const after = await journey.handle.view()
      expect(after).toEqual(before)
      const end = await driveToEnd(journey, wanted)
      expect(end.state).toBe('COMPLETED')
      await expectNothingUnwanted(stack, rail, journey.person.facts, wanted)
    }
  }, 120_000)

  it.each(RAILS)(
    'learns the answer of a call that was in flight, and nothing is called again (%s)',
    async (rail) => {
      const journey = await startJourney(stack, rail)
      const { mobile } = journey
      await stack.sandbox.addFaults({ fault: 'delayAfterCommit', ms: 1_000, operation: 'verifySenderOtp', mobile })
      const wanted: Wanted = {}
      const driving = driveToEnd(journey, wanted)
      await until(async () => calls(await journey.ledger(), 'verifySenderOtp').length === 1, 'the code is at Eko')
      await killServer()
      await until(
        async () => calls(await journey.ledger(), 'verifySenderOtp')[0]?.answered === true,
        'Eko has answered',
      )
      await restartServer()
      expect((await driving).state).toBe('COMPLETED')
      await expectNothingUnwanted(stack, rail, journey.person.facts, wanted)
      expect(wanted.RESEND_SENDER ?? 0).toBe(0)
    },
    120_000,
  )

  it('still knows the intent of a call whose worker died with it', async () => {
    const taskQueue = 'dies-with-the-server'
    const env = { ONBOARDING_TASK_QUEUE: taskQueue }
    const client: OnboardingClient = await stack.connect({ taskQueue, deadlineMs: 60_000 })
    const first: ManagedProcess = await stack.local.startWorker('dying-worker', env)
    const journey = await startJourney(stack, 'digikhata', { client })
    const { mobile } = journey
    await stack.sandbox.addFaults({ fault: 'delayAfterCommit', ms: 60_000, operation: 'generateSenderOtp', mobile })
    await journey.handle.signal.resendOtp({ submissionId: 'again' })
    await until(async () => smsFor(await journey.ledger(), 'SENDER').length === 2, 'the second SMS was sent')
    await killServer()
    first.kill('SIGKILL')
    await first.exited
    await restartServer()
    await stack.local.startWorker('next-worker', env)

    const view = await journey.handle.waitForNextAction('REQUEST_NEW_CODE')
    expect(action(view, 'REQUEST_NEW_CODE').reason).toBe('DISPATCH_UNCERTAIN')
    expect(activityFailures(await historyOf(client, journey.handle.workflowId))).toEqual(['UnknownOutcome'])
    const wanted: Wanted = { RESEND_SENDER: 1 }
    expect((await driveToEnd(journey, wanted)).state).toBe('COMPLETED')
    await expectNothingUnwanted(stack, 'digikhata', journey.person.facts, wanted)
  }, 120_000)
})
