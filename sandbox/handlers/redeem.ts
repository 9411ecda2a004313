import { codeRefused } from '../answers.js'
import type { Answer } from '../envelope.js'
import type { IssuedCode, RedeemOptions } from '../codes.js'
import type { Purpose } from '../names.js'
import { param } from '../world.js'
import type { Call } from '../world.js'

export type Redeemed = { ok: true; issued: IssuedCode } | { ok: false; answer: Answer }

/**
 * Tries the `otp` and `otp_ref_id` of a call and writes the result into the ledger. Either may come as string or
 * integer; an integer has lost its leading zeros, and gets them back only where the policy says so.
 */
export function redeem(call: Call, purpose: Purpose, options: RedeemOptions = {}): Redeemed {
  const { world, rail, mobile } = call
  const otpRefId = param(call, 'otp_ref_id')
  const pads = typeof call.params['otp'] === 'number' && world.policy.padIntegerCodes
  const code = pads ? param(call, 'otp').padStart(6, '0') : param(call, 'otp')
  const owner = { rail, mobile, purpose }
  const result = world.codes.redeem(owner, otpRefId, code, world.clock.trueNow(), options)
  const entry = { at: world.clock.stamp(), ...owner, otpRefId }
  if (result.ok) {
    world.ledger.codeConsumed(entry)
    return result
  }
  world.ledger.codeRefused({ ...entry, refusal: result.refusal })
  return { ok: false, answer: codeRefused(call.rules.wrongOtp[purpose][rail], result.refusal) }
}
