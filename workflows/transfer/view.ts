import type { Standing } from '../engine/flow.js'
import { codeAction, countersOf, sharedView, standingAction } from '../engine/status.js'
import { iso } from '../iso.js'
import {
  CLOSED_TRANSFER_STATES,
  type ClosedTransferState,
  type TransferAction,
  type TransferPurpose,
  type TransferResult,
  type TransferState,
  type TransferView,
} from './contract.js'
import type { TransferJourney } from './journey.js'
import { quarantineEnd } from './inquiries.js'
import { BEFORE_DEBIT, TRANSFER_MESSAGES } from './message-table.js'
import { purposeIn } from './messages.js'
import { isUnsentDebit, MAX_INITIATIONS } from './references.js'

/** What a transfer shows. */

const UNBLOCKED_BY = [
  ...(['reenter', 'inquireByTid', 'declareNotDebited', 'declareRefunded', 'takeOver', 'cancel'] as const),
]

function mayUnblock(name: (typeof UNBLOCKED_BY)[number], state: TransferState): boolean {
  // A debit that needs attention was asked for: nobody cancels it.
  if (name === 'cancel' && state === 'TRANSFER_IN_PROGRESS') return false
  return TRANSFER_MESSAGES[name].legalIn.some((legal) => legal === state)
}

export const TRANSFER_STANDING = {
  closed: CLOSED_TRANSFER_STATES,
  unblockedBy: ({ state }) => UNBLOCKED_BY.filter((name) => mayUnblock(name, state)),
  mayExpire: (journey) => BEFORE_DEBIT.some((early) => early === journey.state) || isUnsentDebit(journey),
} as const satisfies Standing<TransferJourney>

const ENTER: Readonly<Record<TransferPurpose, 'ENTER_SENDER_OTP' | 'ENTER_TRANSACTION_OTP' | 'ENTER_REFUND_OTP'>> = {
  SENDER: 'ENTER_SENDER_OTP',
  TRANSACTION: 'ENTER_TRANSACTION_OTP',
  REFUND: 'ENTER_REFUND_OTP',
}

/** What must happen next, with all that a screen needs for it. */
export function transferActionOf(journey: TransferJourney): TransferAction {
  const standing = standingAction(TRANSFER_STANDING, journey)
  if (standing) return standing
  const purpose = purposeIn(journey.state)
  const code = codeAction(TRANSFER_STANDING, journey, purpose)
  if ('do' in code) return code
  const debitsLeft = purpose === 'TRANSACTION' ? MAX_INITIATIONS - journey.initiations.length : Infinity
  return { do: ENTER[purpose], ...code, attemptsLeft: Math.min(code.attemptsLeft, debitsLeft) }
}

export function transferViewOf(journey: TransferJourney): TransferView {
  const { input } = journey
  const quarantine = quarantineEnd(journey)
  return {
    ...sharedView(TRANSFER_STANDING, journey),
    nextAction: transferActionOf(journey),
    attempts: {
      SENDER: countersOf(journey, 'SENDER'),
      TRANSACTION: countersOf(journey, 'TRANSACTION'),
      REFUND: countersOf(journey, 'REFUND'),
    },
    kind: input.kind ?? 'TRANSFER',
    recipientId: input.recipientId ?? null,
    beneficiaryId: input.beneficiaryId ?? null,
    amountPaise: input.amountPaise,
    initiations: journey.initiations.map(({ clientRefId, at, answer }) => ({ clientRefId, at: iso(at), answer })),
    transaction: journey.transaction,
    quarantineEndsAt: quarantine === null ? null : iso(quarantine),
    profile: journey.profile,
  }
}

export function transferResultOf(journey: TransferJourney): TransferResult {
  return {
    state: journey.state as ClosedTransferState,
    rejection: journey.rejection,
    detail: journey.detail,
    transaction: journey.transaction,
    view: transferViewOf(journey),
  }
}
