import { type Check, type FieldErrors, oneOf, shapeOfAnyBuild, text } from './shape.js'
import {
  LIMIT_BUCKETS,
  type LimitRule,
  MAX_COUNT,
  MAX_PLACES,
  MAX_WINDOW_SECONDS,
  type Reservation,
} from './limit-ledger.js'

/**
 * What is said to a limit. Ids of places are opaque: they stand in history as they are sent. While builds change, a
 * worker may ask a limit that runs on another one.
 */

export type { Release, Reserve, ReserveAnswer } from './limit-ledger.js'

/** One for each user_code, and so many for mobiles and for Aadhaar numbers, under ids that say which. */
export const LIMIT_WORKFLOW_TYPE = 'onboardingLimit'
/** Update `(Reserve) -> ReserveAnswer`. */
export const RESERVE_UPDATE = 'reserve'
/** Update `(Release)`. */
export const RELEASE_UPDATE = 'release'
/** Query `(subject?) -> places held, by bucket`. */
export const RESERVATIONS_QUERY = 'reservations'

const MAX_ID = 64
const MAX_RULES = 4

function between(least: number, most: number): Check {
  return (value) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most
      ? null
      : `must be a whole number from ${least} to ${most}`
}

const id = text(MAX_ID, /^[\w:./-]+$/)
const moment = between(0, Number.MAX_SAFE_INTEGER)
const turn = moment
const rule = shapeOfAnyBuild({
  count: { check: between(1, MAX_COUNT) },
  seconds: { check: between(1, MAX_WINDOW_SECONDS) },
} satisfies Record<keyof LimitRule, unknown>)

const rules: Check = (value) =>
  Array.isArray(value) && value.length >= 1 && value.length <= MAX_RULES && value.every((one) => isFine(rule(one)))
    ? null
    : `must be 1 to ${MAX_RULES} rules, each with a count from 1 to ${MAX_COUNT} and seconds from 1 to ${MAX_WINDOW_SECONDS}`

const subject = text(MAX_ID, /^[\w-]+$/)
const place = {
  id: { check: id },
  turn: { check: turn, optional: true },
  bucket: { check: oneOf(...LIMIT_BUCKETS) },
  subject: { check: subject, optional: true },
}

/** What is wrong with the argument of `reserve`, by field. */
export const reserveErrors = shapeOfAnyBuild({ ...place, rules: { check: rules } })
/** What is wrong with the argument of `release`, by field. */
export const releaseErrors = shapeOfAnyBuild(place)

const bucket = shapeOfAnyBuild({
  keepMs: { check: between(1_000, MAX_WINDOW_SECONDS * 1_000) },
  reservations: {
    check: (value) =>
      Array.isArray(value) && value.length <= MAX_COUNT && value.every(isReservation) ? null : 'must be pairs',
  },
})

/** What is wrong with a ledger that a run is started with. */
export const ledgerErrors = shapeOfAnyBuild({
  clock: { check: moment },
  buckets: {
    check: (value) =>
      typeof value === 'object' &&
      value !== null &&
      Object.keys(value).length <= MAX_PLACES &&
      Object.entries(value).every(([name, one]) => isBucketName(name) && isFine(bucket(one)))
        ? null
        : 'must be buckets',
  },
})

function isBucketName(name: string): boolean {
  const [kind, whose, ...rest] = name.split(' ')
  return oneOf(...LIMIT_BUCKETS)(kind) === null && (whose === undefined || subject(whose) === null) && rest.length === 0
}

function isReservation(value: unknown): value is Reservation {
  if (!Array.isArray(value) || value.length < 2 || value.length > 3) return false
  const [holder, at, inTurn = 0] = value as readonly unknown[]
  return id(holder) === null && moment(at) === null && turn(inTurn) === null
}

function isFine(errors: FieldErrors): boolean {
  return Object.keys(errors).length === 0
}
