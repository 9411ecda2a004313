import type { Answer, AttemptClass, Recipient, Transfer } from '../../workflows/calls.js'
import type { Profile, Rail, SenderDetails, SupportFacts } from '../../workflows/messages.js'
import type { ConsentContent } from './extract.js'
import type { EkoOperation } from './operations/index.js'
import type { TransactionName } from './path.js'

/** How to reach Eko as one tenant. Secret: never log it. */
export interface EkoCredentials {
  readonly environment: 'sandbox' | 'uat' | 'production'
  /** Up to and including the version, e.g. `https://staging.eko.in/ekoapi/v3`. */
  readonly baseUrl: string
  readonly developerKey: string
  readonly accessKey: string
  readonly initiatorId: string
  /** Of the consent operations; default "1", as on Eko's pages. */
  readonly orgId?: string
  /** Default: 80 where a page asks for it, and nothing elsewhere. Set, it is sent wherever it is allowed. */
  readonly serviceCode?: number
  /** Paths for this tenant, e.g. `levin verifySenderOtp`: Eko's live API still serves older ones than its pages show. */
  readonly pathOverrides?: Partial<Record<`${Rail} ${EkoOperation}`, string>>
  /** Operations whose `otp` and `otp_ref_id` go as numbers, as the pages declare them. Default: none, they are text. */
  readonly integerOtp?: readonly EkoOperation[]
}

/** A call with its secrets in the clear. Which fields an operation needs is in its table. */
export interface OpenedRequest {
  readonly rail: Rail
  readonly operation: EkoOperation
  readonly userCode: string
  /** Ten digits. */
  readonly mobile: string
  /** `^[A-Za-z0-9_-]{1,20}$`, fresh for each call: a lookup key for support, not an idempotency key. */
  readonly clientRefId: string
  readonly details?: SenderDetails
  readonly otp?: string
  readonly otpRefId?: string
  readonly aadhaar?: string
  readonly pan?: string
  /** Levin. Absent: both fields go as `""`. */
  readonly wallet?: { readonly token: string; readonly id: string }
  readonly consentLanguage?: string
  readonly recipientId?: number
  /** Whole rupees. */
  readonly amountRupees?: number
  readonly beneficiaryId?: string
  /** Whom to add. */
  readonly recipient?: {
    readonly name: string
    readonly mobile: string
    readonly account: string
    readonly ifsc: string
    /** Eko's id of the bank. */
    readonly bankId: number
  }
  /** Of a transfer: ISO 8601 in UTC with milliseconds, as on Eko's page. */
  readonly timestamp?: string
  /** Default: 2. Eko's pages contradict each other about what the numbers mean; all samples have 2. */
  readonly channel?: number
  /** `latitude,longitude`. */
  readonly location?: string
  /** Which transaction is asked about, or refunded: a refund knows only the `tid`. */
  readonly transaction?: TransactionName
}

/** What Eko said, with secrets still in the clear: only the activity that called may see it. */
export interface EkoAnswer {
  readonly class: AttemptClass
  readonly answer: Answer
  readonly facts: SupportFacts
  /** Secret. */
  readonly otpRefId?: string
  /** Secret. `token` is `""` where none came, `expiresAt` (ms) null where it is unknown. */
  readonly wallet?: { readonly token: string; readonly id: string; readonly expiresAt: number | null }
  readonly applicationId?: string
  readonly mobileHint?: string
  readonly profile?: Profile
  readonly kycStates?: { readonly data: string | null; readonly profile: string | null }
  readonly languages?: readonly { readonly id: string; readonly name: string }[]
  readonly consentContent?: ConsentContent
  /** What an answer says of a transaction, whatever it means. */
  readonly transfer?: Transfer
  readonly recipients?: readonly Recipient[]
  readonly recipientId?: number
  readonly beneficiaryId?: string
  /** Our field name to a safe text. */
  readonly fieldErrors?: Readonly<Record<string, string>>
  /** What `Retry-After` says, in ms, at most an hour. */
  readonly retryAfterMs?: number
  /** Where no complete answer came: what happened to the connection, e.g. `ECONNREFUSED`. */
  readonly reason?: string
}

/** One HTTP attempt for logs and metrics: no body, header, URL or secret. */
export interface AttemptLog {
  readonly operation: EkoOperation
  readonly rail: Rail
  readonly method: 'GET' | 'POST'
  /** The path with `{customer_id}` in place of the number. */
  readonly urlTemplate: string
  readonly clientRefId: string
  readonly httpStatus: number | null
  readonly status: number | null
  readonly responseTypeId: number | null
  readonly responseStatusId: number | null
  readonly class: AttemptClass
  readonly answer: Answer
  readonly durationMs: number
  /** What the local clock is corrected by after this attempt, in ms. */
  readonly clockOffsetMs: number
  readonly reason?: string
}

export interface EkoClientOptions {
  /** From the call to its answer, re-signing included, in ms; default 30,000, as in Eko's own clients. */
  readonly timeoutMs?: number
  /** `http(s)://[user:password@]host[:port]` of a proxy that grants CONNECT. Default: none. */
  readonly proxyUrl?: string
  /** The local clock, in ms since the epoch. */
  readonly now?: () => number
  /** Told of every HTTP attempt. It must not throw. */
  readonly onAttempt?: (log: AttemptLog) => void
}

export interface CallHooks {
  /**
   * Awaited before every HTTP attempt, before its connection is opened. If it rejects, nothing is sent and the
   * rejection passes through.
   */
  readonly beforeSend?: () => Promise<void>
  /**
   * Upper bound of this call, in ms, re-signing and `beforeSend` included; the smaller of it and the client's own
   * counts. Default: the client's own. Where none is left, 0 or less, nothing is sent: NOT_SENT, `TIME_IS_UP`.
   */
  readonly timeoutMs?: number
  /** Told of every HTTP attempt of this call, before the client's own. It must not throw. */
  readonly onAttempt?: (log: AttemptLog) => void
}

export interface EkoClient {
  /** What a call is given at most, in ms. */
  readonly timeoutMs: number
  /**
   * Makes one call. Only 2485 is tried again, signed afresh; everything else is the caller's decision.
   *
   * @throws EkoRequestError before anything is sent, where the request does not fit the operation
   */
  call(credentials: EkoCredentials, request: OpenedRequest, hooks?: CallHooks): Promise<EkoAnswer>
  /** What the local clock is corrected by, in ms. */
  clockOffsetMs(developerKey: string): number
  /** Closes idle connections. */
  close(): Promise<void>
}
