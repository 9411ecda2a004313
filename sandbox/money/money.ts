import type { SandboxClock } from '../clock.js'
import { MoneyKind } from '../ledger.js'
import type { Ledger } from '../ledger.js'
import { Rail } from '../names.js'
import type { SandboxPolicy } from '../policy.js'
import { mobileScenario } from '../scenarios.js'
import { Books, FEES, OUTSIDE, recipientAccount, SUSPENSE, walletAccount } from './books.js'
import type { Account, Cause } from './books.js'
import { HeldTransfers } from './held.js'
import type { HoldUntil } from './held.js'
import { monthOf } from './limits.js'
import { isFinal, pathRule, TxStatus } from './paths.js'
import type { AnyTxStatus, TransferPath } from './paths.js'
import { RecipientBook } from './recipients.js'
import type { Recipient } from './recipients.js'
import { TransactionBook } from './transactions.js'
import type { Transaction } from './transactions.js'

/** What money needs of its world. */
export interface MoneySurroundings {
  readonly ledger: Ledger
  readonly clock: SandboxClock
  readonly policy: SandboxPolicy
}

/** A transfer or a load that passed every check. */
export interface Order {
  rail: Rail
  mobile: string
  initiatorId: string
  clientRefId: string | null
  amountPaise: number
}

export interface TransferOrder extends Order {
  recipient: Recipient
  otpRefId: string
  path: TransferPath
}

/** All money of one sandbox: wallets, recipients and transactions. */
export class Money {
  readonly books: Books
  readonly transactions = new TransactionBook()
  readonly held = new HeldTransfers()
  readonly #recipients = new RecipientBook()
  readonly #opened = new Set<Account>()
  readonly #usedBefore = new Map<Account, number>()
  readonly #around: MoneySurroundings

  constructor(around: MoneySurroundings) {
    this.#around = around
    this.books = new Books(around.ledger, around.clock)
  }

  /** What the sender's wallet holds, paise. Looking at it writes nothing. */
  balance(rail: Rail, mobile: string): number {
    const account = walletAccount(rail, mobile)
    return this.#opened.has(account) ? this.books.balance(account) : this.#openingBalance(rail, mobile)
  }

  /** Sets what a wallet holds; the difference comes from outside or goes there. */
  setBalance(rail: Rail, mobile: string, paise: number): void {
    const account = this.#wallet(rail, mobile)
    const more = paise - this.books.balance(account)
    const cause = { rail, mobile, kind: MoneyKind.SEED, tid: null, clientRefId: null }
    if (more > 0) this.books.move(cause, OUTSIDE, account, more)
    else this.books.move(cause, account, OUTSIDE, -more)
  }

  /** What the sender has sent in this month, paise: transfers that were not given back, and what was set. */
  monthUsed(rail: Rail, mobile: string): number {
    const account = walletAccount(rail, mobile)
    const before = this.#usedBefore.get(account) ?? mobileScenario(mobile)?.payer?.monthUsedPaise ?? 0
    const month = monthOf(this.#around.clock.bankNow())
    const gone = this.transactions.all(mobile).filter((one) => one.rail === rail && isOnItsWay(one))
    const ofMonth = gone.filter(({ at }) => monthOf(at) === month)
    return ofMonth.reduce((sum, { amountPaise }) => sum + amountPaise, before)
  }

  /** Sets what counts as sent before, whatever the month. */
  setUsedBefore(rail: Rail, mobile: string, paise: number): void {
    this.#usedBefore.set(walletAccount(rail, mobile), paise)
  }

  recipientsOf(rail: Rail, mobile: string): readonly Recipient[] {
    return this.#recipients.of(rail, mobile, mobileScenario(mobile)?.payer !== undefined)
  }

  /** The book itself, with the sender's recipients in it. */
  recipientBook(rail: Rail, mobile: string): RecipientBook {
    this.recipientsOf(rail, mobile)
    return this.#recipients
  }

  /** Money from outside into a wallet; the fee comes on top of it from outside (*sandbox policy*). */
  load(order: Order): Transaction {
    const { rail, mobile, clientRefId, amountPaise } = order
    const feePaise = this.#around.policy.loadFeePaise
    const tid = this.transactions.freshTid(12)
    const cause = { rail, mobile, tid, clientRefId }
    this.books.move({ ...cause, kind: MoneyKind.LOAD }, OUTSIDE, this.#wallet(rail, mobile), amountPaise)
    this.books.move({ ...cause, kind: MoneyKind.LOAD_FEE }, OUTSIDE, FEES, feePaise)
    return this.transactions.add({
      ...this.#newTransaction(order, tid),
      ...{ kind: 'LOAD', feePaise, txStatus: TxStatus.success, debited: false },
    })
  }

  /** Carries a transfer out: debit, then whatever its path says. A wallet that holds too little makes it fail. */
  transfer(order: TransferOrder): Transaction {
    const { rail, mobile, amountPaise, recipient, otpRefId } = order
    const feePaise = this.#around.policy.transferFeePaise
    const wallet = this.#wallet(rail, mobile)
    const covered = this.books.balance(wallet) >= amountPaise + feePaise
    const path = covered ? order.path : 'failBeforeDebit'
    const rule = pathRule(path)
    const settles = rule.then === undefined || rule.then === null ? null : rule.then
    const settlesAt = settles === null ? null : this.#around.clock.bankNow() + this.#around.policy.settlementMs
    const transaction = this.transactions.add({
      ...this.#newTransaction(order, this.transactions.freshTid()),
      ...{ kind: 'TRANSFER', feePaise, recipientId: recipient.recipientId, otpRefId, path },
      ...{ txStatus: rule.first, debited: rule.debits, settlesAt, settlesTo: settles },
    })
    if (rule.debits) this.#move(transaction, MoneyKind.DEBIT, wallet, SUSPENSE, amountPaise + feePaise)
    this.#arrive(transaction, rule.first)
    return transaction
  }

  /** Accepts a transfer now and carries it out when the hold is over. */
  transferLater(order: TransferOrder, until: HoldUntil): void {
    this.held.hold(order, until, this.#around.clock.bankNow())
  }

  /** An inquiry said "not found": what was held for it may come now. */
  askedInVain(clientRefId: string): void {
    this.held.askedInVain(clientRefId)
    this.tick()
  }

  /** Carries out what is due: held transfers and settlements. Called before anything looks at money. */
  tick(): void {
    const now = this.#around.clock.bankNow()
    for (const order of this.held.takeDue(now)) this.transfer(order)
    for (const transaction of this.transactions.all()) {
      const { settlesAt, settlesTo } = transaction
      if (settlesAt !== null && settlesTo !== null && settlesAt <= now) this.settle(transaction, settlesTo)
    }
  }

  /** @throws RangeError where the transaction cannot take that status any more */
  settle(transaction: Transaction, status: AnyTxStatus): void {
    const { txStatus, tid, kind } = transaction
    const fromRefund = txStatus === TxStatus.refundPending
    if (kind === 'LOAD' || isFinal(txStatus) || (fromRefund && status !== TxStatus.refunded)) {
      throw new RangeError(`Transaction ${tid} is ${txStatus}: it cannot become ${status}.`)
    }
    if (status === TxStatus.refunded && !fromRefund) {
      throw new RangeError(`Transaction ${tid} is ${txStatus}: only a refund that is pending (3) can be refunded.`)
    }
    Object.assign(transaction, { txStatus: status, settlesAt: null, settlesTo: null })
    this.#arrive(transaction, status)
  }

  /** The money side of a status. */
  #arrive(transaction: Transaction, status: AnyTxStatus): void {
    const { rail, mobile, amountPaise, feePaise, recipientId, debited } = transaction
    const wallet = walletAccount(rail, mobile)
    if (status === TxStatus.success && recipientId !== null) {
      this.#move(transaction, MoneyKind.CREDIT, SUSPENSE, recipientAccount(recipientId), amountPaise)
      this.#move(transaction, MoneyKind.FEE, SUSPENSE, FEES, feePaise)
      transaction.bankRefNum = `${monthOf(transaction.at).replace('-', '')}${transaction.tid}`
    }
    if (status === TxStatus.failed && debited) {
      this.#move(transaction, MoneyKind.REVERSAL, SUSPENSE, wallet, amountPaise + feePaise)
    }
    if (status === TxStatus.refunded) {
      transaction.refundTid = this.transactions.freshTid()
      this.#move(transaction, MoneyKind.REFUND, SUSPENSE, wallet, amountPaise + feePaise)
    }
  }

  #move(transaction: Transaction, kind: MoneyKind, from: Account, to: Account, paise: number): void {
    const { rail, mobile, tid, clientRefId } = transaction
    const cause: Cause = { rail, mobile, kind, tid, clientRefId }
    this.books.move(cause, from, to, paise)
  }

  #newTransaction(order: Order, tid: string): Omit<Transaction, 'kind' | 'feePaise' | 'txStatus' | 'debited'> {
    const { rail, mobile, initiatorId, clientRefId, amountPaise } = order
    return {
      ...{ tid, rail, mobile, initiatorId, clientRefId, amountPaise },
      ...{ otpRefId: null, recipientId: null, path: 'success' },
      at: this.#around.clock.bankNow(),
      ...{ settlesAt: null, settlesTo: null, bankRefNum: '', refundTid: null },
    }
  }

  /** The wallet's account. What it held before the first movement is brought in with it. */
  #wallet(rail: Rail, mobile: string): Account {
    const account = walletAccount(rail, mobile)
    if (!this.#opened.has(account)) {
      this.#opened.add(account)
      const cause = { rail, mobile, kind: MoneyKind.OPENING, tid: null, clientRefId: null }
      this.books.move(cause, OUTSIDE, account, this.#openingBalance(rail, mobile))
    }
    return account
  }

  #openingBalance(rail: Rail, mobile: string): number {
    const payer = mobileScenario(mobile)?.payer
    if (payer) return payer.balancePaise
    return rail === Rail.levin ? this.#around.policy.levinOpeningBalancePaise : 0
  }
}

/** Transfers that took money which was not given back. */
function isOnItsWay({ kind, debited, txStatus }: Transaction): boolean {
  return kind === 'TRANSFER' && debited && txStatus !== TxStatus.failed && txStatus !== TxStatus.refunded
}
