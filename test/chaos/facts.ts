import type { Dialect, LedgerJson } from '../../sandbox/index.js'
import type { MessageName, Rail, StepDone } from '../../client/index.js'
import type { MoneyFacts } from './money/facts.js'

/** What a run leaves behind for its judge: what was asked, what was answered, and what truly happened. */

export type Purpose = 'SENDER' | 'AADHAAR'

/** One message as its sender saw it. */
export interface Act {
  readonly message: MessageName
  /** Several acts of one id are one submission, sent again. */
  readonly submissionId: string
  readonly at: string
  readonly via: 'update' | 'signal'
  /** Of codes and of `resendOtp`. */
  readonly purpose?: Purpose
  readonly challengeId?: string
  /** Of codes: the SMS that it was read from, and whether it was typed rightly. `late`: for an old challenge. */
  readonly otpRefId?: string
  readonly typed?: 'right' | 'wrong' | 'late'
  /** What the journey answered; null where it refused, or where nobody ever learned. */
  outcome: string | null
  /** The code that it was refused with. */
  refusal: string | null
}

/** What a journey says of itself at the end of the run. */
export interface JourneyEnd {
  readonly state: string
  readonly status: string
  readonly capability: string | null
  readonly steps: readonly StepDone[]
  readonly sent: Readonly<Record<Purpose, number>>
  readonly wrong: Readonly<Record<Purpose, number>>
  /** `what` and `code` of the timeline. */
  readonly story: readonly string[]
  /** The journey's own counts of messages, where its view has them. */
  readonly messages: MessageCounts | null
}

/** What a journey says became of its messages. */
export interface MessageCounts {
  readonly received: number
  readonly taken: number
  readonly refused: number
  readonly repeated: number
}

/** What Temporal recorded of one run. */
export interface RunRecord {
  readonly runId: string
  /** Ids of updates, `<message>:<submissionId>`. */
  readonly accepted: readonly string[]
  readonly completed: readonly string[]
  /** `submissionId`s of signals. */
  readonly signals: readonly string[]
}

/** Of the policy that the journey was granted; for each kind of code. */
export interface Quota {
  readonly sendsPerWindow: number
  readonly sendWindowSeconds: number
  /** Within 24 hours. */
  readonly sendsPerDay: number
}

export interface JourneyFacts {
  readonly label: string
  readonly rail: Rail
  readonly dialect: Dialect
  readonly mobile: string
  readonly workflowId: string
  readonly quota: Quota
  /** How often the person meant to start a journey; concurrent starts are one. */
  readonly starts: number
  readonly acts: readonly Act[]
  /** Null where the journey could not even be looked at. */
  readonly end: JourneyEnd | null
  /** Why it could not. */
  readonly unseen?: string
  readonly runs: readonly RunRecord[]
  /** The sandbox's true stage of the sender. */
  readonly stage: string
}

export interface RunFacts extends MoneyFacts {
  readonly journeys: readonly JourneyFacts[]
  readonly ledgers: Readonly<Record<Dialect, LedgerJson>>
}
