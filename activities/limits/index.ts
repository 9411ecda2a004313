import type { LimitRule } from '../../workflows/limit-ledger.js'
import type { Release } from '../../workflows/limit-messages.js'
import { type Asked, askForPlace, giveBack } from './ask.js'
import { limitIds, placeId } from './keys.js'
import type { Dispatch, Limits } from './types.js'

export { LIMIT_UNREACHABLE } from './ask.js'
export type * from './types.js'

export interface LimitsOptions {
  /** The deployment's id key: keys the hashes of numbers. */
  readonly idKey: Uint8Array
  /** The queue of the workers that run the limits: the worker's own. */
  readonly taskQueue: string
  /** How long one question may wait for its turn, and how long it may then take, in ms. @default 3000 */
  readonly deadlineMs?: number
}

const DAY_SECONDS = 86_400
const SUMMARY = {
  mobile: 'Limit: codes to one mobile',
  aadhaar: 'Limit: codes for one Aadhaar number',
  userCode: 'Limit: journeys of one user_code',
} as const

/**
 * The limits as workflows, one for each mobile, Aadhaar number and user_code. To be asked inside of an activity: the
 * activity's Temporal client is used. Where a limit gives no answer in time, its methods throw an ApplicationFailure
 * `LIMIT_UNREACHABLE` that Temporal may retry.
 */
export function createLimits({ idKey, taskQueue, deadlineMs = 3_000 }: LimitsOptions): Limits {
  const ids = limitIds(idKey, taskQueue)
  const time = { taskQueue, deadlineMs }
  const ofMobile = ({ mobile }: Dispatch): Pick<Asked, 'workflowId' | 'summary'> => ({
    workflowId: ids.mobile(mobile),
    summary: SUMMARY.mobile,
  })
  /** Only a code for an Aadhaar number counts there. */
  const ofAadhaar = ({ purpose, aadhaar }: Dispatch): Pick<Asked, 'workflowId' | 'summary'> | null => {
    if (purpose !== 'AADHAAR' || aadhaar === undefined) return null
    return { workflowId: ids.aadhaar(aadhaar), summary: SUMMARY.aadhaar }
  }
  return {
    async reserveDispatch(dispatch, withinMs = Infinity) {
      const [mobile, aadhaar] = [ofMobile(dispatch), ofAadhaar(dispatch)]
      if (dispatch.purpose === 'AADHAAR' && !aadhaar) {
        throw new Error('An Aadhaar OTP cannot be counted without its Aadhaar number.')
      }
      const asked = { ...time, end: Date.now() + withinMs }
      const place = placeOf(dispatch)
      const rules = rulesOf(dispatch)
      const onMobile = await askForPlace({ ...mobile, ...asked }, { ...place, rules })
      if (!onMobile.granted) return { ...onMobile, code: 'MOBILE_LIMIT_REACHED' }
      if (!aadhaar) return onMobile
      const onAadhaar = await askForPlace({ ...aadhaar, ...asked }, { ...place, rules })
      if (onAadhaar.granted) return onAadhaar
      await giveBack({ ...mobile, ...time }, place)
      return { ...onAadhaar, code: 'AADHAAR_LIMIT_REACHED' }
    },
    async releaseDispatch(dispatch) {
      const place = placeOf(dispatch)
      const limits = [ofMobile(dispatch), ofAadhaar(dispatch)].filter((limit) => limit !== null)
      await Promise.all(limits.map((limit) => giveBack({ ...limit, ...time }, place)))
    },
    reserveJourney({ id, tenant, userCode }) {
      const limit = { workflowId: ids.userCode(tenant.name, userCode), summary: SUMMARY.userCode }
      const rules = [tenant.limits.journeysPerUserCode]
      return askForPlace({ ...limit, ...time }, { id: placeId(id), bucket: 'JOURNEYS', rules })
    },
  }
}

function placeOf({ id, turn, purpose }: Dispatch): Release {
  return { id: placeId(id), turn, bucket: purpose }
}

function rulesOf({ quota }: Dispatch): LimitRule[] {
  return [
    { count: quota.perWindow, seconds: quota.windowSeconds },
    { count: quota.perDay, seconds: DAY_SECONDS },
  ]
}
