import { FaultList } from './faults.js'
import type { FaultSpec } from './faults.js'
import { Stage } from './names.js'
import type { Rail } from './names.js'
import { mobileScenario } from './scenarios.js'

/** What a Levin sender may present as `wallet_token` and `wallet_id`. */
export interface WalletSession {
  token: string
  walletId: string
  /** When the token dies, ms on the platform's clock. */
  expiresAt: number
  /** True after a verification that answered without a token: an empty one then counts. */
  emptyAccepted: boolean
}

/** The truth about one sender on one rail. */
export interface Sender {
  rail: Rail
  mobile: string
  stage: Stage
  name: string
  /** Date of birth, YYYY-MM-DD. */
  dob: string
  mobileVerifiedAt: number | null
  aadhaarVerifiedAt: number | null
  panVerifiedAt: number | null
  /** Last four digits of the verified Aadhaar number. */
  aadhaarLast4: string
  pan: string
  wallet: WalletSession | null
  /** Faults of the mobile's scenario. */
  faults: FaultList
}

/** What `PUT /senders/{rail}/{mobile}` may set. */
export interface SenderSeed {
  stage: Stage
  name?: string | undefined
  dob?: string | undefined
  pan?: string | undefined
  /** Counts as if the sender had verified the mobile just now. */
  mobileVerified?: boolean | undefined
}

const GIVEN_NAMES = ['Asha', 'Bina', 'Chetan', 'Deepa', 'Eshan', 'Farah', 'Gita', 'Hari', 'Isha', 'Jaya']

/** All senders. A sender exists from the first question about it, NOT_ENROLLED unless its mobile is a scenario's. */
export class SenderBook {
  readonly #senders = new Map<string, Sender>()

  get(rail: Rail, mobile: string): Sender {
    const key = `${rail}:${mobile}`
    const known = this.#senders.get(key)
    if (known) return known
    const scenario = mobileScenario(mobile)
    const sender = newSender(rail, mobile, scenario?.faults ?? [])
    this.#senders.set(key, sender)
    if (scenario?.stage) seedSender(sender, { stage: scenario.stage }, Date.now())
    return sender
  }

  /** Another sender of the rail that has this PAN. */
  ownerOfPan(rail: Rail, pan: string): Sender | undefined {
    return [...this.#senders.values()].find((sender) => sender.rail === rail && sender.pan === pan)
  }
}

function newSender(rail: Rail, mobile: string, faults: readonly FaultSpec[]): Sender {
  const list = new FaultList()
  list.add(faults)
  return {
    rail,
    mobile,
    stage: Stage.NOT_ENROLLED,
    name: `${GIVEN_NAMES[Number(mobile.slice(-1))] ?? 'Asha'} Sandbox`,
    dob: '1990-01-01',
    mobileVerifiedAt: null,
    aadhaarVerifiedAt: null,
    panVerifiedAt: null,
    aadhaarLast4: '',
    pan: '',
    wallet: null,
    faults: list,
  }
}

const ORDER: readonly Stage[] = Object.values(Stage)

/** Whether a stage lies after another. */
export function isPast(stage: Stage, other: Stage): boolean {
  return ORDER.indexOf(stage) > ORDER.indexOf(other)
}

const LONG_AGO_MS = 30 * 24 * 60 * 60_000

/**
 * Puts a sender into a stage as if it had come there long ago: steps before the stage count as done, the mobile's
 * verification as too old for the Aadhaar steps unless `mobileVerified` is set.
 */
export function seedSender(sender: Sender, seed: SenderSeed, now: number): void {
  sender.stage = seed.stage
  sender.name = seed.name ?? sender.name
  sender.dob = seed.dob ?? sender.dob
  sender.pan = seed.pan ?? (seed.stage === Stage.ACTIVE ? sender.pan : '')
  const doneBefore = (step: Stage): number | null => (isPast(seed.stage, step) ? now - LONG_AGO_MS : null)
  sender.mobileVerifiedAt = seed.mobileVerified ? now : doneBefore(Stage.OTP_PENDING)
  sender.aadhaarVerifiedAt = doneBefore(Stage.AADHAAR_PENDING)
  sender.panVerifiedAt = doneBefore(Stage.PAN_PENDING)
  sender.wallet = null
}
