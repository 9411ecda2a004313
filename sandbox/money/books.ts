import type { SandboxClock } from '../clock.js'
import type { Ledger, MoneyEntry, MoneyKind } from '../ledger.js'
import type { Rail } from '../names.js'

/** Where money can be. Wallets and recipients have an account each: `wallet:levin:6000000001`, `recipient:10017741`. */
export type Account = string

/** Everything beyond the sandbox: who loads wallets. Its balance is minus all money that was ever brought in. */
export const OUTSIDE: Account = 'outside'
/** Eko's fees. */
export const FEES: Account = 'fees'
/** Money that has left a wallet and arrived nowhere yet. */
export const SUSPENSE: Account = 'suspense'

export function walletAccount(rail: Rail, mobile: string): Account {
  return `wallet:${rail}:${mobile}`
}

export function recipientAccount(recipientId: number): Account {
  return `recipient:${recipientId}`
}

/** What a movement of money belongs to. */
export interface Cause {
  rail: Rail
  mobile: string
  kind: MoneyKind
  /** null: money that was there before, or was set by the control API. */
  tid: string | null
  clientRefId: string | null
}

/** Balances of all accounts in paise. Money moves between two accounts and is written into the ledger, always both. */
export class Books {
  readonly #balances = new Map<Account, number>()
  readonly #ledger: Ledger
  readonly #clock: SandboxClock

  constructor(ledger: Ledger, clock: SandboxClock) {
    this.#ledger = ledger
    this.#clock = clock
  }

  /**
   * Moves money; nothing happens for an amount of 0.
   * @throws RangeError for an amount that is no positive integer, or that the account does not hold
   */
  move(cause: Cause, from: Account, to: Account, amountPaise: number): void {
    if (amountPaise === 0) return
    if (!Number.isSafeInteger(amountPaise) || amountPaise < 0) throw new RangeError(`Not an amount: ${amountPaise}`)
    const left = this.balance(from) - amountPaise
    if (from !== OUTSIDE && left < 0) throw new RangeError(`${from} does not hold ${amountPaise} paise.`)
    this.#balances.set(from, left)
    this.#balances.set(to, this.balance(to) + amountPaise)
    const entry: MoneyEntry = { at: this.#clock.stamp(), ...cause, from, to, amountPaise }
    this.#ledger.moneyMoved(entry)
  }

  balance(account: Account): number {
    return this.#balances.get(account) ?? 0
  }

  /** Every account that money has ever moved from or to. */
  all(): ReadonlyMap<Account, number> {
    return this.#balances
  }
}
