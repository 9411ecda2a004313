import { setTimeout as sleep } from 'node:timers/promises'
import { activityInfo } from '@temporalio/activity'

/** How the time of one attempt is spent: what comes before the call, the call, and what comes after it. */

/** What an attempt needs after its call, in ms: to read the answer, for the books, and to report it. */
const ANSWER_MARGIN_MS = 2_000
/** What it needs to report alone, in ms: the books are left open before an answer is lost. */
const REPORT_MARGIN_MS = 1_000
/** The part of an attempt that belongs to the call, where that is less than the call's own time-out. */
const SHARE_OF_CALL = 0.75

export interface AttemptClock {
  /** What the call may take, in ms. */
  forCallMs(): number
  /**
   * What is left before the call must begin, in ms; 0 or less: too late. An answer that comes after the attempt's end is
   * lost, so a call that has too little time is one that should not be made.
   */
  beforeCallMs(): number
  /** What the work answers, or the other where the attempt must end; the work then goes on by itself. */
  inTime<T>(work: Promise<T>, otherwise: T): Promise<T>
}

/** Begins with the attempt. @param callTimeoutMs what a call is given at most */
export function attemptClock(callTimeoutMs: number): AttemptClock {
  const startedAt = performance.now()
  const wholeMs = activityInfo().startToCloseTimeoutMs
  const leftMs = (): number => wholeMs - (performance.now() - startedAt)
  const forCallMs = (): number => leftMs() - ANSWER_MARGIN_MS
  const neededMs = Math.min(callTimeoutMs, (wholeMs - ANSWER_MARGIN_MS) * SHARE_OF_CALL)
  return {
    forCallMs,
    beforeCallMs: () => forCallMs() - neededMs,
    async inTime(work, otherwise) {
      const stop = new AbortController()
      const end = sleep(Math.max(0, leftMs() - REPORT_MARGIN_MS), otherwise, { signal: stop.signal })
      try {
        return await Promise.race([work, end.catch(() => otherwise)])
      } finally {
        stop.abort()
      }
    },
  }
}
