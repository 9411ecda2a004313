import { aadhaarPending, otpSent, panRequired, profile, verificationPending } from '../answers.js'
import { customerUnknown, invalid, numbered, success, undocumentedUse } from '../envelope.js'
import type { Answer } from '../envelope.js'
import { KycStep, Purpose, Rail, Stage } from '../names.js'
import type { Sender } from '../senders.js'
import { param, sendCode } from '../world.js'
import type { Call } from '../world.js'
import { redeem } from './redeem.js'
import { renewWallet } from './wallet.js'

function senderOf(call: Call): Sender {
  return call.world.senders.get(call.rail, call.mobile)
}

function sendSenderCode(call: Call): string {
  return sendCode(call, Purpose.SENDER, call.rules.senderRef[call.rail] === 'tilde' ? 'tilde' : 'opaque88')
}

/** Get Sender: 308 for a stranger; an SMS for everybody else, or the profile where the dialect says so. */
export function getSender(call: Call): Answer {
  const sender = senderOf(call)
  if (sender.stage === Stage.NOT_ENROLLED) {
    return numbered(308, 'Failure!Customer Not Enrolled', { sender_name: '', ekyc_enabled: '' })
  }
  if (sender.stage === Stage.ACTIVE && call.rules.getActiveSender[call.rail] === 'profile') {
    return profile(call, sender, { kycState: call.rules.kycState[call.rail] })
  }
  return otpSent(call, 'getSender', sendSenderCode(call))
}

/** Onboard Sender. */
export function onboardSender(call: Call): Answer {
  const refused = refusedDetails(call)
  if (refused) return refused
  const sender = senderOf(call)
  if (sender.stage !== Stage.NOT_ENROLLED) return onboardedBefore(call, sender)
  sender.stage = Stage.OTP_PENDING
  sender.name = param(call, 'name').trim()
  sender.dob = param(call, 'dob')
  stepDone(call, KycStep.ENROLLED)
  switch (call.rules.onboardNew[call.rail]) {
    case 'otpSent':
      return otpSent(call, 'onboardSender', sendSenderCode(call))
    case 'walletOpened':
      return walletOpened(call)
    case 'noRef':
      return undocumentedUse(otpSent(call, 'onboardSender', ''), '2129 without a reference: no SMS was sent')
  }
}

function onboardedBefore(call: Call, sender: Sender): Answer {
  const form = call.rules.onboardAgain[call.rail]
  if (form === 'otpSent') return otpSent(call, 'onboardSender', sendSenderCode(call))
  if (form === 'walletExists') {
    return undocumentedUse(numbered(17, 'User wallet already exists'), 'body of 17')
  }
  const pending = form === 'verificationPending' && sender.stage === Stage.OTP_PENDING
  return pending ? verificationPending() : walletOpened(call)
}

function walletOpened(call: Call): Answer {
  return success(300, 'Wallet opened successfully.', {
    customer_id_type: 'mobile_number',
    state_desc: 'Non-Kyc',
    state: '2',
    customer_id: call.mobile,
  })
}

/** Refusals of the person's details: 132 and 461 of Eko's tables, as field refusals. */
function refusedDetails(call: Call): Answer | undefined {
  const { invalidParams } = call.rules
  const name = param(call, 'name').trim()
  if (!/^[A-Za-z][A-Za-z .']*$/.test(name)) {
    const text = 'Sender name should only contain letters'
    return undocumentedUse(invalid(132, text, { name: text }, invalidParams), 'body of 132')
  }
  const fields: Record<string, string> = {}
  if (name.length > 50) fields['name'] = 'Name too long'
  const dobRefusal = refusedBirthDate(param(call, 'dob'), call.world.clock.trueNow())
  if (dobRefusal) fields['dob'] = dobRefusal
  return Object.keys(fields).length > 0 ? invalid(461, 'Validation failed', fields, invalidParams) : undefined
}

function refusedBirthDate(dob: string, now: number): string | undefined {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(dob) ? Date.parse(`${dob}T00:00:00Z`) : Number.NaN
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== dob) return 'Must be a date, YYYY-MM-DD'
  const adult = new Date(time)
  adult.setUTCFullYear(adult.getUTCFullYear() + 18)
  return adult.getTime() > now ? 'Must be over 18 years' : undefined
}

/** Generate Sender OTP (DigiKhata only): an SMS for everybody who is enrolled. */
export function generateSenderOtp(call: Call): Answer {
  if (senderOf(call).stage === Stage.NOT_ENROLLED) return customerUnknown(call.rules.invalidParams)
  return otpSent(call, 'generateSenderOtp', sendSenderCode(call))
}

/** Verify Sender OTP: possession of the mobile is proved, and the answer tells which step is next. */
export function verifySenderOtp(call: Call): Answer {
  const sender = senderOf(call)
  if (sender.stage === Stage.NOT_ENROLLED) return customerUnknown(call.rules.invalidParams)
  const redeemed = redeem(call, 'SENDER')
  if (!redeemed.ok) return redeemed.answer
  const knownMobile = sender.mobileVerifiedAt !== null
  sender.mobileVerifiedAt = call.world.clock.trueNow()
  if (sender.stage === Stage.OTP_PENDING) {
    sender.stage = Stage.AADHAAR_PENDING
    stepDone(call, KycStep.MOBILE_VERIFIED)
  }
  return call.rail === Rail.levin ? levinVerified(call, sender) : digikhataVerified(call, sender, knownMobile)
}

const NO_WALLET = { wallet_token: '', wallet_id: '' }

function digikhataVerified(call: Call, sender: Sender, knownMobile: boolean): Answer {
  if (sender.stage === Stage.PAN_PENDING) return panRequired()
  if (sender.stage === Stage.ACTIVE) {
    return profile(call, sender, { kycState: call.rules.kycState.digikhata, wallet: NO_WALLET })
  }
  if (knownMobile && call.rules.aadhaarPendingAgain.digikhata === 'profile') {
    return profile(call, sender, { kycState: { profile: 0, data: 1 }, wallet: NO_WALLET })
  }
  return aadhaarPending({ otp_ref_id: '' })
}

function levinVerified(call: Call, sender: Sender): Answer {
  const active = sender.stage === Stage.ACTIVE
  const wallet = renewWallet(call, sender, active || call.rules.levinTokenWhenPending)
  if (active) return profile(call, sender, { kycState: call.rules.kycState.levin, wallet: wallet ?? NO_WALLET })
  return sender.stage === Stage.PAN_PENDING ? panRequired(wallet) : aadhaarPending(wallet)
}

function stepDone(call: Call, step: KycStep): void {
  const { world, rail, mobile } = call
  world.ledger.stepDone({ at: world.clock.stamp(), rail, mobile, step })
}
