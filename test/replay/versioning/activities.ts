import { activityInfo } from '@temporalio/activity'

/** What the example calls: made-up steps in the style of a journey. */
export interface RoundActivities {
  reservePlace(): Promise<void>
  sendCode(): Promise<void>
  verifyCode(code: string): Promise<string>
}

/** Activities that note, by workflow id, what was called. */
export function notingActivities(calls: Map<string, string[]>): RoundActivities {
  const note = (call: string): void => {
    const { workflowExecution } = activityInfo()
    const id = workflowExecution?.workflowId ?? ''
    calls.set(id, [...(calls.get(id) ?? []), call])
  }
  return {
    reservePlace: () => Promise.resolve(note('reservePlace')),
    sendCode: () => Promise.resolve(note('sendCode')),
    verifyCode: (code) => {
      note('verifyCode')
      return Promise.resolve(`verified ${code.length} digits`)
    },
  }
}
