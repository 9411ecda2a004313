import { numbered, success, undocumentedUse } from '../envelope.js'
import type { Answer } from '../envelope.js'
import { asDouble, paiseOfRupees } from '../money/rupees.js'
import { param } from '../world.js'
import type { Call } from '../world.js'
import { amountForm } from './amounts.js'
import { duplicateRefusal, notAPayer } from './money-guards.js'

/** Load Wallet (DigiKhata): money from outside, with a fee. */
export function loadWallet(call: Call): Answer {
  const refused = notAPayer(call) ?? duplicateRefusal(call)
  if (refused) return refused
  const { world, rail, mobile, clientRefId } = call
  const amountPaise = paiseOfRupees(param(call, 'amount'))
  const room = world.policy.maxBalancePaise - world.money.balance(rail, mobile)
  if (amountPaise > room) return undocumentedUse(numbered(314, 'Monthly limit exceeded'), 'use and body of 314')
  const initiatorId = param(call, 'initiator_id')
  const { tid, feePaise } = world.money.load({ rail, mobile, initiatorId, clientRefId, amountPaise })
  return success(2447, 'The Digi Khata wallet has been loaded successfully.', {
    fee: amountForm(call, asDouble(feePaise)),
    ...{ description: '', customer_id: '', bank_ref_num: '', tid },
  })
}
