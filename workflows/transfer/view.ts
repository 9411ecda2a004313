import type { Standing } from '../engine/flow.js'
import { codeAction, countersOf, sharedView, standingAction } from '../engine/status.js'
import { iso } from '../iso.js'
import {
  CLOSED_TRANSFER_STATES,
  type ClosedTransferState,
  type TransferAction,
  type TransferPurpose,
  type TransferResult,
  type TransferView,
} from './contract.js'
import type { TransferJourney } from './journey.js'
import { purposeIn } from './messages.js'

/** What a transfer shows. */

export const TRANSFER_STANDING = {
  closed: CLOSED_TRANSFER_STATES,
  unblockedBy: ['reenter', 'inquireByTid', 'declareNotDebited', 'takeOver', 'cancel'],
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
  const code = codeAction(journey, purpose)
  return 'do' in code ? code : { do: ENTER[purpose], ...code }
}

export function transferViewOf(journey: TransferJourney): TransferView {
  const { input, unknownSince, plan } = journey
  const quarantineMs = (plan?.policy.quarantineSeconds ?? 0) * 1000
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
    quarantineEndsAt: unknownSince === null ? null : iso(unknownSince + quarantineMs),
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
