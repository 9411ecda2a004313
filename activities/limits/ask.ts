import { setTimeout as sleep } from 'node:timers/promises'
import { getClient } from '@temporalio/activity'
import {
  type Client,
  isGrpcServiceError,
  WithStartWorkflowOperation,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
} from '@temporalio/client'
import { ApplicationFailure } from '@temporalio/common'
import type {
  LIMIT_WORKFLOW_TYPE,
  RELEASE_UPDATE,
  Release,
  RESERVE_UPDATE,
  Reserve,
  ReserveAnswer,
} from '../../workflows/limit-messages.js'
import { ENDED_UNDER_AN_UPDATE } from '../ended-under-update.js'
import { inTurn, LineTooLong } from './turns.js'

const LIMIT: typeof LIMIT_WORKFLOW_TYPE = 'onboardingLimit'
const RESERVE: typeof RESERVE_UPDATE = 'reserve'
const RELEASE: typeof RELEASE_UPDATE = 'release'

/** The type of the failure that says that a limit gave no answer; Temporal then runs the activity again. */
export const LIMIT_UNREACHABLE = 'LIMIT_UNREACHABLE'

/** gRPC status codes (grpc.io/docs/guides/status-codes) of a server that asks to be asked again. */
const AGAIN: readonly (number | undefined)[] = [
  ...[8 /* too many at once */, 9 /* dropped, because the run's end was undone */],
  ...[10 /* aborted */, 14 /* unavailable */],
]
const PAUSE_MS = 30

/** A limit, and how long it may take to answer. */
export interface Asked {
  readonly workflowId: string
  /** For Temporal UI. */
  readonly summary: string
  readonly taskQueue: string
  /** How long one question may wait for its turn, and how long it may then take, in ms. */
  readonly deadlineMs: number
  /** When all of it must be over, in ms since the epoch. */
  readonly end?: number
}

/** Asks a limit for a place, and starts the limit where it does not run. @throws ApplicationFailure LIMIT_UNREACHABLE */
export function askForPlace(asked: Asked, place: Reserve): Promise<ReserveAnswer> {
  return persistently(asked, (client) =>
    client.workflow.executeUpdateWithStart<() => Promise<void>, ReserveAnswer, [Reserve]>(RESERVE, {
      args: [place],
      // Used up by a call, so each one needs its own.
      startWorkflowOperation: new WithStartWorkflowOperation<() => Promise<void>>(LIMIT, {
        args: [],
        workflowId: asked.workflowId,
        taskQueue: asked.taskQueue,
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        staticSummary: asked.summary,
      }),
    }),
  )
}

/** Gives a place back. A limit that has ended holds none. @throws ApplicationFailure LIMIT_UNREACHABLE */
export async function giveBack(asked: Asked, place: Release): Promise<void> {
  await persistently(asked, (client) =>
    client.workflow
      .getHandle(asked.workflowId)
      .executeUpdate<void, [Release]>(RELEASE, { args: [place] })
      .catch((error: unknown) => {
        if (!isGone(error)) throw error
      }),
  )
}

/**
 * Asks until the limit has answered or the deadline has passed. A run may end or give way to the next one while it is
 * asked, and takes ten messages at once at most; a message that met that has done nothing and is sent again.
 */
function persistently<T>(
  { workflowId, deadlineMs, end = Infinity }: Asked,
  ask: (client: Client) => Promise<T>,
): Promise<T> {
  const client = getClient()
  const deadline = (): number => Math.min(Date.now() + deadlineMs, end)
  const work = (): Promise<T> => until(deadline(), workflowId, client, ask)
  return inTurn(workflowId, Math.max(0, deadline() - Date.now()), work).catch((error: unknown) => {
    throw error instanceof LineTooLong ? unreachable(workflowId, error) : error
  })
}

async function until<T>(
  deadline: number,
  workflowId: string,
  client: Client,
  ask: (client: Client) => Promise<T>,
): Promise<T> {
  for (;;) {
    try {
      return await client.withDeadline(deadline, () => ask(client))
    } catch (error) {
      const pauseMs = PAUSE_MS * (1 + Math.random())
      if (!mayAskAgain(error) || Date.now() + pauseMs >= deadline) throw unreachable(workflowId, error)
      await sleep(pauseMs)
    }
  }
}

function mayAskAgain(error: unknown): boolean {
  return isGone(error) || AGAIN.includes(grpcCode(error))
}

/** Whether the run was over, or ended under the message. */
function isGone(error: unknown): boolean {
  if (error instanceof WorkflowNotFoundError) return true
  return error instanceof WorkflowUpdateFailedError && failureType(error.cause) === ENDED_UNDER_AN_UPDATE
}

function failureType(failure: unknown): string | null | undefined {
  return failure instanceof ApplicationFailure ? failure.type : undefined
}

/** The status code of the gRPC error in a chain of causes. */
function grpcCode(error: unknown): number | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    if (isGrpcServiceError(at)) return at.code
  }
  return undefined
}

/** Nothing of the error itself goes on but its name and codes. */
function unreachable(workflowId: string, error: unknown): ApplicationFailure {
  const reason =
    error instanceof WorkflowUpdateFailedError
      ? (failureType(error.cause) ?? 'unknown failure')
      : `${error instanceof Error ? error.name : 'unknown error'}, gRPC status ${grpcCode(error) ?? 'none'}`
  return ApplicationFailure.create({
    type: LIMIT_UNREACHABLE,
    message: `The limit ${workflowId} gave no answer (${reason}); nothing was sent. Look whether its run goes on and workers poll its task queue.`,
  })
}
