import { z } from 'zod'
import { OperationName } from './names.js'
import type { Rail } from './names.js'
import { TRANSFER_PATH_NAMES } from './money/paths.js'

const positive = z.number().int().positive()
const delayMs = z.number().int().min(0).max(600_000)

const target = {
  /** Only calls of this operation; every operation when absent (see {@link FAULT_HOMES} for the exceptions). */
  operation: z.enum(OperationName).optional(),
  rail: z.enum(['digikhata', 'levin']).optional(),
  mobile: z.string().optional(),
  /** How many calls it meets. Default 1. */
  times: positive.optional(),
  /** How many matching calls pass before the first one is met. Default 0. */
  skip: z.number().int().min(0).optional(),
}
const executed = z.boolean().optional()

/**
 * What can be made to go wrong. Only calls with a right signature meet a fault, one fault a call, first match first.
 * `executed` says whether the operation is carried out although its answer is spoiled (default false).
 */
export const faultSchema = z.discriminatedUnion('fault', [
  /** Waits, then executes and answers, whether or not the client is still there. */
  z.strictObject({ ...target, fault: z.literal('delay'), ms: delayMs }),
  /** The connection is destroyed and nothing was done. */
  z.strictObject({ ...target, fault: z.literal('dropBeforeCommit') }),
  /** Everything is done, then the connection is destroyed without an answer. */
  z.strictObject({ ...target, fault: z.literal('dropAfterCommit') }),
  /** Everything is done at once, the answer comes late. */
  z.strictObject({ ...target, fault: z.literal('delayAfterCommit'), ms: delayMs }),
  /** A JSON body under HTTP 500, 502 or 503. Default 503. */
  z.strictObject({
    ...target,
    fault: z.literal('status5xx'),
    http: z.union([z.literal(500), z.literal(502), z.literal(503)]).optional(),
    executed,
  }),
  /** A proxy's HTML page under HTTP 502 (default) or 200. */
  z.strictObject({
    ...target,
    fault: z.literal('htmlBody'),
    http: z.union([z.literal(200), z.literal(502)]).optional(),
    executed,
  }),
  /** HTTP 204 without a body. */
  z.strictObject({ ...target, fault: z.literal('empty204'), executed }),
  /** HTTP 401 with one of 2483 to 2487. Default 2484. */
  z.strictObject({ ...target, fault: z.literal('auth401'), status: z.number().int().min(2483).max(2487).optional() }),
  /** The same under HTTP 403. */
  z.strictObject({ ...target, fault: z.literal('auth403'), status: z.number().int().min(2483).max(2487).optional() }),
  /** 2485 under the dialect's HTTP status. */
  z.strictObject({ ...target, fault: z.literal('expired2485') }),
  /** HTTP 429, with `Retry-After` where seconds are given. Eko documents no rate limit. */
  z.strictObject({ ...target, fault: z.literal('tooMany429'), retryAfterSeconds: z.number().int().min(0).optional() }),
  /** Executed; the answer looks like a success of a type that nobody documents. Default type 9999. */
  z.strictObject({ ...target, fault: z.literal('unknownTypeId'), responseTypeId: z.number().int().optional() }),
  /** `response_status_id` -2, not executed. */
  z.strictObject({ ...target, fault: z.literal('busy') }),
  /** 2138 "Adhar Validation Failed": no Aadhaar OTP is sent. */
  z.strictObject({ ...target, fault: z.literal('aadhaarRefused') }),
  /** A refused PAN: `status` (default 1237), or a refusal of the field `pan_number` when `field` is true. */
  z.strictObject({
    ...target,
    fault: z.literal('panRefused'),
    status: z.number().int().optional(),
    field: z.boolean().optional(),
  }),
  /** Levin: the 463 body on use, and the sender's token is dead; on verifySenderOtp a token that is already dead. */
  z.strictObject({ ...target, fault: z.literal('walletTokenExpired') }),
  /** Levin: sender OTP verification answers without a token, and an empty one is not accepted either. */
  z.strictObject({ ...target, fault: z.literal('walletTokenMissing') }),
  /** Executed; the answer has no `data`. */
  z.strictObject({ ...target, fault: z.literal('missingData') }),
  /** 319, not executed. */
  z.strictObject({ ...target, fault: z.literal('initiatorUnknown') }),
  /** 346 (default) or 1297, not executed. */
  z.strictObject({
    ...target,
    fault: z.literal('agentNotAllowed'),
    status: z.union([z.literal(346), z.literal(1297)]).optional(),
  }),
  /**
   * UIDAI is away: the Aadhaar operations answer HTTP 503 and nothing is executed. With `ms` every call meets it until
   * so long after the fault was set; without, `times` counts. Eko documents no answer for it: *sandbox policy*.
   */
  z.strictObject({ ...target, fault: z.literal('uidaiDown'), ms: delayMs.optional() }),
  /** Executed twice, two ledger entries; the client gets the `first` (default) or the `second` answer. */
  z.strictObject({ ...target, fault: z.literal('duplicateDelivery'), answer: z.enum(['first', 'second']).optional() }),
  /**
   * Initiate Transaction: accepted with its code, no answer (or HTTP 5xx where `http` is given), and debited only after so
   * many inquiries for it said "not found" (default 1), or `ms` later on the bank's clock, or both.
   */
  z.strictObject({
    ...target,
    fault: z.literal('lateCommit'),
    ms: delayMs.optional(),
    afterInquiries: z.number().int().min(0).optional(),
    http: z.union([z.literal(500), z.literal(502), z.literal(503)]).optional(),
  }),
  /** Transaction Inquiry answers 168 "TID does not exist", whatever there is. */
  z.strictObject({ ...target, fault: z.literal('inquiryNotFound') }),
  /** Initiate Transaction goes this way, whatever the recipient's account says. */
  z.strictObject({ ...target, fault: z.literal('transferPath'), path: z.enum(TRANSFER_PATH_NAMES) }),
  /** Executed; half of the body is written, then the connection is destroyed. */
  z.strictObject({ ...target, fault: z.literal('truncatedBody') }),
  /** Executed; the second half of the body comes late. */
  z.strictObject({ ...target, fault: z.literal('slowBody'), ms: delayMs }),
])

/** One fault as `PUT /faults` and `POST /faults` take it. */
export type FaultSpec = z.infer<typeof faultSchema>
export type FaultName = FaultSpec['fault']
export const faultListSchema = z.strictObject({ faults: z.array(faultSchema).max(1_000) })

/** `GET /faults`: a fault with what is left of it. */
export type ActiveFault = FaultSpec & { remaining: number; met: number }

/** Faults that mean something on some operations only; elsewhere they are not met. */
const FAULT_HOMES: Partial<Record<FaultName, readonly OperationName[]>> = {
  aadhaarRefused: [OperationName.generateAadhaarOtp],
  panRefused: [OperationName.validatePan],
  walletTokenMissing: [OperationName.verifySenderOtp],
  lateCommit: [OperationName.initiateTransaction],
  inquiryNotFound: [OperationName.transactionInquiry],
  transferPath: [OperationName.initiateTransaction],
  uidaiDown: [OperationName.generateAadhaarOtp, OperationName.verifyAadhaarOtp],
}
/** Where `walletTokenExpired` is met unless its `operation` says verifySenderOtp. */
const TOKEN_USES: readonly OperationName[] = [
  OperationName.generateAadhaarOtp,
  OperationName.verifyAadhaarOtp,
  OperationName.validatePan,
]

export interface FaultCall {
  operation: OperationName
  /** null: nothing says whose call it is; faults for one rail or mobile do not meet it then. */
  rail: Rail | null
  mobile: string | null
}

/** A list of faults that are used up as calls meet them. */
export class FaultList {
  #faults: { spec: FaultSpec; seen: number; met: number; setAt: number }[] = []
  #replaced = new AbortController()

  /** Aborted when the list is replaced: what still waits because of a fault of it then goes on at once. */
  get replaced(): AbortSignal {
    return this.#replaced.signal
  }

  replace(specs: readonly FaultSpec[]): void {
    this.#replaced.abort()
    this.#replaced = new AbortController()
    this.#faults = []
    this.add(specs)
  }

  add(specs: readonly FaultSpec[]): void {
    this.#faults.push(...specs.map((spec) => ({ spec, seen: 0, met: 0, setAt: Date.now() })))
  }

  /** The fault that this call meets, used up by one. */
  take(call: FaultCall): FaultSpec | undefined {
    for (const fault of this.#faults) {
      if (!aimsAt(fault.spec, call) || isOver(fault)) continue
      fault.seen += 1
      if (fault.seen <= (fault.spec.skip ?? 0)) continue
      fault.met += 1
      return fault.spec
    }
    return undefined
  }

  /** All faults, used up ones included. */
  list(): ActiveFault[] {
    return this.#faults.map(({ spec, met }) => ({ ...spec, met, remaining: timesOf(spec) - met }))
  }
}

/** A fault that lasts for a while has no count of its own. */
function timesOf(spec: FaultSpec): number {
  return spec.times ?? (lastsMs(spec) === undefined ? 1 : Number.MAX_SAFE_INTEGER)
}

function lastsMs(spec: FaultSpec): number | undefined {
  return spec.fault === 'uidaiDown' ? spec.ms : undefined
}

function isOver({ spec, met, setAt }: { spec: FaultSpec; met: number; setAt: number }): boolean {
  return met >= timesOf(spec) || Date.now() > setAt + (lastsMs(spec) ?? Infinity)
}

function aimsAt(spec: FaultSpec, call: FaultCall): boolean {
  if (spec.operation !== undefined && spec.operation !== call.operation) return false
  if (spec.rail !== undefined && spec.rail !== call.rail) return false
  if (spec.mobile !== undefined && spec.mobile !== call.mobile) return false
  if (spec.fault === 'walletTokenExpired' || spec.fault === 'walletTokenMissing') {
    if (call.rail !== 'levin') return false
  }
  if (spec.fault === 'walletTokenExpired' && spec.operation === undefined) return TOKEN_USES.includes(call.operation)
  return FAULT_HOMES[spec.fault]?.includes(call.operation) ?? true
}
