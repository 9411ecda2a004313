import { verificationPending } from '../answers.js'
import { customerUnknown, numbered } from '../envelope.js'
import type { Answer } from '../envelope.js'
import { Purpose, Stage } from '../names.js'
import { sendCode } from '../world.js'
import type { Call } from '../world.js'

/** Send Transaction OTP: "Send OTP" with status 2133 is a success. Only ACTIVE senders (*sandbox policy*). */
export function sendTransactionOtp(call: Call): Answer {
  const sender = call.world.senders.get(call.rail, call.mobile)
  if (sender.stage === Stage.NOT_ENROLLED) return customerUnknown(call.rules.invalidParams)
  if (sender.stage !== Stage.ACTIVE) return verificationPending()
  return numbered(2133, 'Send OTP', { otp_ref_id: sendCode(call, Purpose.TRANSACTION, 'odd74') })
}
