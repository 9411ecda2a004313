import { numbered, success, undocumentedUse } from './envelope.js'
import type { Answer } from './envelope.js'
import type { CodeRefusal } from './codes.js'
import type { OtpDispatch, WrongOtpForm } from './dialects.js'
import { twoDecimals } from './money/rupees.js'
import { Rail } from './names.js'
import type { Sender } from './senders.js'
import type { Call } from './world.js'

/** "Validate the OTP": a code was dispatched. `intent_id` is 19 for the sender's and 20 for the Aadhaar code. */
export function otpSent(call: Call, operation: OtpDispatch, otpRefId: string, intentId: number | '' = 19): Answer {
  const data = { intent_id: intentId, kyc_request_id: '', otp_ref_id: otpRefId }
  const message = 'Validate the OTP'
  const status = call.rules.otpSentStatus[operation][call.rail]
  return status === 0 ? success(2129, message, data) : numbered(2129, message, data)
}

/** "Pan Number Required", a success. */
export function panRequired(data: Record<string, unknown> = {}): Answer {
  return success(2147, 'Pan Number Required', { ...data, application_id: '' })
}

/** "Aadhar Validation Pending". */
export function aadhaarPending(data?: Record<string, unknown>): Answer {
  return numbered(2136, 'Aadhar Validation Pending', data)
}

/** The mobile is enrolled and not verified: a code of Eko's table that no page shows in use. */
export function verificationPending(): Answer {
  return undocumentedUse(numbered(327, 'Enrollment done; verification pending'), 'use and body of 327')
}

/** 463 under type 1388: the Levin wallet token is missing, wrong or expired (Eko's Levin Aadhaar page). */
export function walletTokenRefused(): Answer {
  const message = 'Invalid wallet token. Please re-authenticate the sender.'
  return {
    http: 200,
    body: { status: 1, response_status_id: 463, response_type_id: 1388, message, data: {} },
  }
}

export interface ProfileOptions {
  kycState: { profile: number; data: number }
  /** Present on sender OTP verification, absent on PAN validation. */
  wallet?: { wallet_token: string; wallet_id: string }
}

/** 309 with the sender's profile. Amounts come as text and as numbers side by side, as in Eko's samples. */
export function profile(call: Call, sender: Sender, { kycState, wallet }: ProfileOptions): Answer {
  // Levin's verification sample has no `account` and an empty `sender_name`; its PAN sample has both.
  const levinWallet = call.rail === Rail.levin && wallet !== undefined
  const customerProfile = {
    total_monthly_limit: call.rules.limitAsNumber ? 50000 : '50000.0',
    mobile: sender.mobile,
    kyc_id: '',
    ekyc_enabled: 0,
    kyc_validity: '',
    kyc_remark: '',
    kyc_type: '',
    balance: twoDecimals(call.world.money.balance(call.rail, sender.mobile)),
    next_allowed_limit: '50000.0',
    name: sender.name,
    digital_ekyc: 0,
    chart: [{ data_type_id: 10, data: { unavailable: 0, used: 0, remaining: 50000 }, label: '' }],
    email: '',
    kyc_state: kycState.profile,
  }
  const data = {
    customer_profile: customerProfile,
    ...wallet,
    id_proof_type_id: '',
    is_registered: 0,
    id_proof: '',
    otpOptionalSum: '',
    sender_name: levinWallet ? '' : sender.name,
    otpNotRequiredSum: '',
    ekyc_enabled: '',
    otpNotRequiredSumNeft: '',
    next_allowed_limit: 50000,
    ...(levinWallet ? {} : { account: '' }),
    kyc_state: kycState.data,
    otpOptionalSumNeft: '',
  }
  return success(309, 'Success!', data, -1)
}

/**
 * A refused code in one of the five documented forms. Only a code that was right once and is too old now counts as
 * expired; a superseded, used up, foreign or unknown reference is "wrong" (*sandbox policy*: Eko documents no codes
 * for them).
 */
export function codeRefused(form: WrongOtpForm, refusal: CodeRefusal): Answer {
  const expired = refusal === 'EXPIRED'
  const answer = refusedForm(form, expired, refusal === 'CONSUMED' ? 'OTP already Consumed' : '')
  return refusal === 'WRONG_CODE' ? answer : undocumentedUse(answer, `code refused: ${refusal}`)
}

function refusedForm(form: WrongOtpForm, expired: boolean, consumed: string): Answer {
  const detail = expired ? 303 : 302
  const short = expired ? 'OTP expired' : 'Wrong OTP'
  const description = expired ? 'OTP expired' : consumed
  switch (form) {
    case 'status302':
      return numbered(detail, short)
    case 'status2131Id302':
      return { http: 200, body: { status: 2131, response_status_id: detail, response_type_id: 2131, message: short } }
    case 'status2131':
      return numbered(2131, 'Validate OTP Failed', { description })
    case 'status2138':
      return numbered(2138, 'Invalid OTP', description ? { description } : undefined)
    case 'type1388Id302': {
      const message = expired ? 'OTP expired. Please request a new one.' : 'Wrong OTP. Please check and retry.'
      return { http: 200, body: { status: 1, response_status_id: detail, response_type_id: 1388, message, data: {} } }
    }
  }
}
