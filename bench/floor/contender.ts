import { setTimeout as sleep } from 'node:timers/promises'
import { type Client, WithStartWorkflowOperation } from '@temporalio/client'
import { LOCAL_USER_CODE } from '../../stack/local-tenants.js'
import type { Step, TemporalContender } from '../contender.js'
import { requireRight } from '../direct.js'
import { FLOOR_QUEUE } from './queue.js'
import type { floorOnboarding } from './workflow.js'

export function floorContender({ workflow }: Client): TemporalContender {
  return {
    name: 'floor',
    workflowId: ({ mobile }) => `floor-${mobile}`,
    begin(person) {
      const workflowId = this.workflowId(person)
      const handle = workflow.getHandle(workflowId)
      const update = (name: string, ...args: [] | [string]): Promise<string> =>
        args.length === 0
          ? handle.executeUpdate<string, []>(name)
          : handle.executeUpdate<string, [string]>(name, { args })
      const steps: Readonly<Record<Step, (code: string) => Promise<string>>> = {
        open: () =>
          workflow.executeUpdateWithStart<typeof floorOnboarding, string, []>('open', {
            startWorkflowOperation: new WithStartWorkflowOperation<typeof floorOnboarding>('floorOnboarding', {
              workflowId,
              taskQueue: FLOOR_QUEUE,
              workflowIdConflictPolicy: 'USE_EXISTING',
              args: [{ userCode: LOCAL_USER_CODE, mobile: person.mobile }],
            }),
          }),
        senderOtp: (otp) => update('enterSenderOtp', otp),
        consent: () => update('requestConsent'),
        aadhaar: () => update('enterAadhaar', person.aadhaar),
        aadhaarOtp: (otp) => update('enterAadhaarOtp', otp),
        pan: () => update('enterPan', person.pan),
      }
      return {
        async take(step, code) {
          requireRight(step, await steps[step](code))
        },
      }
    },
    async signalOtp(person, code) {
      const handle = workflow.getHandle(this.workflowId(person))
      const since = performance.now()
      await handle.signal('sendSenderOtp', code)
      while ((await handle.query<number>('count')) < 2) await sleep(2)
      return performance.now() - since
    },
  }
}
