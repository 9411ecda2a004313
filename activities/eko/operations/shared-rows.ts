import { refused, type Row, went } from './table.js'

/** 2129 with a reference: a code is on its way. `status` is 0 on some pages and 2129 on others, so both are taken. */
export function codeSent(next: string): Row {
  return went('Validate the OTP', { type: 2129, status: [0, 2129], data: { otp_ref_id: 'filled' } }, 'OTP_SENT', next)
}

/** 2129 without a reference: no code that could be verified. Only where a page's flow then asks for one. */
export function codeNotSentYet(next: string): Row {
  return went(
    'Validate the OTP, without otp_ref_id',
    { type: 2129, status: [0, 2129], data: { otp_ref_id: 'absent' } },
    'OTP_REF_MISSING',
    next,
  )
}

/** 309 with a profile. `customer_profile.kyc_state` decides nothing: samples contradict themselves in it. */
export const PROFILE = { type: 309, status: 0, data: { customer_profile: 'object' } } as const

/**
 * The forms in which Eko refuses a code: 302 or 303 in `status` or in `response_status_id`, 2131 with or without a
 * description, 2138, and Levin's 1388 with 302. The code has expired if 303 or a text says so. 2131 is also how Eko
 * says that the customer is registered, in its own spelling: that is about no code, so it costs no try.
 */
export const CODE_REFUSALS: readonly Row[] = [
  refused(
    'Customer Already registred',
    { code: 2131, text: /\bal+r[ea]+dy[\s-]*regist/i },
    'REFUSED',
    'needs attention; no try is spent',
  ),
  refused('OTP expired', { code: 303 }, 'CODE_EXPIRED', 'ask for a new code'),
  refused('OTP expired, in words', { code: [302, 2131, 2138], text: /expired/i }, 'CODE_EXPIRED', 'ask for a new code'),
  refused('Wrong OTP', { code: [302, 2131, 2138] }, 'WRONG_CODE', 'ask for the code again'),
]

/** Levin: the sender's session is missing, wrong or over. 463 alone would be an unknown customer. */
export const WALLET_REFUSALS: readonly Row[] = [
  refused(
    'Invalid or expired wallet token',
    { type: 1388, code: 463 },
    'WALLET_TOKEN_REFUSED',
    'verify the sender again by OTP',
  ),
  refused(
    'Invalid or expired wallet token, in words',
    { code: 463, text: /wallet[\s_-]*token/i },
    'WALLET_TOKEN_REFUSED',
    'verify the sender again by OTP',
  ),
  refused(
    'Wallet token or id refused as a field',
    { failed: true, type: -1, refuses: ['wallet_token', 'wallet_id'] },
    'WALLET_TOKEN_REFUSED',
    'verify the sender again by OTP',
  ),
]

/**
 * Authentication refused, which Eko documents with HTTP 401 and, on older pages, 403: nothing was executed. That the same
 * ids under HTTP 200 mean the same is our reading.
 */
const AUTHENTICATION: readonly Row[] = [
  {
    title: 'Expired security headers, or a timestamp used before',
    match: { http: [200, 401, 403], code: 2485 },
    class: 'REJECTED_BEFORE_EXECUTION',
    answer: 'CONFIGURATION',
    next: 'sign afresh; then park until the clock is right',
    resign: true,
  },
  {
    title: 'Developer key, signature or security headers refused',
    match: { http: 200, code: [2483, 2484, 2486, 2487] },
    class: 'REJECTED_BEFORE_EXECUTION',
    answer: 'CONFIGURATION',
    next: 'park until the credentials are right',
  },
]

/**
 * Texts of the gateway in front of Eko's API, on Eko's page of error codes: a wrong path or version, a service that is
 * not active for the agent, a missing parameter, a key of another environment. Their ids are not documented.
 */
const GATEWAY_TEXTS =
  /^(?:no mapping rule matched|agent not allowed\b.*|customer not allowed(?: to (?:do )?this transaction)?|no key for response|kindly use your production key)[\s.!]*$/i

const gatewayRefused: Row = {
  title: 'Refused by the gateway, in words',
  match: { http: [200, 400], unsuccessful: true, text: GATEWAY_TEXTS },
  class: 'REJECTED_BEFORE_EXECUTION',
  answer: 'CONFIGURATION',
  next: "park until the tenant's settings and services are right",
}

/** Parameters whose values are the tenant's settings, not the sender's input. */
const SETTINGS = ['initiator_id', 'user_code', 'org_id', 'service_code'] as const

/** Codes of Eko's table of failures that need no more than to be told. */
const OTHER_FAILURES: readonly number[] = [
  17, 31, 36, 39, 41, 44, 45, 46, 48, 53, 55, 102, 122, 131, 136, 140, 145, 168, 313, 314, 317, 327, 342, 344, 347, 350,
  460, 508, 521, 536, 537, 544, 585, 945, 2134, 2135, 2148,
]
const UNKNOWN_CUSTOMER: readonly number[] = [463, 308]

/**
 * Failures that mean the same on every operation. They come after an operation's own rows.
 *
 * @param except codes that the operation's own successes have: half such a success is neither that nor a failure
 */
export function common(...except: readonly number[]): readonly Row[] {
  const left = (codes: readonly number[]): readonly number[] => codes.filter((code) => !except.includes(code))
  return [
    ...AUTHENTICATION,
    refused(
      'Invalid Sender/Initiator',
      { code: 319 },
      'CONFIGURATION',
      "park until the tenant's initiator_id is right",
    ),
    refused(
      'Agent not allowed, or not onboarded',
      { code: [346, 1297] },
      'CONFIGURATION',
      "park until the agent's service is active",
    ),
    gatewayRefused,
    {
      title: 'Another transaction in progress for the user',
      match: { statusId: -2 },
      class: 'BUSY',
      answer: 'BUSY',
      next: 'run again later',
    },
    refused(
      'A setting of the tenant refused as a field',
      { failed: true, type: -1, refuses: SETTINGS },
      'CONFIGURATION',
      "park until the tenant's settings are right",
    ),
    refused('Customer does not exist', { code: left(UNKNOWN_CUSTOMER) }, 'SENDER_UNKNOWN', 'look the sender up again'),
    refused('ID proof number already exists', { code: 1237 }, 'IDENTITY_ALREADY_USED', 'needs attention'),
    refused('Field missing or refused', { code: [97, 132, 461] }, 'FIELDS_REFUSED', 'ask for the fields again'),
    refused(
      'Field refused, under another code',
      { failed: true, type: -1, refuses: 'any' },
      'FIELDS_REFUSED',
      'ask for the fields again',
    ),
    refused("Another failure of Eko's table", { code: left(OTHER_FAILURES) }, 'REFUSED', 'needs attention'),
  ]
}
