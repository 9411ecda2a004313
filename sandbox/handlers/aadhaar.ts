import { otpSent, panRequired, verificationPending } from '../answers.js'
import { customerUnknown, gateway, numbered, success, undocumentedUse } from '../envelope.js'
import type { Answer } from '../envelope.js'
import { KycStep, Purpose, Rail, Stage } from '../names.js'
import { aadhaarScenario, OTHER_MOBILE } from '../scenarios.js'
import type { Sender } from '../senders.js'
import { isStrictAadhaar } from '../verhoeff.js'
import { param, sendCode } from '../world.js'
import type { Call } from '../world.js'
import { redeem } from './redeem.js'
import { rotateToken, walletRefusal } from './wallet.js'

/** Generate Aadhaar OTP: an SMS to the phone that Aadhaar is linked to. */
export function generateAadhaarOtp(call: Call): Answer {
  const sender = call.world.senders.get(call.rail, call.mobile)
  const refused = notReady(call, sender)
  if (refused) return refused
  const aadhaar = param(call, 'aadhar')
  const scenario = aadhaarScenario(aadhaar)
  if (scenario === 'unavailable') return gateway(503, 'Service Unavailable')
  if (scenario === 'refused' || call.fault?.fault === 'aadhaarRefused' || !accepted(call, aadhaar)) {
    return numbered(2138, 'Adhar Validation Failed')
  }
  const to = scenario === 'otherMobile' ? OTHER_MOBILE : call.mobile
  const options = { to, subject: aadhaar.slice(-4), bornExpired: scenario === 'codeExpired' }
  if (call.rail === Rail.levin && call.rules.levinAadhaar === 'type1388') {
    const otpRefId = sendCode(call, Purpose.AADHAAR, 'digits', options)
    const data = { otp_ref_id: otpRefId, mobile_hint: `******${to.slice(-4)}` }
    return success(1388, 'Aadhaar OTP sent successfully', data)
  }
  const otpRefId = sendCode(call, Purpose.AADHAAR, 'opaque96', options)
  return otpSent(call, 'generateAadhaarOtp', otpRefId, call.rail === Rail.levin ? '' : 20)
}

function notReady(call: Call, sender: Sender): Answer | undefined {
  if (sender.stage === Stage.NOT_ENROLLED) return customerUnknown(call.rules.invalidParams)
  const walletClosed = walletRefusal(call, sender)
  if (walletClosed) return walletClosed
  if (sender.stage === Stage.ACTIVE) {
    return undocumentedUse(numbered(585, 'Customer already KYC approved'), 'body of 585')
  }
  if (sender.stage === Stage.PAN_PENDING) return undocumentedUse(panRequired(), '2147 where Aadhaar is done already')
  const verifiedFor = call.world.clock.trueNow() - (sender.mobileVerifiedAt ?? 0)
  return verifiedFor > call.world.policy.mobileVerifiedMs ? verificationPending() : undefined
}

function accepted(call: Call, aadhaar: string): boolean {
  return call.world.policy.aadhaarCheck === 'format' || isStrictAadhaar(aadhaar)
}

/** Verify Aadhaar OTP: Aadhaar is done, PAN is next. */
export function verifyAadhaarOtp(call: Call): Answer {
  const sender = call.world.senders.get(call.rail, call.mobile)
  if (sender.stage === Stage.NOT_ENROLLED) return customerUnknown(call.rules.invalidParams)
  const walletClosed = walletRefusal(call, sender)
  if (walletClosed) return walletClosed
  const redeemed = redeem(call, 'AADHAAR')
  if (!redeemed.ok) return redeemed.answer
  if (sender.stage === Stage.AADHAAR_PENDING) {
    const { world, rail, mobile } = call
    sender.stage = Stage.PAN_PENDING
    sender.aadhaarVerifiedAt = world.clock.trueNow()
    sender.aadhaarLast4 = redeemed.issued.subject
    world.ledger.stepDone({ at: world.clock.stamp(), rail, mobile, step: KycStep.AADHAAR_VERIFIED })
  }
  return call.rail === Rail.levin ? levinAnswer(call, sender) : panRequired()
}

function levinAnswer(call: Call, sender: Sender): Answer {
  if (call.rules.levinAadhaar === 'type1388') {
    const [year, month, day] = sender.dob.split('-')
    return success(1388, 'Aadhaar OTP verified successfully', {
      verified: true,
      name: sender.name,
      gender: 'F',
      dob: `${day}-${month}-${year}`,
      masked_aadhaar: `XXXX-XXXX-${sender.aadhaarLast4}`,
    })
  }
  const rotates = call.rules.levinTokenAfterAadhaar === 'rotated'
  return panRequired(rotates ? rotateToken(call, sender) : { wallet_token: '', wallet_id: '' })
}
