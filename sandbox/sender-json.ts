import { PURPOSES } from './names.js'
import type { Purpose, Rail, Stage } from './names.js'
import type { Sender } from './senders.js'
import type { World } from './world.js'

/** `GET /senders/{rail}/{mobile}`: the truth about a sender. Times are ISO 8601. */
export interface SenderJson {
  rail: Rail
  mobile: string
  stage: Stage
  name: string
  dob: string
  mobileVerifiedAt: string | null
  aadhaarVerifiedAt: string | null
  panVerifiedAt: string | null
  aadhaarLast4: string
  pan: string
  /** Levin: what opens the wallet now. */
  wallet: { walletId: string; tokenExpiresAt: string | null; emptyTokenAccepted: boolean } | null
  /** What the wallet holds, paise. */
  balancePaise: number
  /** What counts against the limit of this month, paise. */
  monthUsedPaise: number
  /** Codes that can still be accepted (or have just expired). */
  liveCodes: { purpose: Purpose; otpRefId: string; issuedAt: string; expiresAt: string; triesLeft: number }[]
}

export function senderJson(world: World, sender: Sender): SenderJson {
  const { rail, mobile, stage, name, dob, aadhaarLast4, pan, wallet } = sender
  const liveCodes = PURPOSES.flatMap((purpose) => {
    const issued = world.codes.live({ rail, mobile, purpose })
    if (!issued) return []
    const { otpRefId, issuedAt, wrongTries } = issued
    const expiresAt = stamp(world.codes.expiresAt(issued)) ?? ''
    const triesLeft = world.policy.codeAttempts - wrongTries
    return [{ purpose, otpRefId, issuedAt: stamp(issuedAt) ?? '', expiresAt, triesLeft }]
  })
  return {
    rail,
    mobile,
    stage,
    name,
    dob,
    mobileVerifiedAt: stamp(sender.mobileVerifiedAt),
    aadhaarVerifiedAt: stamp(sender.aadhaarVerifiedAt),
    panVerifiedAt: stamp(sender.panVerifiedAt),
    aadhaarLast4,
    pan,
    wallet: wallet && {
      walletId: wallet.walletId,
      tokenExpiresAt: wallet.token === '' ? null : stamp(wallet.expiresAt),
      emptyTokenAccepted: wallet.emptyAccepted,
    },
    balancePaise: world.money.balance(rail, mobile),
    monthUsedPaise: world.money.monthUsed(rail, mobile),
    liveCodes,
  }
}

function stamp(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString()
}
