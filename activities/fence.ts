import { activityInfo, getClient } from '@temporalio/activity'

/**
 * The intent fence makes a call that must not be repeated at most once, although Temporal runs activities at least once.
 *
 * 1. Before the first byte, the attempt records its intent at the server and waits for the acknowledgement. The server
 *    refuses a stale attempt's, so an attempt that was frozen and replaced meanwhile sends nothing.
 * 2. Without acknowledgement nothing is sent.
 * 3. An attempt that finds an intent sends nothing: an earlier one may have reached Eko.
 * 4. An attempt that knows that Eko executed nothing clears its intent before it asks for a retry.
 */
export interface IntentFence {
  /** Whether an earlier attempt declared its intent and did not take it back. */
  readonly declaredBefore: boolean
  /** Declares the intent; rejects where the server does not acknowledge it. */
  declare(): Promise<void>
  /** Takes it back. */
  clear(): Promise<void>
}

interface Intent {
  /** The attempt that is about to send; null once it is known that it did not reach Eko. */
  readonly intent: number | null
}

/** The fence of the activity that is running. */
export function intentFence(): IntentFence {
  const info = activityInfo()
  const { taskToken, attempt } = info
  const before = info.heartbeatDetails as Intent | null | undefined
  const heartbeat = (details: Intent): Promise<void> => getClient().activity.heartbeat(taskToken, details)
  return {
    // Details that cannot be read are taken as an intent: the safe side.
    declaredBefore: before !== undefined && before?.intent !== null,
    declare: () => heartbeat({ intent: attempt }),
    clear: () => heartbeat({ intent: null }),
  }
}
