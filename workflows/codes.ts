export * from './incident-contract.js'

/** A code's meaning for the person who meets it: why it is answered, and what to do. */
export interface CodeEntry {
  readonly cause: string
  readonly action: string
}

/**
 * Why a message was refused. A refused update fails with this code as the failure's `type`; a refused signal is
 * recorded in the timeline. Nothing was sent to Eko and no attempt was spent.
 */
export const REFUSALS = {
  INVALID_MESSAGE: {
    cause: 'The message has a wrong type, an unknown or a missing field.',
    action: 'Correct the fields that are named.',
  },
  UNDECODABLE: {
    cause: 'The payload could not be decoded.',
    action: 'Send it as JSON (`json/plain`), with the codec of the deployment.',
  },
  UNKNOWN_MESSAGE: {
    cause: 'There is no message of this name.',
    action: 'Check the spelling against the list of messages.',
  },
  WRONG_STATE: {
    cause: 'The journey does not take this message in its state.',
    action: 'Read `nextAction` and do what it says.',
  },
  JOURNEY_CLOSED: {
    cause: 'The journey has ended.',
    action: 'Read its result; start again if the sender should try anew.',
  },
  QUEUE_FULL: {
    cause: 'Too many messages wait behind a call in flight.',
    action: 'Wait for what becomes of them, then send again.',
  },
  PARKED: {
    cause: 'A call waits for a dependency to come back.',
    action: 'Wait until `retryAt`; the journey goes on by itself.',
  },
  NEEDS_ATTENTION: { cause: 'The journey waits for an operator.', action: 'Do what `unblockedBy` names.' },
  CHALLENGE_REQUIRED: {
    cause: 'A code came while no code was asked for.',
    action: 'Read `nextAction`; ask for a new code.',
  },
  CHALLENGE_STALE: {
    cause: 'The code belongs to an older challenge.',
    action: 'Enter the code of the latest message.',
  },
  CODE_EXPIRED: { cause: 'The code came after its lifetime.', action: 'Ask for a new code.' },
  CODE_UNUSABLE: {
    cause: 'The answer to the dispatch was lost, so its code cannot be verified.',
    action: 'Ask for a new code.',
  },
  ATTEMPTS_USED_UP: { cause: 'The tries for this code are used up.', action: 'Ask for a new code.' },
  RESEND_TOO_EARLY: { cause: 'The wait between two codes is not over.', action: 'Ask again at `resendAvailableAt`.' },
  RESEND_LIMIT_REACHED: { cause: 'The quota of codes is used up.', action: 'Ask again at `resendAvailableAt`.' },
  MOBILE_LIMIT_REACHED: {
    cause: 'The mobile got as many codes as it may, over all journeys.',
    action: 'Ask again at `retryAt`.',
  },
  AADHAAR_LIMIT_REACHED: {
    cause: 'The Aadhaar number was tried as often as it may be, over all journeys.',
    action: 'Ask again at `retryAt`.',
  },
  CONSENT_REQUIRED: {
    cause: 'This journey has not presented a consent, or it was used.',
    action: 'Send `requestConsent` and show the text.',
  },
  CONSENT_MISMATCH: {
    cause: 'The consent is not the one that was presented.',
    action: 'Show the text in `nextAction.consent` and send its hash.',
  },
  CONSENT_EXPIRED: {
    cause: 'The consent is older than the policy allows.',
    action: 'Send `requestConsent` and show the text again.',
  },
  PLAINTEXT_REFUSED: { cause: 'A secret came in the clear.', action: 'Seal it to the workers’ public key first.' },
  SEALED_FOR_ANOTHER_JOURNEY: {
    cause: 'The secret was sealed for another workflow id.',
    action: 'Seal it for this journey.',
  },
  SEALED_FOR_ANOTHER_FIELD: {
    cause: 'The secret was sealed as another field.',
    action: 'Seal it as the field it is sent in.',
  },
  NO_ATTENTION_NEEDED: {
    cause: 'Only a transfer that needs an operator takes this.',
    action: 'Read `nextAction` and do what it says.',
  },
  USE_REENTER: {
    cause: 'The call may have been executed, so it is not run again.',
    action: 'Send `reenter`: Eko’s answer is the truth.',
  },
  NOTHING_TO_RETRY: { cause: 'No call is parked or failed.', action: 'Read `nextAction` and do what it says.' },
  INPUT_CONFLICT: {
    cause: 'A live journey of this sender was started with other input.',
    action: 'Use the journey as it is, or cancel it first.',
  },
  OWNED_BY_ANOTHER_AGENT: {
    cause: 'A live journey of this sender belongs to another user_code.',
    action: 'Let that agent finish, or send `takeOver`.',
  },
} as const satisfies Record<string, CodeEntry>
export type RefusalCode = keyof typeof REFUSALS

/** Limits that outlive a journey. */
export type LimitCode = Extract<RefusalCode, 'MOBILE_LIMIT_REACHED' | 'AADHAAR_LIMIT_REACHED'>

/** What became of a message that was applied. */
export const OUTCOMES = {
  OTP_SENT: { cause: 'Eko sent a code.', action: 'Ask the user for it.' },
  CONSENT_PRESENTED: { cause: 'The consent text is in the view.', action: 'Show it and ask for the Aadhaar number.' },
  ADVANCED: { cause: 'The journey has moved on.', action: 'Do what `nextAction` says.' },
  KEPT: { cause: 'The PAN came early and is kept for its step.', action: 'Go on with the step before it.' },
  WRONG_CODE: { cause: 'Eko refused the code.', action: 'Ask the user to type it again.' },
  CODE_EXPIRED: { cause: 'The code’s lifetime was over.', action: 'Ask for a new code.' },
  INPUT_REFUSED: {
    cause: 'The opened secret is malformed, or could not be opened; see `detail`.',
    action: 'Correct it; no attempt was spent.',
  },
  FIELDS_REFUSED: { cause: 'Eko refused fields; see `fieldErrors`.', action: 'Correct them.' },
  RECIPIENTS_LISTED: { cause: 'The sender’s recipients are in the view.', action: 'Choose one, or add one.' },
  RECIPIENT_ADDED: { cause: 'Eko has taken the recipient; `detail` is its id.', action: 'Register its bank.' },
  RECIPIENT_EXISTS: { cause: 'The sender has this recipient already; `detail` is its id.', action: 'Use it.' },
  RECIPIENT_LIMIT: {
    cause: 'The sender has as many recipients as Eko takes; five can be added in a day.',
    action: 'Use one that is there, or add it another day.',
  },
  RECIPIENT_UNCLEAR: {
    cause: 'The sender may have this recipient already; Eko’s list, which is masked, does not tell which one it is.',
    action: 'Show the list, and have the user choose.',
  },
  RECIPIENT_REFUSED: { cause: 'Eko does not take the recipient.', action: 'Correct its details.' },
  BANK_ADDED: { cause: 'The bank is registered; `detail` is its beneficiary_id.', action: 'Send money.' },
  BANK_VERIFIED: { cause: 'The bank is registered and confirmed.', action: 'Send money after the hour.' },
  COOLING: { cause: 'The bank was registered within the hour.', action: 'Try again after the hour.' },
  NOT_ADDED: {
    cause: 'The answer was lost, and Eko’s list does not have it yet.',
    action: 'Look at the list a little later; then do it again.',
  },
  LANGUAGE_NOT_OFFERED: {
    cause: 'The consent is not offered in this language.',
    action: 'Choose one of `nextAction.languages`.',
  },
  AADHAAR_REFUSED: {
    cause: 'Eko or UIDAI refused the Aadhaar number.',
    action: 'Check the number; ask for consent again.',
  },
  PAN_REFUSED: { cause: 'Eko refused the PAN.', action: 'Check the PAN and enter it again.' },
  NOT_SENT_YET: { cause: 'No code was sent yet.', action: 'Ask for one when `resendAvailableAt` has come.' },
  SENDER_OTP_AGAIN: { cause: 'The sender must prove the mobile again first.', action: 'Do what `nextAction` says.' },
  DISPATCH_UNCERTAIN: {
    cause: 'The answer to a dispatch was lost; a code may arrive but cannot be used.',
    action: 'Ask for a new code when `resendAvailableAt` has come.',
  },
  VERIFICATION_UNCERTAIN: {
    cause: 'The answer to a verification was lost. It is not the user’s mistake.',
    action: 'Do what `nextAction` says.',
  },
  UNRECOGNISED_ANSWER: {
    cause: 'Eko answered with something unknown.',
    action: 'Try again or ask for a new code; tell support.',
  },
  PARKED: { cause: 'A dependency is away; the call waits.', action: 'Nothing: the journey goes on by itself.' },
  NEEDS_ATTENTION: { cause: 'An operator must act.', action: 'See `nextAction.unblockedBy`.' },
  QUEUED: { cause: 'The message waits behind others.', action: 'Ask for its outcome by `submissionId`.' },
  CONSENT_AGAIN: {
    cause: 'The consent is too old for another code.',
    action: 'Send `requestConsent` and show the text again.',
  },
  SUPERSEDED: {
    cause: 'An operator sent the journey back to the lookup meanwhile.',
    action: 'Do what `nextAction` says.',
  },
  TAKEN_OVER: { cause: 'The journey belongs to the new agent.', action: 'Go on with it.' },
  COMPLETED: {
    cause: 'What was asked for is done: the sender is onboarded, or the money sent.',
    action: 'Read the result.',
  },
  FAILED: { cause: 'Eko says that the transfer failed: nothing is debited.', action: 'Start another one if wanted.' },
  REFUNDED: { cause: 'The transfer failed, and what was debited is back.', action: 'Start another one if wanted.' },
  REJECTED: { cause: 'The journey ended without success; see `rejection`.', action: 'See the table of causes.' },
  CANCELLED: { cause: 'The journey was cancelled.', action: 'Start again if wanted.' },
  EXPIRED: { cause: 'A step or the journey took too long.', action: 'Start again if wanted.' },
} as const satisfies Record<string, CodeEntry>
export type OutcomeCode = keyof typeof OUTCOMES

/** Why a journey ended as REJECTED. */
export const REJECTIONS = {
  TENANT_UNKNOWN: { cause: 'The worker’s registry has no such tenant.', action: 'Add the tenant or correct its name.' },
  RAIL_NOT_ALLOWED: { cause: 'The tenant may not use this rail.', action: 'Use one of its rails.' },
  USER_CODE_NOT_ALLOWED: {
    cause: 'The user_code does not belong to the tenant.',
    action: 'Use a user_code of the tenant.',
  },
  USER_CODE_JOURNEYS_LIMIT: {
    cause: 'As many journeys were started for this user_code as the tenant allows in a while.',
    action: 'Start again at `retryAt`.',
  },
  SENDER_OTP_TRIES_USED_UP: {
    cause: 'Too many wrong sender OTPs in one journey.',
    action: 'Let the sender try again later.',
  },
  AADHAAR_OTP_TRIES_USED_UP: {
    cause: 'Too many wrong Aadhaar OTPs in one journey.',
    action: 'Let the sender try again later.',
  },
  TRANSACTION_OTP_TRIES_USED_UP: {
    cause: 'Three initiations of one transfer were refused, e.g. for wrong codes. Nothing is debited.',
    action: 'Start another transfer.',
  },
  SENDER_NOT_ONBOARDED: {
    cause: 'Eko does not take the sender for onboarded. Nothing is debited.',
    action: 'Onboard the sender, then start another transfer.',
  },
  INSUFFICIENT_BALANCE: {
    cause: 'The wallet, or for a load the agent, holds less than is needed. Nothing is debited.',
    action: 'Load the wallet, then start another transfer.',
  },
  TRANSFER_LIMIT: {
    cause: 'A limit of Eko is exhausted or exceeded. Nothing is debited.',
    action: 'Start another transfer of a smaller amount, or next month.',
  },
  RECIPIENT_REFUSED: {
    cause: 'Eko does not know the recipient, or does not take its account. Nothing is debited.',
    action: 'Correct the recipient, then start another transfer.',
  },
  COOLING: {
    cause: 'The recipient’s bank was registered within the hour. Nothing is debited.',
    action: 'Start another transfer after the hour.',
  },
} as const satisfies Record<string, CodeEntry>
export type RejectionCode = keyof typeof REJECTIONS

/** Why a journey waits for an operator, and the operator's messages that unblock it. */
export const ATTENTION = {
  IDENTITY_ALREADY_USED: {
    cause: 'Eko 1237: the identity proof belongs to another customer.',
    action: 'Clear it with Eko’s support, then `reenter`.',
  },
  LEVIN_WALLET_TOKEN_MISSING: {
    cause: 'Levin refuses the wallet token even after the sender proved the mobile again.',
    action: 'Clear it with Eko’s support, then `reenter`.',
  },
  SENDER_OTP_UNAVAILABLE: {
    cause: 'Eko gives no way to send the sender a code on this rail.',
    action: 'Clear it with Eko’s support, then `reenter`.',
  },
  UNRECOGNISED_ANSWER: {
    cause: 'Eko gave an answer that no row of its table matches.',
    action: 'Read the recorded shape, ask Eko, then `reenter`.',
  },
  REFUSED_BY_EKO: {
    cause: 'Eko refused a call for a reason the user cannot mend.',
    action: 'Read the recorded ids, clear it with Eko, then `reenter`.',
  },
  NO_ANSWER: {
    cause: 'Eko’s answer to a repeatable call was lost again and again.',
    action: 'Clear it with Eko’s support, then `reenter`.',
  },
  RUN_RESET: {
    cause: 'The run was reset to an earlier point: calls made after that point are not repeated.',
    action: 'Send `reenter`: Eko’s answer is the truth.',
  },
  CODE_TRIES_USED_UP: {
    cause: 'Too many codes were wrong, in a step that the journey may not end in.',
    action: 'Clear it with the sender, then `reenter`.',
  },
  TRANSACTION_NOT_FOUND: {
    cause: 'Money may have moved, and Eko has not found the transaction during the whole quarantine.',
    action:
      'Clear the references of the view with Eko’s support; then `inquireByTid` with the id they name, or `declareNotDebited`.',
  },
  TRANSACTION_MISMATCH: {
    cause:
      'Eko tells of a transaction that cannot be this one: another amount or reference, or a debit that Eko had refused.',
    action: 'Clear it with Eko’s support; then `inquireByTid`, or `declareNotDebited`.',
  },
  GOING_IN_CIRCLES: {
    cause: 'Eko’s answers sent the journey round without progress.',
    action: 'Clear the sender’s state with Eko’s support, then `reenter`.',
  },
} as const satisfies Record<string, CodeEntry>
export type AttentionCode = keyof typeof ATTENTION
