import proto from '@temporalio/proto'
import { decodedPayloads } from '../support/history.js'
import type { Play } from './play.js'
import { bytesOfAll } from './proto-bytes.js'

const { DescribeWorkflowExecutionResponse } = proto.temporal.api.workflowservice.v1

/** What a run of the whole stack has seen on the way that is not there any more at its end. */
export interface Seen {
  /** Activities under way, as the server describes them: heartbeat details and last failures, raw and decoded. */
  readonly pending: Buffer[]
}

/** Kept by the play itself, so that whoever gathers finds it. */
const seen = new WeakMap<Play, Seen>()

export function seenBy(play: Play): Seen {
  const found = seen.get(play) ?? { pending: [] }
  seen.set(play, found)
  return found
}

/**
 * A worker is killed while Eko has carried a call out and not answered it, a secret in its hands. Before that, the
 * activity is looked at from outside: its heartbeat is what the fence has declared.
 */
export async function watchCrash(play: Play): Promise<void> {
  const { stack } = play
  const [rail, operation, step] =
    stack.mode === 'inline'
      ? (['levin', 'generateAadhaarOtp', 'ENTER_AADHAAR'] as const)
      : (['digikhata', 'verifyAadhaarOtp', 'ENTER_AADHAAR_OTP'] as const)
  const journey = await play.begin(rail)
  const { mobile } = journey.facts
  const action = await play.walkTo(journey, step)
  await stack.sandbox.addFaults({ fault: 'delayAfterCommit', ms: 8_000, operation, mobile })
  const acting = play.tolerate(journey.person.act(action))
  const call = await stack.sandbox.untilOpenCall({ rail, mobile }, operation, {
    ...{ after: 0, over: acting, timeoutMs: 20_000 },
  })
  if (!call) throw new Error('The call that a worker was to be killed in was never under way.')
  await stack.workers.crash(await pidOfCaller(play, journey.handle.workflowId))
  await acting
  await play.bring(journey)
}

async function pidOfCaller(play: Play, workflowId: string): Promise<number> {
  const { client } = play.stack
  const { workflowService, options } = client.temporal
  const description = await workflowService.describeWorkflowExecution({
    ...{ namespace: options.namespace, execution: { workflowId } },
  })
  const { pending } = seenBy(play)
  const activities = description.pendingActivities ?? []
  pending.push(Buffer.from(DescribeWorkflowExecutionResponse.encode(description).finish()))
  pending.push(...bytesOfAll(activities), ...bytesOfAll(await decodedPayloads(client, activities)))
  const identity = activities.map(({ lastWorkerIdentity }) => lastWorkerIdentity ?? '').find((text) => text !== '')
  const pid = Number(/^(\d+)@/.exec(identity ?? '')?.[1])
  if (!pid || !activities.some(({ heartbeatDetails }) => heartbeatDetails?.payloads?.length)) {
    throw new Error(`No activity under way has declared its intent: ${JSON.stringify(identity)}`)
  }
  return pid
}
