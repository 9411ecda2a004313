import { numbered, success, undocumentedUse } from '../envelope.js'
import type { Answer } from '../envelope.js'
import { Purpose } from '../names.js'
import { sendCode } from '../world.js'
import type { Call } from '../world.js'
import { notAPayer, recipientOf, recipientUnknown } from './money-guards.js'
import { beneficiaryAgain } from './recipients.js'
import { redeem } from './redeem.js'

const BENEFICIARY_ADDED = 'Beneficiary added'

/** Add Recipient Bank (Levin): transfers may begin at once. */
export function addRecipientBank(call: Call): Answer {
  const refused = notAPayer(call)
  if (refused) return refused
  const recipient = recipientOf(call)
  if (!recipient) return recipientUnknown()
  if (recipient.beneficiaryId !== null) return beneficiaryAgain()
  const { world, rail, mobile } = call
  world.money.recipientBook(rail, mobile).register(recipient, world.clock.bankNow())
  return success(1741, BENEFICIARY_ADDED, {
    beneficiary_id: recipient.beneficiaryId,
    ...{ recipient_name: '', ifsc: '', account: '', recipient_id: '' },
  })
}

/** Generate Add Recipient Bank OTP (DigiKhata): an SMS, and the number that the bank's account will have. */
export function generateRecipientBankOtp(call: Call): Answer {
  const refused = notAPayer(call)
  if (refused) return refused
  const recipient = recipientOf(call)
  if (!recipient) return recipientUnknown()
  if (recipient.beneficiaryId !== null) {
    return undocumentedUse(beneficiaryAgain(), 'a recipient bank that is registered already')
  }
  const { world, rail, mobile } = call
  const offered = world.money.recipientBook(rail, mobile).freshBeneficiaryId()
  recipient.offeredBeneficiaryId = offered
  const ref = `${mobile}~${mobile}~Channel4~${offered}~${offered}`
  const subject = String(recipient.recipientId)
  return success(1741, BENEFICIARY_ADDED, {
    beneficiary_id: offered,
    ...{ recipient_name: '', ifsc: '', account: '' },
    otp_ref_id: sendCode(call, Purpose.RECIPIENT, { ref }, { subject }),
    recipient_id: '',
  })
}

/** Validate OTP to Add Recipient (DigiKhata): the bank is registered and cools. */
export function validateRecipientBankOtp(call: Call): Answer {
  const refused = notAPayer(call)
  if (refused) return refused
  const redeemed = redeem(call, Purpose.RECIPIENT)
  if (!redeemed.ok) return redeemed.answer
  const { world, rail, mobile } = call
  const recipient = world.money
    .recipientsOf(rail, mobile)
    .find(({ recipientId }) => String(recipientId) === redeemed.issued.subject)
  if (!recipient) return recipientUnknown()
  const usableFrom = world.clock.bankNow() + world.policy.recipientCoolingMs
  world.money.recipientBook(rail, mobile).register(recipient, usableFrom)
  return verified(call)
}

/** Its page shows `status` 2131 with the `response_status_id` of a success. */
function verified(call: Call): Answer {
  const data = { application_id: '' }
  if (call.rules.recipientVerified === 'status0') return success(2131, 'Validate OTP', data)
  const answer = numbered(2131, 'Validate OTP', data)
  return { ...answer, body: { ...answer.body, response_status_id: 0 } }
}
