import type { BenchPerson } from './people.js'

/** What a sender of the straight journey does, in order. Each step but the consent is one call of Eko; that is two. */
export const STEPS = ['open', 'senderOtp', 'consent', 'aadhaar', 'aadhaarOtp', 'pan'] as const
export type Step = (typeof STEPS)[number]

/** The steps in which somebody types a code, which they wait to be told about. */
export const OTP_STEPS: readonly Step[] = ['senderOtp', 'aadhaarOtp']

/** One sender's way. Codes are read from the sandbox's inbox before a step, so that this is not in its time. */
export interface Walk {
  /** The step's answer was given, and was the right one. @throws Error otherwise */
  take(step: Step, code: string): Promise<void>
}

export interface Contender {
  readonly name: 'direct' | 'floor' | 'ours'
  begin(person: BenchPerson): Walk
}

/** A contender that runs on Temporal. */
export interface TemporalContender extends Contender {
  workflowId(person: BenchPerson): string
  /** Sends the sender's code by a signal; answers after how many ms a query told the outcome. */
  signalOtp(person: BenchPerson, code: string): Promise<number>
}
