/**
 * *Sandbox policy*: everything here is a choice of the sandbox, because Eko documents none of it.
 * `GET /policy` shows the values, `PUT /policy` changes them while the sandbox runs.
 */
export interface SandboxPolicy {
  /** How long a code is accepted after its SMS, ms. Default 10 minutes. */
  codeLifetimeMs: number
  /** Wrong tries after which a reference is dead. Default 5. */
  codeAttempts: number
  /** How long a verified sender OTP opens the Aadhaar steps, ms. Default 24 hours. */
  mobileVerifiedMs: number
  /** Lifetime of a Levin `wallet_token` (its `exp`), ms; zero or less issues dead tokens. Default 30 minutes. */
  walletTokenLifetimeMs: number
  /** Share of codes that start with 0, from 0 to 1. Default 0.25, so that a lost leading zero is noticed. */
  leadingZeroShare: number
  /** Whether a code sent as a JSON integer gets its leading zeros back before it is compared. Default false. */
  padIntegerCodes: boolean
  /** `format`: any 12 digits, as Eko's own samples need. `verhoeff`: first digit 2 to 9 and a right check digit. */
  aadhaarCheck: 'format' | 'verhoeff'
  /** Largest request body, bytes. Default 64 KiB. */
  bodyLimitBytes: number
  /** Fee of a transfer, paise, on top of its amount. Default 400, as in Eko's transaction sample. */
  transferFeePaise: number
  /** Fee of loading a wallet, paise. Default 500, as in Eko's sample; who loads pays it on top. */
  loadFeePaise: number
  /** Most that a wallet may hold after a load, paise. Default two lakh rupees, RBI's limit of a full-KYC wallet. */
  maxBalancePaise: number
  /** What a Levin wallet holds at first, paise: Eko documents no way to load one. Default 10,000 rupees. */
  levinOpeningBalancePaise: number
  /** Most that a sender may send in a month, paise. Default 50,000 rupees, the `total_monthly_limit` of Eko's samples. */
  monthlyLimitPaise: number
  /** Recipients that a sender may add in a day. Default 5, as Eko documents. */
  recipientsPerDay: number
  /** DigiKhata: how long a recipient's bank cools after its code, ms. Default one hour, as Eko documents. */
  recipientCoolingMs: number
  /** How long a transfer that is not final at once takes to settle, ms on the bank's clock. Default 5 seconds. */
  settlementMs: number
  /**
   * A `client_ref_id` that has moved money before: `refused` without a debit, or `debits` again, with a new code or with
   * the code of the first time. Eko documents no de-duplication. Default `refused`.
   */
  duplicateClientRef: 'refused' | 'debits'
  /** Whether recipient, limit and balance are looked at by Initiate Transaction only, or by its code's call, too. */
  transferCheckedAt: 'initiate' | 'otp'
  /** Levin's money calls: a `wallet_token` is looked at where one is presented (default), or must be presented. */
  levinMoneyToken: 'ifPresented' | 'required'
}

export const DEFAULT_POLICY: Readonly<SandboxPolicy> = {
  codeLifetimeMs: 10 * 60_000,
  codeAttempts: 5,
  mobileVerifiedMs: 24 * 60 * 60_000,
  walletTokenLifetimeMs: 30 * 60_000,
  leadingZeroShare: 0.25,
  padIntegerCodes: false,
  aadhaarCheck: 'format',
  bodyLimitBytes: 64 * 1024,
  transferFeePaise: 400,
  loadFeePaise: 500,
  maxBalancePaise: 20_000_000,
  levinOpeningBalancePaise: 1_000_000,
  monthlyLimitPaise: 5_000_000,
  recipientsPerDay: 5,
  recipientCoolingMs: 60 * 60_000,
  settlementMs: 5_000,
  duplicateClientRef: 'refused',
  transferCheckedAt: 'initiate',
  levinMoneyToken: 'ifPresented',
}
