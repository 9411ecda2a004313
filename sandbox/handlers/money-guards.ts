import { verificationPending } from '../answers.js'
import { customerUnknown, invalid, numbered, undocumentedUse } from '../envelope.js'
import type { Answer } from '../envelope.js'
import { Rail, Stage } from '../names.js'
import type { Recipient } from '../money/recipients.js'
import { param } from '../world.js'
import type { Call } from '../world.js'
import { walletRefusal } from './wallet.js'

/** Money is for ACTIVE senders (*sandbox policy*); on Levin with a wallet token that is good, where one is presented. */
export function notAPayer(call: Call): Answer | undefined {
  const sender = call.world.senders.get(call.rail, call.mobile)
  if (sender.stage === Stage.NOT_ENROLLED) return customerUnknown(call.rules.invalidParams)
  if (sender.stage !== Stage.ACTIVE) return verificationPending()
  const looksAtToken =
    call.world.policy.levinMoneyToken === 'required' ||
    param(call, 'wallet_token') !== '' ||
    call.fault?.fault === 'walletTokenExpired'
  return call.rail === Rail.levin && looksAtToken ? walletRefusal(call, sender, false) : undefined
}

/** The recipient of a call's `recipient_id`. */
export function recipientOf(call: Call): Recipient | undefined {
  const id = Number(param(call, 'recipient_id'))
  return call.world.money.recipientsOf(call.rail, call.mobile).find(({ recipientId }) => recipientId === id)
}

/** 313 of Eko's table. */
export function recipientUnknown(): Answer {
  return undocumentedUse(numbered(313, 'Recipient registration not done'), 'use and body of 313')
}

/**
 * The refusal of a `client_ref_id` that has moved money before. Eko documents no de-duplication and no code for it: a
 * refused field, without a debit.
 */
export function duplicateRefusal(call: Call): Answer | undefined {
  const { world, clientRefId, rules } = call
  if (clientRefId === null || world.policy.duplicateClientRef === 'debits') return undefined
  const seen =
    world.money.transactions.byClientRef(clientRefId) ??
    world.money.held.all().find((order) => order.clientRefId === clientRefId)
  if (!seen) return undefined
  const fields = { client_ref_id: 'Duplicate client_ref_id' }
  return undocumentedUse(invalid(461, 'Validation failed', fields, rules.invalidParams), 'duplicate client_ref_id')
}
