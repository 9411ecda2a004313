/** Months and days begin at midnight in India (*sandbox policy*: Eko names limits a month and a day, not their start). */
const INDIA_AHEAD_MS = 5.5 * 60 * 60_000

/** The month of a time, e.g. `2026-11`. */
export function monthOf(time: number): string {
  return new Date(time + INDIA_AHEAD_MS).toISOString().slice(0, 7)
}

/** The day of a time, e.g. `2026-11-21`. */
export function dayOf(time: number): string {
  return new Date(time + INDIA_AHEAD_MS).toISOString().slice(0, 10)
}
