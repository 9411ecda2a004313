import { describe, expect, it } from '@jest/globals'
import { asyncLocalStorage, type Context } from '@temporalio/activity'
import { createLimits, type Dispatch, type Reserved } from '../../activities/limits/index.js'

/** Which limits a dispatch asks, and which it gives back; what they answer has tests on a real server. */

const AADHAAR: Dispatch = {
  ...{ id: 'journey/ref', turn: 1_001, purpose: 'AADHAAR', mobile: '9000000001', aadhaar: '234567890124' },
  quota: { perWindow: 3, windowSeconds: 600, perDay: 6 },
}
const SENDER: Dispatch = {
  id: 'journey/ref',
  turn: 1_001,
  purpose: 'SENDER',
  mobile: '9000000001',
  quota: AADHAAR.quota,
}

/** Asks for the dispatch's places, where limits of these kinds are full. */
async function reserve(
  dispatch: Dispatch,
  full: readonly string[] = [],
): Promise<{ told: string[]; answer: Reserved }> {
  const told: string[] = []
  const kindOf = (workflowId: string): string => workflowId.split(':')[1] ?? ''
  const client = {
    withDeadline: (_deadline: number, ask: () => Promise<unknown>) => ask(),
    workflow: {
      executeUpdateWithStart(_name: string, { startWorkflowOperation }: StartedWith) {
        const kind = kindOf(startWorkflowOperation.options.workflowId)
        told.push(`asked ${kind}`)
        return Promise.resolve(full.includes(kind) ? { granted: false, retryAt: 1_000 } : { granted: true })
      },
      getHandle: (workflowId: string) => ({
        executeUpdate: (name: string) => Promise.resolve(void told.push(`${name} ${kindOf(workflowId)}`)),
      }),
    },
  }
  const limits = createLimits({ idKey: new Uint8Array(32), taskQueue: 'sender-onboarding' })
  const answer = await asyncLocalStorage.run({ client } as unknown as Context, () => limits.reserveDispatch(dispatch))
  return { told, answer }
}

interface StartedWith {
  readonly startWorkflowOperation: { readonly options: { readonly workflowId: string } }
}

describe('a code for an Aadhaar number', () => {
  it('has a place on its mobile and one on the number', async () => {
    expect(await reserve(AADHAAR)).toEqual({ told: ['asked mobile', 'asked aadhaar'], answer: { granted: true } })
  })

  it('that the number has no room for gives its place on the mobile back', async () => {
    expect(await reserve(AADHAAR, ['aadhaar'])).toEqual({
      told: ['asked mobile', 'asked aadhaar', 'release mobile'],
      answer: { granted: false, code: 'AADHAAR_LIMIT_REACHED', retryAt: 1_000 },
    })
  })

  it('that the mobile has no room for does not ask the number', async () => {
    expect(await reserve(AADHAAR, ['mobile'])).toEqual({
      told: ['asked mobile'],
      answer: { granted: false, code: 'MOBILE_LIMIT_REACHED', retryAt: 1_000 },
    })
  })
})

describe('a code for the sender', () => {
  it('has a place on its mobile alone', async () => {
    expect(await reserve(SENDER)).toEqual({ told: ['asked mobile'], answer: { granted: true } })
  })
})
