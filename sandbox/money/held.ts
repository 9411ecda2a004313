import type { TransferOrder } from './money.js'

/** What ends a hold; where both are given, both must have happened. */
export interface HoldUntil {
  /** So long after it was accepted, on the bank's clock. */
  ms?: number | undefined
  /** After so many inquiries for it said "not found". */
  afterInquiries?: number | undefined
}

interface Held {
  order: TransferOrder
  dueAt: number
  inquiriesLeft: number
}

/** Transfers that were accepted and are not carried out yet: the late commit. */
export class HeldTransfers {
  #held: Held[] = []

  hold(order: TransferOrder, { ms, afterInquiries }: HoldUntil, now: number): void {
    const inquiriesLeft = afterInquiries ?? (ms === undefined ? 1 : 0)
    this.#held.push({ order, dueAt: now + (ms ?? 0), inquiriesLeft })
  }

  askedInVain(clientRefId: string): void {
    for (const one of this.#held) {
      if (one.order.clientRefId === clientRefId) one.inquiriesLeft = Math.max(0, one.inquiriesLeft - 1)
    }
  }

  /** Those whose hold is over, oldest first; they are held no longer. */
  takeDue(now: number): TransferOrder[] {
    const isDue = (one: Held): boolean => one.inquiriesLeft === 0 && one.dueAt <= now
    const due = this.#held.filter(isDue)
    this.#held = this.#held.filter((one) => !isDue(one))
    return due.map(({ order }) => order)
  }

  all(): TransferOrder[] {
    return this.#held.map(({ order }) => order)
  }
}
