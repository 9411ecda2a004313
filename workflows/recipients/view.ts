import type { Standing } from '../engine/flow.js'
import { codeAction, countersOf, expiryOf, sharedView, standingAction } from '../engine/status.js'
import {
  CLOSED_RECIPIENTS_STATES,
  type ClosedRecipientsState,
  type RecipientsAction,
  type RecipientsResult,
  type RecipientsView,
} from './contract.js'
import type { RecipientsJourney } from './journey.js'

/** What a session of recipients shows. */

export const RECIPIENTS_STANDING = {
  closed: CLOSED_RECIPIENTS_STATES,
  unblockedBy: () => ['reenter', 'takeOver', 'cancel'],
  mayExpire: () => true,
} as const satisfies Standing<RecipientsJourney>

export function recipientsActionOf(journey: RecipientsJourney): RecipientsAction {
  const standing = standingAction(RECIPIENTS_STANDING, journey)
  if (standing) return standing
  if (journey.state === 'RECIPIENTS_READY') return { do: 'CHOOSE', expiresAt: expiryOf(journey) }
  const isRecipient = journey.state === 'RECIPIENT_OTP_REQUIRED'
  const code = codeAction(RECIPIENTS_STANDING, journey, isRecipient ? 'RECIPIENT' : 'SENDER')
  if ('do' in code) return code
  if (!isRecipient) return { do: 'ENTER_SENDER_OTP', ...code }
  return { do: 'ENTER_RECIPIENT_OTP', recipientId: journey.registering ?? 0, ...code }
}

export function recipientsViewOf(journey: RecipientsJourney): RecipientsView {
  return {
    ...sharedView(RECIPIENTS_STANDING, journey),
    nextAction: recipientsActionOf(journey),
    attempts: { SENDER: countersOf(journey, 'SENDER'), RECIPIENT: countersOf(journey, 'RECIPIENT') },
    recipients: journey.recipients,
    profile: journey.profile,
  }
}

export function recipientsResultOf(journey: RecipientsJourney): RecipientsResult {
  return {
    state: journey.state as ClosedRecipientsState,
    rejection: journey.rejection,
    detail: journey.detail,
    view: recipientsViewOf(journey),
  }
}
