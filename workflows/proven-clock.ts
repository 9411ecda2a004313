/**
 * A workflow's clock, which knows what fired timers prove.
 *
 * Temporal's time is that of the last workflow task. A query that waits for a worker is answered from the history as it is
 * when a worker comes, with events that no task has brought yet; the SDK hands these to the workflow with the time of the
 * task before. So a timer can fire "before" its moment. Whoever then looks at the time alone sets it anew, and the next
 * worker, which replays with the true time, decides otherwise and can never go on.
 */
export class ProvenClock {
  private provenMs = 0

  /** In ms since the epoch: never before a moment whose timer has fired. */
  now(): number {
    return Math.max(Date.now(), this.provenMs)
  }

  /** The timer that was set for this moment has fired. */
  reached(at: number): void {
    this.provenMs = Math.max(this.provenMs, at)
  }
}
