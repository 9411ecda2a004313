import { MoneyKind } from '../ledger.js'
import type { MoneyEntry } from '../ledger.js'
import { FEES, OUTSIDE, SUSPENSE } from './books.js'
import type { Account } from './books.js'
import type { Money } from './money.js'
import { TxStatus } from './paths.js'
import type { Transaction } from './transactions.js'

/** `GET /money`: where all money is, in paise, and whether it is all there. */
export interface MoneyJson {
  conserved: boolean
  /** What is wrong, one sentence each; empty where money is conserved. */
  violations: string[]
  /** All that ever came from outside, less what went back there. */
  broughtInPaise: number
  walletsPaise: number
  recipientsPaise: number
  feesPaise: number
  suspensePaise: number
  accounts: { account: Account; balancePaise: number }[]
  /** Late commits that have not happened yet. */
  held: { clientRefId: string | null; mobile: string; amountPaise: number }[]
}

/** What the auditor reads: nothing of it is made for him. */
export interface Audited {
  balances: ReadonlyMap<Account, number>
  entries: readonly MoneyEntry[]
  transactions: readonly Transaction[]
}

/** Where all money is. */
export function moneyJson(money: Money, entries: readonly MoneyEntry[]): MoneyJson {
  const balances = money.books.all()
  const violations = moneyViolations({ balances, entries, transactions: money.transactions.all() })
  const sumOf = (prefix: string): number =>
    sum([...balances].flatMap(([name, n]) => (name.startsWith(prefix) ? n : [])))
  return {
    conserved: violations.length === 0,
    violations,
    broughtInPaise: 0 - sumOf(OUTSIDE),
    walletsPaise: sumOf('wallet:'),
    recipientsPaise: sumOf('recipient:'),
    feesPaise: sumOf(FEES),
    suspensePaise: sumOf(SUSPENSE),
    accounts: [...balances].map(([account, balancePaise]) => ({ account, balancePaise })),
    held: money.held.all().map(({ clientRefId, mobile, amountPaise }) => ({ clientRefId, mobile, amountPaise })),
  }
}

/**
 * The sum of money is conserved: every balance is what its entries come to, nothing but the outside is negative, and
 * the entries of each transaction are those that its status demands, so that no money is lost or made anywhere.
 */
export function moneyViolations({ balances, entries, transactions }: Audited): string[] {
  const replayed = new Map<Account, number>()
  for (const { from, to, amountPaise } of entries) {
    replayed.set(from, (replayed.get(from) ?? 0) - amountPaise)
    replayed.set(to, (replayed.get(to) ?? 0) + amountPaise)
  }
  const accounts = new Set([...balances.keys(), ...replayed.keys()])
  const open = transactions.filter(isOpen).map(({ amountPaise, feePaise }) => amountPaise + feePaise)
  const total = sum([...balances.values()])
  const suspended = balances.get(SUSPENSE) ?? 0
  return [
    ...(total === 0 ? [] : [`The accounts come to ${total} paise in place of 0.`]),
    ...[...accounts].flatMap((account) =>
      judgedAccount(account, balances.get(account) ?? 0, replayed.get(account) ?? 0),
    ),
    ...(suspended === sum(open) ? [] : [`Suspense holds ${suspended} paise, open transactions ${sum(open)}.`]),
    ...transactions.flatMap((transaction) => judgedTransaction(transaction, entries)),
    ...entries.filter(isStray(transactions)).map(({ kind, tid }) => `${kind} of ${tid}, which is no transaction.`),
  ]
}

function judgedAccount(account: Account, balance: number, replayed: number): string[] {
  return [
    ...(balance === replayed ? [] : [`${account} holds ${balance} paise, its entries come to ${replayed}.`]),
    ...(balance >= 0 || account === OUTSIDE ? [] : [`${account} holds ${balance} paise, less than nothing.`]),
  ]
}

function isStray(transactions: readonly Transaction[]): (entry: MoneyEntry) => boolean {
  const tids = new Set(transactions.map(({ tid }) => tid))
  return ({ tid }) => tid !== null && !tids.has(tid)
}

/** Debited, and neither paid nor given back. */
function isOpen({ kind, debited, txStatus }: Transaction): boolean {
  const over: readonly string[] = [TxStatus.success, TxStatus.failed, TxStatus.refunded]
  return kind === 'TRANSFER' && debited && !over.includes(txStatus)
}

function judgedTransaction(transaction: Transaction, entries: readonly MoneyEntry[]): string[] {
  const { tid, txStatus } = transaction
  const own = entries.filter((entry) => entry.tid === tid && entry.amountPaise !== 0)
  const found = own.map(({ kind, amountPaise }) => `${kind} ${amountPaise}`)
  const wanted = wantedEntries(transaction).flatMap(([kind, paise]) => (paise === 0 ? [] : [`${kind} ${paise}`]))
  if (found.join() === wanted.join()) return []
  return [
    `Transaction ${tid} is ${txStatus}: ${found.join(', ') || 'no entry'} in place of ${wanted.join(', ') || 'none'}.`,
  ]
}

/** The entries that a transaction of this status must have, in order. */
function wantedEntries({ kind, debited, txStatus, amountPaise, feePaise }: Transaction): [MoneyKind, number][] {
  const total = amountPaise + feePaise
  if (kind === 'LOAD')
    return [
      [MoneyKind.LOAD, amountPaise],
      [MoneyKind.LOAD_FEE, feePaise],
    ]
  if (!debited) return []
  const debit: [MoneyKind, number] = [MoneyKind.DEBIT, total]
  switch (txStatus) {
    case TxStatus.success:
      return [debit, [MoneyKind.CREDIT, amountPaise], [MoneyKind.FEE, feePaise]]
    case TxStatus.failed:
      return [debit, [MoneyKind.REVERSAL, total]]
    case TxStatus.refunded:
      return [debit, [MoneyKind.REFUND, total]]
    default:
      return [debit]
  }
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0)
}
