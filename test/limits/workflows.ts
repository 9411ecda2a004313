import { scheduleActivity } from '@temporalio/workflow'

/** The product's workflows, and one that does nothing but ask the limits by an activity. */
export * from '../../workflows/index.js'

/** Runs one activity with Temporal's retries, as a journey does. */
export function asking(method: string, request: unknown): Promise<unknown> {
  return scheduleActivity(method, [request], {
    startToCloseTimeout: '10 s',
    retry: { initialInterval: '100 ms', maximumInterval: '500 ms' },
  })
}
