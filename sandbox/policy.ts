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
}
