import { type CodeEntry, type RefusalCode, REFUSALS, type RejectionCode, REJECTIONS } from '../workflows/messages.js'

/** What can go wrong besides a refusal of the journey. */
export const CLIENT_CODES = {
  INVALID_INPUT: {
    cause: 'A field is malformed. Nothing was sent.',
    action: 'Correct what `details.fields` names.',
  },
  NOT_CONFIGURED: {
    cause: 'A setting of the client is missing or cannot be used.',
    action: 'Correct what `details.settings` names.',
  },
  TENANT_MISMATCH: {
    cause: 'The journey belongs to another tenant than this client.',
    action: 'Use a client of that tenant.',
  },
  VAULT_UNAVAILABLE: {
    cause: 'The vault does not take the secret. Nothing was sent.',
    action: 'Check the vault (ONBOARDING_VAULT_FOLDER); then ask again with the same `submissionId`.',
  },
  NOT_FOUND: {
    cause: 'There is no such journey, or its retention is over.',
    action: 'Check rail, tenant and mobile; start it where it was never started.',
  },
  STARTED_ANEW: {
    cause:
      'The journey that was meant has ended, and its sender has started another one since. Nothing was done to either.',
    action: 'List the journeys again where the new one is meant too.',
  },
  JOURNEY_OPEN: {
    cause: 'The journey has not ended. Nothing was erased.',
    action: 'Let it end or cancel it; or erase with `withdraw`, which ends it, where the sender withdraws the consent.',
  },
  EVIDENCE_UNREADABLE: {
    cause: 'What must be kept of the journey cannot be read: see `details.runs`. Nothing was erased.',
    action: 'Bring back the codec key, or a worker whose build replays it; else erase with `withoutEvidence`.',
  },
  EVIDENCE_NOT_KEPT: {
    cause: 'The evidence store cannot be used. What was not erased yet stays.',
    action: 'Mend what the message names; then ask again, and it goes on.',
  },
  RUN_FAILED: {
    cause: 'The run ended outside of the journey’s rules: terminated, timed out or failed.',
    action: 'Read its history in Temporal UI, then start again.',
  },
  RESULT_UNREADABLE: {
    cause: 'The journey has ended, and the codec key that its result or answer was encrypted with was destroyed.',
    action: 'Start again to learn from Eko where the sender stands; that costs an SMS.',
  },
  WORKER_LACKS_KEY: {
    cause: 'A worker lacks a codec key, so the journey waits. What was asked may still happen.',
    action:
      'Look for CODEC_KEY_MISSING in the workers’ logs: it names the key. Put it into their ONBOARDING_CODEC_KEYS_FILE and restart; then ask again with the same `submissionId`.',
  },
  JOURNEY_UNREADABLE: {
    cause: 'The codec key that the journey’s history was encrypted with was destroyed, so no worker can carry it on.',
    action:
      'Bring the key back where a copy is left; else terminate it and the sender’s limits in Temporal and start again: Eko knows where the sender stands.',
  },
  UNREACHABLE: {
    cause: 'Temporal cannot be reached.',
    action:
      'Check TEMPORAL_ADDRESS and the server; then ask again, where there was a `submissionId` with the same one.',
  },
  DEADLINE: {
    cause: 'No answer came in time. What was asked may still happen.',
    action: 'Ask again with the same `submissionId`: it happens once. If it goes on, check that a worker is up.',
  },
  RUN_FULL: {
    cause: 'The journey’s run holds as many messages as the server allows, and has not yet given way to a new one.',
    action: 'Send less at once; ask again with the same `submissionId` in a while.',
  },
  ACCESS_DENIED: {
    cause: 'Temporal refuses the credentials of this client.',
    action: 'Check TEMPORAL_API_KEY or the client certificate, and the namespace.',
  },
  TOO_FEW_HISTORIES: {
    cause: 'The deploy gate replayed fewer histories than it must, so it proves nothing of the build.',
    action: 'Check TEMPORAL_NAMESPACE and the query; where no journey is under way, say so: `--at-least 0`.',
  },
  TEMPORAL_ERROR: {
    cause: 'Temporal answered with an error that has no code here.',
    action: 'Read `details` and `cause`; ask again if it looks passing.',
  },
} as const satisfies Record<string, CodeEntry>
export type ClientCode = keyof typeof CLIENT_CODES

/**
 * Every code an `OnboardingError` can have: its cause, and what the caller should do. The rejections are those of a
 * journey that is over before it began, e.g. USER_CODE_NOT_ALLOWED; they come from `start` alone.
 */
export const ERROR_CODES = { ...REFUSALS, ...REJECTIONS, ...CLIENT_CODES } as const
export type ErrorCode = RefusalCode | RejectionCode | ClientCode

/** What is wrong with one field: a stable code and a sentence that is safe to show. Neither repeats the value. */
export interface FieldError {
  readonly code: string
  readonly message: string
}

export interface OnboardingErrorOptions {
  /** Default: the cause and the action of the code. */
  readonly message?: string | undefined
  readonly details?: Readonly<Record<string, unknown>> | undefined
  readonly cause?: unknown
}

/** The one error that the SDK throws. Branch on `code`; `ERROR_CODES[code]` says why and what to do. */
export class OnboardingError extends Error {
  override readonly name = 'OnboardingError'
  /**
   * What helps to mend it: `fields` (INVALID_INPUT), `settings` (NOT_CONFIGURED), `workflowId` and `submissionId` of
   * the call, and whatever the journey's refusal carries. Never a secret.
   */
  readonly details?: Readonly<Record<string, unknown>>

  constructor(
    readonly code: ErrorCode,
    { message, details, cause }: OnboardingErrorOptions = {},
  ) {
    super(message ?? sentence(code), cause === undefined ? undefined : { cause })
    if (details) this.details = details
  }

  /** Code, message and details; the cause stays behind, since its class decides what it holds. */
  toJSON(): { code: ErrorCode; message: string; details?: Readonly<Record<string, unknown>> } {
    return { code: this.code, message: this.message, ...(this.details ? { details: this.details } : {}) }
  }
}

function sentence(code: ErrorCode): string {
  return `${ERROR_CODES[code].cause} ${ERROR_CODES[code].action}`
}

/** Whether a failure's type is a word with which the journey refuses. */
export function isJourneyCode(code: unknown): code is RefusalCode | RejectionCode {
  return typeof code === 'string' && (Object.hasOwn(REFUSALS, code) || Object.hasOwn(REJECTIONS, code))
}

/** INVALID_INPUT for the fields that are named. */
export function invalidInput(fields: Readonly<Record<string, FieldError>>): OnboardingError {
  const complaints = Object.entries(fields).map(([name, { message }]) => `${name}: ${message}`)
  return new OnboardingError('INVALID_INPUT', {
    message: `Nothing was sent. ${complaints.join(' ')}`,
    details: { fields },
  })
}

/** NOT_CONFIGURED for the settings that are named. */
export function notConfigured(settings: Readonly<Record<string, string>>, cause?: unknown): OnboardingError {
  const complaints = Object.entries(settings).map(([name, complaint]) => `${name}: ${complaint}`)
  return new OnboardingError('NOT_CONFIGURED', { message: complaints.join(' '), details: { settings }, cause })
}
