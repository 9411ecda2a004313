import { aadhaarPending, profile } from '../answers.js'
import { customerUnknown, gateway, invalid, numbered, success, undocumentedUse } from '../envelope.js'
import type { Answer } from '../envelope.js'
import { KycStep, Rail, Stage } from '../names.js'
import { panScenario } from '../scenarios.js'
import type { Sender } from '../senders.js'
import { param } from '../world.js'
import type { Call } from '../world.js'
import { walletRefusal } from './wallet.js'

/** Validate PAN: the last step of KYC. */
export function validatePan(call: Call): Answer {
  const sender = call.world.senders.get(call.rail, call.mobile)
  if (sender.stage === Stage.NOT_ENROLLED) return customerUnknown(call.rules.invalidParams)
  const walletClosed = walletRefusal(call, sender)
  if (walletClosed) return walletClosed
  if (sender.stage === Stage.ACTIVE) return alreadyApproved(call, sender)
  if (sender.stage !== Stage.PAN_PENDING) return aadhaarPending()
  return refusedPan(call, sender) ?? approve(call, sender)
}

function alreadyApproved(call: Call, sender: Sender): Answer {
  if (call.rules.panWhenActive === 'profile') return approvedProfile(call, sender)
  return undocumentedUse(numbered(585, 'Customer already KYC approved'), 'body of 585')
}

function refusedPan(call: Call, sender: Sender): Answer | undefined {
  const pan = param(call, 'pan_number')
  const fault = call.fault?.fault === 'panRefused' ? call.fault : undefined
  const scenario = panScenario(pan)
  if (scenario === 'unavailable') return gateway(503, 'Service Unavailable')
  if (scenario === 'fieldRefused' || fault?.field === true) {
    const text = 'Please provide a valid PAN'
    return undocumentedUse(invalid(97, text, { pan_number: text }, call.rules.invalidParams), 'refusal of a PAN')
  }
  if (fault?.status !== undefined && fault.status !== 1237) {
    return undocumentedUse(numbered(fault.status, 'PAN validation failed'), 'refusal of a PAN')
  }
  if (scenario === 'aadhaarPendingAgain') {
    sender.stage = Stage.AADHAAR_PENDING
    return undocumentedUse(aadhaarPending(), 'Aadhaar falls back to pending')
  }
  const owner = call.world.senders.ownerOfPan(call.rail, pan)
  if (fault || scenario === 'alreadyExists' || (owner && owner !== sender)) {
    return undocumentedUse(numbered(1237, 'ID proof number already exists in the system'), 'body of 1237')
  }
  return undefined
}

function approve(call: Call, sender: Sender): Answer {
  const { world, rail, mobile } = call
  sender.stage = Stage.ACTIVE
  sender.pan = param(call, 'pan_number')
  sender.panVerifiedAt = world.clock.trueNow()
  world.ledger.stepDone({ at: world.clock.stamp(), rail, mobile, step: KycStep.PAN_VERIFIED })
  if (rail === Rail.levin && call.rules.levinPanDone === 'registered') {
    return success(2132, 'Customer Registration Completed')
  }
  return approvedProfile(call, sender)
}

function approvedProfile(call: Call, sender: Sender): Answer {
  return profile(call, sender, { kycState: { profile: 0, data: 0 } })
}
