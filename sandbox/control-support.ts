import { z } from 'zod'
import { Rail } from './names.js'
import type { World } from './world.js'

/** A mobile in a control path. */
export const mobileSchema = z.string().regex(/^\d{10}$/, 'a mobile has 10 digits')
/** A rail in a control path. */
export const railSchema = z.enum(Rail)
/** An amount of paise in a control body. */
export const paise = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)

/** `PUT /policy`: what it may change. */
export const policySchema = z
  .strictObject({
    codeLifetimeMs: z.number(),
    codeAttempts: z.number().int().positive(),
    mobileVerifiedMs: z.number(),
    walletTokenLifetimeMs: z.number(),
    leadingZeroShare: z.number().min(0).max(1),
    padIntegerCodes: z.boolean(),
    aadhaarCheck: z.enum(['format', 'verhoeff']),
    bodyLimitBytes: z.number().int().positive(),
    transferFeePaise: paise,
    loadFeePaise: paise,
    maxBalancePaise: paise,
    levinOpeningBalancePaise: paise,
    monthlyLimitPaise: paise,
    recipientsPerDay: z.number().int().min(0),
    recipientCoolingMs: z.number().int().min(0),
    settlementMs: z.number().int().min(0),
    duplicateClientRef: z.enum(['refused', 'debits']),
    transferCheckedAt: z.enum(['initiate', 'otp']),
    levinMoneyToken: z.enum(['ifPresented', 'required']),
  })
  .partial()
/** A control request that cannot be served; told as HTTP status and text. */
export class ControlError extends Error {
  readonly http: number

  constructor(http: number, message: string) {
    super(message)
    this.http = http
  }
}

/** What a control request asks. */
export interface Asked {
  world: World
  query: URLSearchParams
  body: unknown
  /** Parts of the path after the first. */
  rest: string[]
}

/** What is served. */
export type Served = { json: unknown } | { html: string } | { wave: Buffer }
/** Serves one method of one page. */
export type Handler = (asked: Asked) => Served

/** A body of the wanted form. @throws ControlError (400) with what is wrong */
export function parsed<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body)
  if (!result.success) throw new ControlError(400, z.prettifyError(result.error))
  return result.data
}

/** The sender that a path names. @throws ControlError (404, 400) */
export function addressed(world: World, rest: string[]): ReturnType<World['senders']['get']> {
  const [rail, mobile, ...more] = rest
  if (more.length > 0 || rail === undefined || mobile === undefined) {
    throw new ControlError(404, 'A sender is addressed as /<digikhata|levin>/<mobile>, e.g. /senders/levin/6000000001.')
  }
  return world.senders.get(parsed(railSchema, rail), parsed(mobileSchema, mobile))
}
