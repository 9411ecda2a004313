import proto from '@temporalio/proto'
import type { OnboardingClient } from '../../client/index.js'
import { decodedPayloads, historyOf, messageIn } from './history.js'

const { WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND: OVERTAKEN } = proto.temporal.api.enums.v1.WorkflowTaskFailedCause

/**
 * The workflow tasks of a run that a worker could not do, by their messages. Not among them: a task whose run was about
 * to end when a signal came, which the server itself gives out again.
 */
export async function failedTasks(client: OnboardingClient, workflowId: string): Promise<string[]> {
  const failures = (await historyOf(client, workflowId)).flatMap(({ workflowTaskFailedEventAttributes: failed }) =>
    failed && failed.cause !== OVERTAKEN ? [failed.failure] : [],
  )
  // These alone: the history may hold what this client cannot decode, which may be why the task failed.
  return (await decodedPayloads(client, failures)).map(messageIn)
}
