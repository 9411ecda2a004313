import { WorkflowNotFoundError } from '@temporalio/client'
import { journeyOf, type TestJourney, until } from './journeys.js'
import { newPerson } from './people.js'
import type { TestStack } from './test-stack.js'

/** An agent of tenant `acme` whose limit a test may block: not the one that tests use. */
export const BLOCKED_AGENT = '20810210'

/** Keeps the limit of that agent from answering: it runs on a queue that nobody polls. Answers how to end that. */
export async function blockLimit({ client }: TestStack): Promise<() => Promise<unknown>> {
  const handle = await client.temporal.workflow.start('onboardingLimit', {
    workflowId: `limit:user-code:${client.tenant}:${BLOCKED_AGENT}`,
    workflowIdConflictPolicy: 'TERMINATE_EXISTING',
    taskQueue: 'nobody-polls-this',
    args: [],
  })
  return () => handle.terminate('the test unblocks it')
}

/** A journey of the blocked agent, whose start is not answered yet. */
export function startBlocked(
  stack: TestStack,
): Omit<TestJourney, 'view' | 'joined'> & { readonly started: Promise<unknown> } {
  const facts = newPerson()
  const started = stack.client.start({
    ...{ rail: 'digikhata', mobile: facts.mobile, userCode: BLOCKED_AGENT },
    details: { ...facts.details },
  })
  return { ...journeyOf(stack, 'digikhata', facts), started }
}

/** Waits until the look-up of the journey has failed and is tried again. */
export async function untilLookUpIsRetried(stack: TestStack, { handle }: Pick<TestJourney, 'handle'>): Promise<void> {
  const workflow = stack.client.temporal.workflow.getHandle(handle.workflowId)
  await until(async () => {
    const pending = await workflow.describe().then(
      ({ raw }) => raw.pendingActivities ?? [],
      (error: unknown) => {
        if (error instanceof WorkflowNotFoundError) return [] // not started yet
        throw error
      },
    )
    return pending.some(({ activityType, attempt }) => activityType?.name === 'resolveJourney' && (attempt ?? 1) > 1)
  }, 'the look-up is tried again')
}
