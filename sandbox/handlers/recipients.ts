import { numbered, success, undocumentedUse } from '../envelope.js'
import type { Answer } from '../envelope.js'
import { Rail } from '../names.js'
import { dayOf } from '../money/limits.js'
import type { Recipient } from '../money/recipients.js'
import { param } from '../world.js'
import type { Call } from '../world.js'
import { notAPayer } from './money-guards.js'

/** Get Recipients. */
export function getRecipients(call: Call): Answer {
  const refused = notAPayer(call)
  if (refused) return refused
  const recipients = call.world.money.recipientsOf(call.rail, call.mobile)
  if (recipients.length === 0 && call.rules.noRecipients[call.rail] === 'type22') {
    return success(22, 'No recepients found', undefined, -1)
  }
  return success(23, 'Success', {
    pan_required: 2,
    recipient_list: recipients.map(listed),
    remaining_limit_before_pan_required: 50000,
    is_insured: '',
  })
}

/** A recipient as the list shows it; numbers and texts as in Eko's sample. */
function listed(recipient: Recipient): Record<string, unknown> {
  const { account, beneficiaryId } = recipient
  return {
    ...{ channel_absolute: 0, available_channel: 0, account_type: 'Bank Account', ifsc_status: 1 },
    ...{ is_self_account: '0', channel: 0, is_imps_scheduled: 0, recipient_id_type: 'acc_ifsc' },
    ...{ imps_inactive_reason: '', allowed_channel: 0, is_verified: 0 },
    beneficiary_id: beneficiaryId === null ? null : Number(beneficiaryId),
    bank: bankName(recipient),
    is_otp_required: '0',
    recipient_mobile: recipient.recipientMobile,
    recipient_name: recipient.name,
    ifsc: recipient.ifsc,
    account: `${account.slice(0, 1)}${'X'.repeat(Math.max(0, account.length - 6))}${account.slice(-5)}`,
    pipes: { '3': { pipe: 3, status: 1 } },
    recipient_id: recipient.recipientId,
    is_rblbc_recipient: 1,
  }
}

/** The bank's name in answers; made up but for the code. */
export function bankName({ ifsc }: Recipient): string {
  return `Sandbox Bank ${ifsc.slice(0, 4)}`
}

/** Add Recipient: the person and the account; the bank is registered by a second call. */
export function addRecipient(call: Call): Answer {
  const refused = notAPayer(call) ?? refusedRecipient(call)
  if (refused) return refused
  const { world, rail, mobile } = call
  const now = world.clock.bankNow()
  const known = world.money.recipientsOf(rail, mobile)
  const account = param(call, 'account')
  const ifsc = ifscOf(call)
  if (known.some((one) => one.account === account && one.ifsc === ifsc)) return recipientAgain(call)
  const today = known.filter((one) => one.addedByCall && dayOf(one.addedAt) === dayOf(now))
  if (today.length >= world.policy.recipientsPerDay) {
    return undocumentedUse(numbered(39, 'Max recipient limit reached'), 'use and body of 39')
  }
  const details = {
    name: param(call, 'recipient_name').trim(),
    recipientMobile: param(call, 'recipient_mobile'),
    bankId: Number(param(call, 'bank_id')),
    ...{ account, ifsc },
  }
  const added = world.money.recipientBook(rail, mobile).add(rail, mobile, details, now, true)
  return success(43, 'Success!Please transact using Recipientid', {
    initiator_id: param(call, 'initiator_id'),
    recipient_mobile: details.recipientMobile,
    recipient_id_type: '',
    customer_id: mobile,
    pipes: {},
    recipient_id: added.recipientId,
  })
}

/** DigiKhata's page names it `bank_code`, Levin's `ifsc`. */
function ifscOf(call: Call): string {
  return param(call, call.rail === Rail.levin ? 'ifsc' : 'bank_code').toUpperCase()
}

function recipientAgain(call: Call): Answer {
  if (call.rules.recipientAgain[call.rail] === 'status2148') return beneficiaryAgain()
  return undocumentedUse(numbered(342, 'Recipient already registered'), 'body of 342')
}

/** 2148, as an older page of Eko's shows it for Levin's recipients and their banks. */
export function beneficiaryAgain(): Answer {
  const data = { description: 'Beneficiary allready added!', bank_recipient_id: '0' }
  return numbered(2148, 'dmt.add.beneficiary.failed', data)
}

/** Refusals of a recipient's details by codes of Eko's table; no page shows their bodies. */
function refusedRecipient(call: Call): Answer | undefined {
  const name = param(call, 'recipient_name').trim()
  const mobile = param(call, 'recipient_mobile')
  const rules: readonly [boolean, number, string][] = [
    [name.length > 50, 122, 'Recipient name length should be in between 1 and 50'],
    [!/^[A-Za-z][A-Za-z .']*$/.test(name), 131, 'Recipient name should only contain letters'],
    [!/^\d*$/.test(mobile), 145, 'Recipient mobile should be numeric'],
    [mobile.length !== 10, 140, 'Recipient mobile should be 10 digit'],
    [ifscOf(call).length < 11, 44, 'Incomplete IFSC Code'],
    [!/^[A-Z]{4}0[A-Z0-9]{6}$/.test(ifscOf(call)), 136, 'Please provide valid IFSC format'],
    [!/^\d{6,20}$/.test(param(call, 'account')), 102, 'Invalid Account number length'],
    [Number(param(call, 'bank_id')) === 0, 48, 'Recipient bank not found'],
  ]
  const broken = rules.find(([isBroken]) => isBroken)
  return broken && undocumentedUse(numbered(broken[1], broken[2]), `body of ${broken[1]}`)
}
