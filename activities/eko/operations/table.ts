import type { Answer, AttemptClass, CallName, MoneyCallName, UnknownPolicy } from '../../../workflows/calls.js'
import type { Dependency, Purpose, Rail } from '../../../workflows/messages.js'

/** Eko's operations that we call. */
export type EkoOperation = CallName | MoneyCallName

/** What a call needs to be up: Eko itself, or an authority that Eko asks meanwhile. */
export type CallDependency = Extract<Dependency, 'EKO_TRANSPORT' | 'UIDAI' | 'PAN'>

/** Values that a call can carry; `fixed` ones stand in the table itself. */
export type ValueName =
  | 'customerId'
  | 'name'
  | 'dob'
  | 'residenceAddress'
  | 'otp'
  | 'otpRefId'
  | 'aadhaar'
  | 'pan'
  | 'walletToken'
  | 'walletId'
  | 'orgId'
  | 'serviceCode'
  | 'consentLanguage'
  | 'recipientId'
  | 'amount'
  | 'beneficiaryId'
  | 'recipientIdText'
  | 'amountText'
  | 'recipientName'
  | 'recipientMobile'
  | 'account'
  | 'ifsc'
  | 'bankId'
  | 'timestamp'
  | 'channel'
  | 'location'
  /** The wallet's token and id where the sender's session holds them, and else nothing. */
  | 'heldWalletToken'
  | 'heldWalletId'

/** A parameter of an operation, by its name on the wire; in the query of a GET, in the body of a POST. */
export type Parameter =
  | { readonly name: string; readonly fixed: string | number }
  | {
      readonly name: string
      readonly from: ValueName
      /** Sent only where there is a value. Default: required. */
      readonly optional?: true
      /** Sent where there is no value. */
      readonly otherwise?: string | number
    }

/** What a field of `data` must be. Text of blanks, `""` and null count as absent: Eko writes absent fields so. */
export type Need =
  /** Text or a number. */
  | 'filled'
  | 'absent'
  | 'true'
  | 'true or absent'
  | 'zero or absent'
  /** Anything but absent and 0. */
  | 'not zero'
  | 'object'
  /** With something in it. */
  | 'list'
  /** Also one with nothing in it. */
  | 'any list'
  | 'no entries'

/**
 * What `data.tx_status` must be: absent, there at all, or one of the values of Eko's pages (0 success, 1 fail, 3 refund
 * pending, 4 refunded) exactly, as text or as a number. Every other value is only `there`: nothing is known yet.
 */
export type TxStatus = 'absent' | 'there' | '0' | '1' | '3' | '4'

type Ids = number | readonly number[]

/** When a row matches: all that is given must fit. */
export interface Match {
  /** HTTP status; default 200, under which Eko gives successes and business failures alike. */
  readonly http?: Ids
  readonly status?: Ids
  /** `response_type_id`. */
  readonly type?: Ids
  /** `response_status_id`: for failures only, it never proves success. */
  readonly statusId?: Ids
  /**
   * A failure's code, in whichever of the three ids: Eko's pages put the same codes under `status` and under
   * `response_status_id`, and bodies repeat them in `response_type_id`. `status` must not be 0.
   */
  readonly code?: Ids
  /** `status` is there and is not 0. */
  readonly failed?: true
  /** `status` is not 0; it may be missing, as in answers that are not of Eko's API itself. */
  readonly unsuccessful?: true
  /** Fields of `data`, nested ones with dots. */
  readonly data?: Readonly<Record<string, Need>>
  /**
   * `data.tx_status`, which alone decides what became of money. A row that asks for a value of it takes no answer that
   * refuses fields, nor one whose `response_status_id` says something else.
   */
  readonly tx?: TxStatus
  /** In `message` or `data.description`, each without the blanks around it. */
  readonly text?: RegExp
  /** A field is refused in `invalid_params` (or `invalid_parameters`): one of these, or any. */
  readonly refuses?: 'any' | readonly string[]
}

/** A line of a decision table: this answer of Eko means that, and then the journey does this. */
export interface Row {
  /** Eko's message, or what its page calls the case. */
  readonly title: string
  readonly match: Match
  readonly class: AttemptClass
  readonly answer: Answer
  /** What the journey does next, for readers. */
  readonly next: string
  /** A fresh signature may help (2485). */
  readonly resign?: true
}

/** An operation on a rail, readable beside Eko's page of it. */
export interface OperationTable {
  readonly rail: Rail
  readonly operation: EkoOperation
  readonly method: 'GET' | 'POST'
  /** Eko's current ("master") path; a tenant can override it, since its live API still serves older ones. */
  readonly path: string
  /** Besides `initiator_id`, `user_code` and `client_ref_id`, which calls carry. */
  readonly parameters: readonly Parameter[]
  /** Eko takes no `client_ref_id` here. */
  readonly withoutClientRef?: true
  /** The `client_ref_id` is the caller's own, and no attempt changes it: the debit is asked about by it. */
  readonly exactReference?: true
  /** Whether the call may run again after an unknown outcome; else the intent fence makes it at most once. */
  readonly repeatable: boolean
  /** What the journey does after an unknown outcome. */
  readonly onUnknown: UnknownPolicy
  /** What stands behind the operation: lost answers of it speak against this. Our reading; Eko does not say. */
  readonly dependency: CallDependency
  /** The kind of code that the call may send, which counts against its quota. Absent: none. */
  readonly sends?: Purpose
  /** Looked up from the top; an answer that fits none is UNRECOGNISED_ANSWER. */
  readonly rows: readonly Row[]
}

/** The tables of an operation; null where the rail has no such operation. */
export type RailTables = Readonly<Record<Rail, OperationTable | null>>

/**
 * A row of a step that went through. Its match must fix `status` and `type`: successes are closed. Whatever the row,
 * no answer is a success that refuses fields or whose `response_status_id` is anything but absent, -1, 0 and 1.
 */
export function went(
  title: string,
  match: Match & Required<Pick<Match, 'status' | 'type'>>,
  answer: Answer,
  next: string,
): Row {
  return { title, match, class: 'OK', answer, next }
}

/** A row of a business failure. */
export function refused(title: string, match: Match, answer: Answer, next: string): Row {
  return { title, match, class: 'BUSINESS_REJECT', answer, next }
}
