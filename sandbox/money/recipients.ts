import type { Rail } from '../names.js'
import type { TransferPath } from './paths.js'
import { accountScenario, SCENARIO_RECIPIENTS } from './scenario-accounts.js'

/** A person's account at a bank that a sender may send to. */
export interface Recipient {
  rail: Rail
  /** The sender. */
  mobile: string
  recipientId: number
  name: string
  recipientMobile: string
  account: string
  ifsc: string
  bankId: number
  /** The registered bank account; null until it is registered (and, on DigiKhata, verified by a code). */
  beneficiaryId: string | null
  /** DigiKhata: the number that waits for its code. */
  offeredBeneficiaryId: string | null
  /** When transfers may begin, ms on the bank's clock; null until registered. */
  usableFrom: number | null
  /** ms on the bank's clock. */
  addedAt: number
  /** False for those that were there before: they do not count for the day. */
  addedByCall: boolean
  /** How transfers to it go. */
  path: TransferPath
}

export interface NewRecipient {
  name: string
  recipientMobile: string
  account: string
  ifsc: string
  bankId: number
}

/** Above Eko's sample numbers, so that those are never anybody's. */
const FIRST_RECIPIENT_ID = 20_000_001
const FIRST_BENEFICIARY_ID = 5_000_001

/** All recipients of all senders. */
export class RecipientBook {
  readonly #bySender = new Map<string, Recipient[]>()
  #nextRecipientId = FIRST_RECIPIENT_ID
  #nextBeneficiaryId = FIRST_BENEFICIARY_ID

  /** The sender's recipients, oldest first. Senders of a payer's scenario have one for each path from the start. */
  of(rail: Rail, mobile: string, isPayer: boolean): readonly Recipient[] {
    const key = `${rail}:${mobile}`
    const known = this.#bySender.get(key)
    if (known) return known
    this.#bySender.set(key, [])
    if (isPayer) {
      for (const details of SCENARIO_RECIPIENTS) this.register(this.add(rail, mobile, details, 0, false), 0)
    }
    return this.#bySender.get(key) ?? []
  }

  add(rail: Rail, mobile: string, details: NewRecipient, now: number, addedByCall: boolean): Recipient {
    const recipient: Recipient = {
      rail,
      mobile,
      recipientId: this.#nextRecipientId,
      ...details,
      beneficiaryId: null,
      offeredBeneficiaryId: null,
      usableFrom: null,
      addedAt: now,
      addedByCall,
      path: accountScenario(details.account)?.scenario ?? 'success',
    }
    this.#nextRecipientId += 1
    const key = `${rail}:${mobile}`
    this.#bySender.set(key, [...(this.#bySender.get(key) ?? []), recipient])
    return recipient
  }

  freshBeneficiaryId(): string {
    this.#nextBeneficiaryId += 1
    return String(this.#nextBeneficiaryId)
  }

  /** Registers the recipient's bank: transfers may begin at the given time. */
  register(recipient: Recipient, usableFrom: number): Recipient {
    recipient.beneficiaryId = recipient.offeredBeneficiaryId ?? this.freshBeneficiaryId()
    recipient.offeredBeneficiaryId = null
    recipient.usableFrom = usableFrom
    return recipient
  }
}
