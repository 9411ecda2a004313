import type { LimitRule } from '../../workflows/limit-ledger.js'
import type { Release, Reserve, ReserveAnswer } from '../../workflows/limit-messages.js'
import { type Asked, askForPlace, giveBack } from './ask.js'
import { type Counted, limitIds, placeId } from './keys.js'
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
  mobile: 'Limit: codes to each mobile',
  aadhaar: 'Limit: codes for each Aadhaar number',
  userCode: 'Limit: journeys of one user_code',
} as const

/**
 * The limits as workflows: one for each user_code, and a fixed number that mobiles and Aadhaar numbers are shared out to. To
 * be asked inside of an activity: the activity's Temporal client is used. Where a limit gives no answer in time, its methods throw an ApplicationFailure
 * `LIMIT_UNREACHABLE` that Temporal may retry.
 */
export function createLimits({ idKey, taskQueue, deadlineMs = 3_000 }: LimitsOptions): Limits {
  const ids = limitIds(idKey, taskQueue)
  const time = { taskQueue, deadlineMs }
  const ofMobile = ({ mobile }: Dispatch): Limit => ({ ...ids.mobile(mobile), summary: SUMMARY.mobile })
  /** Only a code for an Aadhaar number counts there. */
  const ofAadhaar = ({ purpose, aadhaar }: Dispatch): Limit | null =>
    purpose === 'AADHAAR' && aadhaar !== undefined ? { ...ids.aadhaar(aadhaar), summary: SUMMARY.aadhaar } : null
  return {
    async reserveDispatch(dispatch, withinMs = Infinity) {
      const [mobile, aadhaar] = [ofMobile(dispatch), ofAadhaar(dispatch)]
      if (dispatch.purpose === 'AADHAAR' && !aadhaar) {
        throw new Error('An Aadhaar OTP cannot be counted without its Aadhaar number.')
      }
      const asked = { ...time, end: Date.now() + withinMs }
      const place = placeOf(dispatch)
      const rules = rulesOf(dispatch)
      const onMobile = await reserve({ ...mobile, ...asked }, { ...place, rules })
      if (!onMobile.granted) return { ...onMobile, code: 'MOBILE_LIMIT_REACHED' }
      if (!aadhaar) return onMobile
      const onAadhaar = await reserve({ ...aadhaar, ...asked }, { ...place, rules })
      if (onAadhaar.granted) return onAadhaar
      await release({ ...mobile, ...time }, place)
      return { ...onAadhaar, code: 'AADHAAR_LIMIT_REACHED' }
    },
    async releaseDispatch(dispatch) {
      const place = placeOf(dispatch)
      const limits = [ofMobile(dispatch), ofAadhaar(dispatch)].filter((limit) => limit !== null)
      await Promise.all(limits.map((limit) => release({ ...limit, ...time }, place)))
    },
    reserveJourney({ id, tenant, userCode }) {
      const limit = { ...ids.userCode(tenant.name, userCode), summary: SUMMARY.userCode }
      const rules = [tenant.limits.journeysPerUserCode]
      return reserve({ ...limit, ...time }, { id: placeId(id), bucket: 'JOURNEYS', rules })
    },
  }
}

type Limit = Counted & Pick<Asked, 'summary'>

function reserve({ subject, ...asked }: Counted & Asked, place: Reserve): Promise<ReserveAnswer> {
  return askForPlace(asked, { ...place, ...(subject !== undefined && { subject }) })
}

function release({ subject, ...asked }: Counted & Asked, place: Release): Promise<void> {
  return giveBack(asked, { ...place, ...(subject !== undefined && { subject }) })
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
