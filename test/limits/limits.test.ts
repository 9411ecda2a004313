import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Dispatch, Reserved } from '../../activities/limits/index.js'
import type { ManagedProcess } from '../../stack/processes.js'
import { until } from '../support/journeys.js'
import { LimitStack, newDispatch } from './support.js'

/** Limits as workflows on a real server, asked by activities of workers that are processes of their own. */

let stack: LimitStack
let worker: ManagedProcess
beforeAll(async () => {
  stack = await LimitStack.start()
  worker = await stack.startWorker()
}, 600_000)
afterAll(() => stack?.stop())

const GRANTED = { granted: true }
const DAY_MS = 86_400_000
/** A new dispatch to the same person. */
const again = (dispatch: Dispatch): Dispatch => ({ ...dispatch, id: randomUUID() })
const granted = (answers: readonly Reserved[]): number => answers.filter((answer) => answer.granted).length
const isRunning = async (workflowId: string): Promise<boolean> =>
  (await stack.client.workflow.getHandle(workflowId).describe()).status.name === 'RUNNING'

describe('codes to one mobile', () => {
  it('are granted exactly as often as the quota says, however many activities ask at once', async () => {
    const dispatch = newDispatch()
    const answers = await Promise.all(Array.from({ length: 20 }, () => stack.reserveDispatch(again(dispatch))))
    expect(granted(answers)).toBe(3)
    const firstAt = Date.now() - 60_000
    for (const answer of answers) {
      if (answer.granted) continue
      expect(answer.code).toBe('MOBILE_LIMIT_REACHED')
      expect(answer.retryAt).toBeGreaterThan(firstAt + 600_000)
      expect(answer.retryAt).toBeLessThanOrEqual(Date.now() + 600_000)
    }
    expect(await stack.held(stack.ids.mobile(dispatch.mobile))).toEqual({ SENDER: 3, AADHAAR: 0, JOURNEYS: 0 })
  })

  it('are counted once for one activity, however often it asks, and at once', async () => {
    const dispatch = newDispatch({ quota: { perWindow: 1, windowSeconds: 600, perDay: 1 } })
    const answers = await Promise.all(Array.from({ length: 5 }, () => stack.reserveDispatch(dispatch)))
    expect(answers).toEqual(Array.from({ length: 5 }, () => GRANTED))
    const refused = await stack.reserveDispatch(again(dispatch))
    expect(refused).toMatchObject({ granted: false, code: 'MOBILE_LIMIT_REACHED' })
    // The day is the longer wait.
    if (!refused.granted) expect(refused.retryAt).toBeGreaterThan(Date.now() + DAY_MS - 60_000)
  })

  it('make room again when they were never sent, for the same activity too', async () => {
    const dispatch = newDispatch({ quota: { perWindow: 1, windowSeconds: 600, perDay: 1 } })
    await stack.reserveDispatch(dispatch)
    await stack.releaseDispatch(dispatch)
    await stack.releaseDispatch(dispatch)
    expect(await stack.reserveDispatch(dispatch)).toEqual(GRANTED)
    expect((await stack.reserveDispatch(again(dispatch))).granted).toBe(false)
  })

  it('keep the place of a later attempt, when an earlier one’s release comes late', async () => {
    const dispatch = newDispatch()
    const later = { ...dispatch, turn: dispatch.turn + 1 }
    await stack.reserveDispatch(dispatch)
    await stack.reserveDispatch(later)
    await stack.releaseDispatch(dispatch)
    expect(await stack.held(stack.ids.mobile(dispatch.mobile))).toMatchObject({ SENDER: 1 })
    await stack.releaseDispatch(later)
    expect(await stack.held(stack.ids.mobile(dispatch.mobile))).toMatchObject({ SENDER: 0 })
  })

  it('do not count on another mobile that is counted in the same place', async () => {
    const dispatch = newDispatch({ quota: { perWindow: 1, windowSeconds: 600, perDay: 1 } })
    const limit = stack.ids.mobile(dispatch.mobile)
    let other = newDispatch()
    while (stack.ids.mobile(other.mobile).workflowId !== limit.workflowId) other = newDispatch()
    expect(await stack.reserveDispatch(dispatch)).toEqual(GRANTED)
    expect(await stack.reserveDispatch({ ...other, quota: dispatch.quota })).toEqual(GRANTED)
    expect(await stack.held(limit)).toMatchObject({ SENDER: 1 })
    expect(await stack.held(stack.ids.mobile(other.mobile))).toMatchObject({ SENDER: 1 })
  })

  it('that were never counted are released without a trace', async () => {
    for (;;) {
      const dispatch = newDispatch()
      const { workflowId } = stack.ids.mobile(dispatch.mobile)
      // Other numbers may be counted there.
      if (await isRunning(workflowId).catch(() => false)) continue
      await stack.releaseDispatch(dispatch)
      await expect(isRunning(workflowId)).rejects.toThrow(/not found/)
      return
    }
  })

  it('are refused with the moment of the next one, and granted then', async () => {
    const dispatch = newDispatch({ quota: { perWindow: 1, windowSeconds: 2, perDay: 6 } })
    expect(await stack.reserveDispatch(dispatch)).toEqual(GRANTED)
    const next = again(dispatch)
    const refused = await stack.reserveDispatch(next)
    if (refused.granted) throw new Error('the window was over before the second question')
    await until(() => Promise.resolve(Date.now() >= refused.retryAt), 'the moment that was said')
    expect(await stack.reserveDispatch(next)).toEqual(GRANTED)
  })
})

describe('codes for one Aadhaar number', () => {
  const aadhaar = '234567890124'

  it('are counted over all mobiles, and what is refused there does not count on the mobile', async () => {
    const dispatch = newDispatch({ purpose: 'AADHAAR', aadhaar })
    for (let sent = 0; sent < 3; sent += 1) {
      expect(await stack.reserveDispatch(newDispatch({ purpose: 'AADHAAR', aadhaar }))).toEqual(GRANTED)
    }
    expect(await stack.reserveDispatch(dispatch)).toMatchObject({ granted: false, code: 'AADHAAR_LIMIT_REACHED' })
    expect(await stack.held(stack.ids.mobile(dispatch.mobile))).toEqual({ SENDER: 0, AADHAAR: 0, JOURNEYS: 0 })
    const other = { ...dispatch, aadhaar: '345678901232' }
    expect(await stack.reserveDispatch(other)).toEqual(GRANTED)
    expect(await stack.held(stack.ids.mobile(dispatch.mobile))).toEqual({ SENDER: 0, AADHAAR: 1, JOURNEYS: 0 })
    await stack.releaseDispatch(other)
    expect(await stack.held(stack.ids.mobile(dispatch.mobile))).toEqual({ SENDER: 0, AADHAAR: 0, JOURNEYS: 0 })
    expect(await stack.held(stack.ids.aadhaar(other.aadhaar))).toEqual({ SENDER: 0, AADHAAR: 0, JOURNEYS: 0 })
  })

  it('are limited on the mobile as well, apart from its sender OTPs', async () => {
    const dispatch = newDispatch({ purpose: 'AADHAAR', aadhaar: '456789012341' })
    const quota = { perWindow: 1, windowSeconds: 600, perDay: 6 }
    expect(await stack.reserveDispatch({ ...dispatch, quota })).toEqual(GRANTED)
    const next = { ...again(dispatch), quota, aadhaar: '567890123450' }
    expect(await stack.reserveDispatch(next)).toMatchObject({ granted: false, code: 'MOBILE_LIMIT_REACHED' })
    const { mobile } = dispatch
    expect(await stack.reserveDispatch(newDispatch({ mobile, quota }))).toEqual(GRANTED)
  })

  it('leave the number nowhere in Temporal, neither in ids nor in histories', async () => {
    const secret = '678901234569'
    const dispatch = newDispatch({ purpose: 'AADHAAR', aadhaar: secret })
    await stack.reserveDispatch(dispatch)
    const limits = [stack.ids.mobile(dispatch.mobile), stack.ids.aadhaar(secret)]
    for (const { workflowId: id, subject } of limits) {
      const handle = stack.client.workflow.getHandle(id)
      const { events } = await handle.fetchHistory()
      const plain = { historyText: JSON.stringify(events), payloads: [] as string[] }
      JSON.stringify(events, (key, value: unknown) => {
        if (key === 'data') plain.payloads.push(Buffer.from(String(value), 'base64').toString('utf8'))
        return value
      })
      const text = JSON.stringify([id, plain])
      expect(text).toContain(subject)
      expect(id).not.toContain(subject)
      expect(text).not.toMatch(new RegExp(`${secret}|${dispatch.mobile}`))
    }
  })
})

describe('journeys of one user_code', () => {
  const tenant = { name: 'acme', limits: { journeysPerUserCode: { count: 2, seconds: 600 } } }

  it('are as many as the tenant allows, each counted once', async () => {
    const ask = (id: string, userCode = '31110001') => stack.reserveJourney({ id, tenant, userCode })
    const runs = [randomUUID(), randomUUID(), randomUUID()] as const
    for (const run of [runs[0], runs[0], runs[1], runs[1]]) expect(await ask(run)).toEqual(GRANTED)
    expect(await ask(runs[2])).toEqual({ granted: false, retryAt: expect.any(Number) })
    expect(await ask(runs[2], '31110002')).toEqual(GRANTED)
    expect(await stack.held(stack.ids.userCode('acme', '31110001'))).toMatchObject({ JOURNEYS: 2 })
  })
})

describe('a limit', () => {
  it('ends by itself when nothing is held any more, and starts again with the next question', async () => {
    // The day of a dispatch is too long for a test, so this one is a journey's.
    const tenant = { name: 'brief', limits: { journeysPerUserCode: { count: 1, seconds: 1 } } }
    const { workflowId: id } = stack.ids.userCode('brief', '1')
    expect(await stack.reserveJourney({ id: 'first', tenant, userCode: '1' })).toEqual(GRANTED)
    await until(async () => !(await isRunning(id)), 'the limit ends')
    expect((await stack.client.workflow.getHandle(id).describe()).status.name).toBe('COMPLETED')
    expect(await stack.reserveJourney({ id: 'second', tenant, userCode: '1' })).toEqual(GRANTED)
  })

  it('loses no question that meets its end', async () => {
    const seconds = 2
    const tenant = { name: 'brief', limits: { journeysPerUserCode: { count: 5_000, seconds } } }
    /** Asks a limit just when its last place frees, sooner or later by `offsetMs`; answers the runs that it took. */
    const meet = async (offsetMs: number, index: number): Promise<number> => {
      const userCode = `ends${index}`
      const { workflowId: id } = stack.ids.userCode('brief', userCode)
      const runs = new Set<string>()
      const ask = async (question: string): Promise<void> => {
        expect(await stack.reserveJourney({ id: question, tenant, userCode })).toEqual(GRANTED)
        runs.add((await stack.client.workflow.getHandle(id).describe()).runId)
      }
      await ask('first')
      const due = await stack.lastPlaceFreesAt(id)
      await until(() => Promise.resolve(Date.now() >= due + offsetMs), 'the last place is about to be free')
      await Promise.all(['a', 'b', 'c'].map(ask))
      return runs.size
    }
    const offsets = [-60, -40, -20, 0, 20, 40]
    const runs = await Promise.all(offsets.map(meet))
    // Otherwise no question met an end.
    expect(runs.some((count) => count > 1)).toBe(true)
  })

  it('holds its places when its worker is killed', async () => {
    const dispatch = newDispatch()
    const answers = [await stack.reserveDispatch(dispatch), await stack.reserveDispatch(again(dispatch))]
    expect(granted(answers)).toBe(2)
    worker.kill('SIGKILL')
    await worker.exited
    const waiting = Promise.all(Array.from({ length: 4 }, () => stack.reserveDispatch(again(dispatch))))
    worker = await stack.startWorker()
    expect(granted(await waiting)).toBe(1)
    expect(await stack.reserveDispatch(dispatch)).toEqual(GRANTED)
  })

  it('holds its places when the server is killed', async () => {
    const dispatch = newDispatch()
    expect(await stack.reserveDispatch(dispatch)).toEqual(GRANTED)
    expect(await stack.reserveDispatch(again(dispatch))).toEqual(GRANTED)
    await stack.restartServer()
    const answers = await Promise.all(Array.from({ length: 4 }, () => stack.reserveDispatch(again(dispatch))))
    expect(granted(answers)).toBe(1)
    expect(await stack.reserveDispatch(dispatch)).toEqual(GRANTED)
  })
})
