import type { InvalidParamsKey } from './envelope.js'
import { Dialect, Rail } from './names.js'
import type { Purpose } from './names.js'

/**
 * Eko's documents contradict each other. A dialect is one consistent choice among the documented forms; together the
 * three dialects show every form, so that a client that completes a journey in each copes with all of them.
 */
export interface DialectRules {
  authHttp: 401 | 403
  invalidParams: InvalidParamsKey
  initiatorUnknown: 'field' | 'bare'
  /** Get Sender of an ACTIVE sender: dispatch a code, or show the profile without one (Eko's own web client). */
  getActiveSender: Record<Rail, 'otpSent' | 'profile'>
  /** Onboarding of an unknown number. `walletOpened` and `noRef` send no SMS: a code must be asked for. */
  onboardNew: Record<Rail, 'otpSent' | 'walletOpened' | 'noRef'>
  /** Onboarding of a number that has a wallet. Only `otpSent` sends an SMS. */
  onboardAgain: Record<Rail, 'otpSent' | 'walletOpened' | 'walletExists' | 'verificationPending'>
  /** `status` of "Validate the OTP": 0 (with response_status_id 0) or 2129 (with 1). */
  otpSentStatus: Record<OtpDispatch, Record<Rail, 0 | 2129>>
  wrongOtp: Record<Purpose, Record<Rail, WrongOtpForm>>
  /** A known mobile whose Aadhaar is pending: 2136, or 309 whose `data.kyc_state` is not 0. */
  aadhaarPendingAgain: Record<Rail, 'pending' | 'profile'>
  /** `customer_profile.kyc_state` and `data.kyc_state` of a finished sender, after a verified sender OTP. */
  kycState: Record<Rail, { profile: number; data: number }>
  /** Monthly limit as text or as a number. */
  limitAsNumber: boolean
  /** Whether a Levin sender who is not ACTIVE gets a token at sender OTP verification; else an empty one is accepted. */
  levinTokenWhenPending: boolean
  levinWalletId: 'empty' | 'value'
  /** The Levin Aadhaar pair: type 1388 with a numeric ref, or 2129 and 2147. */
  levinAadhaar: 'type1388' | 'type2129'
  /** What Levin's 2147 says about the token: an empty one (the held one stays) or a new one (the held one dies). */
  levinTokenAfterAadhaar: 'empty' | 'rotated'
  levinPanDone: 'profile' | 'registered'
  panWhenActive: 'alreadyApproved' | 'profile'
  /** Shape of sender refs: opaque text, or the form that has the mobile inside. */
  senderRef: Record<Rail, 'opaque' | 'tilde'>
  /** No recipients: type 22 without `data` (shown of another rail of Eko's), or 23 with an empty list. */
  noRecipients: Record<Rail, 'type22' | 'emptyList'>
  /** A recipient that is there already: 342 of Eko's table, or 2148 with a description. */
  recipientAgain: Record<Rail, 'status342' | 'status2148'>
  /** DigiKhata's verified recipient code: `status` 2131 as on its page, or 0 as Eko's web client wants it. */
  recipientVerified: 'status2131' | 'status0'
  /** `response_status_id` of a transfer that is not paid yet: Eko's table of it, or 0. */
  pendingStatusId: 'table' | 'zero'
  /** Amounts in `data` as text or as numbers. */
  amountsAsNumbers: boolean
}

/** Operations that answer "Validate the OTP". */
export type OtpDispatch = 'getSender' | 'onboardSender' | 'generateSenderOtp' | 'generateAadhaarOtp'

/**
 * Where a wrong or expired code is told: in `status` (302/303); in `response_status_id` under status 2131; nowhere
 * but in a description (2131/1); as 2138 "Invalid OTP"; or in `response_status_id` under status 1 and type 1388.
 */
export type WrongOtpForm = 'status302' | 'status2131Id302' | 'status2131' | 'status2138' | 'type1388Id302'

function both<T>(digikhata: T, levin: T = digikhata): Record<Rail, T> {
  return { [Rail.digikhata]: digikhata, [Rail.levin]: levin }
}

const PORTAL_2026: DialectRules = {
  authHttp: 401,
  invalidParams: 'invalid_params',
  initiatorUnknown: 'field',
  getActiveSender: both('otpSent'),
  onboardNew: both('otpSent'),
  onboardAgain: both('walletOpened', 'otpSent'),
  otpSentStatus: {
    getSender: both(2129),
    onboardSender: both(0, 2129),
    generateSenderOtp: both(0),
    generateAadhaarOtp: both(0),
  },
  wrongOtp: {
    SENDER: both('status302', 'status2138'),
    AADHAAR: both('status2131Id302', 'type1388Id302'),
    TRANSACTION: both('status302'),
    RECIPIENT: both('status302'),
    REFUND: both('status302'),
  },
  aadhaarPendingAgain: both('pending'),
  kycState: both({ profile: 1, data: 0 }, { profile: 0, data: 0 }),
  limitAsNumber: false,
  levinTokenWhenPending: false,
  levinWalletId: 'empty',
  levinAadhaar: 'type1388',
  levinTokenAfterAadhaar: 'empty',
  levinPanDone: 'profile',
  panWhenActive: 'alreadyApproved',
  senderRef: both('opaque'),
  noRecipients: both('type22'),
  recipientAgain: both('status342'),
  recipientVerified: 'status2131',
  pendingStatusId: 'table',
  amountsAsNumbers: false,
}

const DOCS_2025: DialectRules = {
  ...PORTAL_2026,
  authHttp: 403,
  invalidParams: 'invalid_parameters',
  initiatorUnknown: 'bare',
  onboardNew: both('walletOpened', 'otpSent'),
  onboardAgain: both('walletExists'),
  otpSentStatus: {
    getSender: both(0),
    onboardSender: both(0, 2129),
    generateSenderOtp: both(0),
    generateAadhaarOtp: both(0),
  },
  wrongOtp: {
    SENDER: both('status2131Id302', 'status2138'),
    AADHAAR: both('status302', 'status2131'),
    TRANSACTION: both('status2131Id302', 'status2138'),
    RECIPIENT: both('status2131Id302'),
    REFUND: both('status2131Id302'),
  },
  levinTokenWhenPending: true,
  levinAadhaar: 'type2129',
  levinPanDone: 'registered',
  panWhenActive: 'profile',
  noRecipients: both('emptyList'),
  recipientAgain: both('status342', 'status2148'),
}

const WLC: DialectRules = {
  ...PORTAL_2026,
  getActiveSender: both('profile', 'otpSent'),
  onboardNew: both('noRef', 'otpSent'),
  onboardAgain: both('verificationPending', 'otpSent'),
  otpSentStatus: {
    getSender: both(2129),
    onboardSender: both(0),
    generateSenderOtp: both(2129, 0),
    generateAadhaarOtp: both(2129, 0),
  },
  wrongOtp: {
    SENDER: both('status2131', 'type1388Id302'),
    AADHAAR: both('status2138', 'status2131Id302'),
    TRANSACTION: both('status2131', 'status2131Id302'),
    RECIPIENT: both('status2131'),
    REFUND: both('status2131'),
  },
  aadhaarPendingAgain: both('profile', 'pending'),
  kycState: both({ profile: 2, data: 0 }, { profile: 1, data: 0 }),
  limitAsNumber: true,
  levinTokenWhenPending: true,
  levinWalletId: 'value',
  levinAadhaar: 'type2129',
  levinTokenAfterAadhaar: 'rotated',
  senderRef: both('tilde', 'opaque'),
  noRecipients: both('type22', 'emptyList'),
  recipientVerified: 'status0',
  pendingStatusId: 'zero',
  amountsAsNumbers: true,
}

/** The rules of each dialect. */
export const DIALECT_RULES: Readonly<Record<Dialect, DialectRules>> = {
  [Dialect.portal2026]: PORTAL_2026,
  [Dialect.docs2025]: DOCS_2025,
  [Dialect.wlc]: WLC,
}
