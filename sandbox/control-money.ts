import { z } from 'zod'
import { addressed, ControlError, parsed } from './control-support.js'
import type { Handler } from './control-support.js'
import { moneyJson } from './money/audit.js'
import { TX_STATUSES } from './money/paths.js'
import type { AnyTxStatus, TransferPath } from './money/paths.js'
import type { Recipient } from './money/recipients.js'
import type { Transaction } from './money/transactions.js'
import type { Rail } from './names.js'

/** `GET /transactions`: a transaction with the truth about it. Times are ISO 8601, on the bank's clock. */
export interface TransactionJson {
  tid: string
  kind: 'TRANSFER' | 'LOAD'
  rail: Rail
  mobile: string
  clientRefId: string | null
  recipientId: number | null
  amountPaise: number
  feePaise: number
  path: TransferPath
  txStatus: AnyTxStatus
  /** Whether the wallet was ever debited for it. */
  debited: boolean
  at: string
  /** When it settles by itself; null where it does not. */
  settlesAt: string | null
  refundTid: string | null
}

/** `GET /recipients/{rail}/{mobile}`: a recipient with the truth about it. */
export interface RecipientJson {
  recipientId: number
  name: string
  account: string
  ifsc: string
  beneficiaryId: string | null
  /** From when on transfers are made, ISO 8601 on the bank's clock; null until the bank is registered. */
  usableFrom: string | null
  path: TransferPath
}

const settleSchema = z.strictObject({ txStatus: z.enum(TX_STATUSES) })
const recipientSchema = z.strictObject({
  name: z.string().min(1).default('Sandbox Recipient'),
  recipientMobile: z.string().default('6000000888'),
  account: z.string().regex(/^\d{6,20}$/, 'an account has 6 to 20 digits'),
  ifsc: z
    .string()
    .regex(/^[A-Z]{4}0[A-Z0-9]{6}$/, 'an IFSC has four letters, a 0, and six letters or digits')
    .default('SBXB0000001'),
  bankId: z.number().int().positive().default(12),
  /** Whether its bank is registered and cooled already. Default true. */
  registered: z.boolean().default(true),
})

/** Pages of the control API about money. */
export const MONEY_HANDLERS: Readonly<Record<string, Handler>> = {
  'GET money': ({ world }) => ({ json: moneyJson(world.money, world.ledger.view().money) }),
  'GET transactions': ({ world, query }) => {
    const all = world.money.transactions.all(query.get('mobile') ?? undefined)
    return { json: { transactions: all.map(transactionJson) } }
  },
  'POST transactions': ({ world, rest, body }) => {
    const [tid = '', ...more] = rest
    const transaction = world.money.transactions.byTid(tid)
    if (!transaction || more.length > 0) {
      throw new ControlError(404, 'A transaction is addressed as /transactions/<tid>; GET /transactions lists them.')
    }
    const { txStatus } = parsed(settleSchema, body)
    try {
      world.money.settle(transaction, txStatus)
    } catch (error) {
      if (error instanceof RangeError) throw new ControlError(409, error.message)
      throw error
    }
    return { json: transactionJson(transaction) }
  },
  'GET recipients': ({ world, rest }) => {
    const { rail, mobile } = addressed(world, rest)
    return { json: { recipients: world.money.recipientsOf(rail, mobile).map(recipientJson) } }
  },
  'POST recipients': ({ world, rest, body }) => {
    const { rail, mobile } = addressed(world, rest)
    const { registered, ...details } = parsed(recipientSchema, body)
    const book = world.money.recipientBook(rail, mobile)
    const recipient = book.add(rail, mobile, details, world.clock.bankNow(), false)
    if (registered) book.register(recipient, 0)
    return { json: recipientJson(recipient) }
  },
}

function transactionJson(transaction: Transaction): TransactionJson {
  const { tid, kind, rail, mobile, clientRefId, recipientId, amountPaise, feePaise, path, txStatus } = transaction
  return {
    ...{ tid, kind, rail, mobile, clientRefId, recipientId, amountPaise, feePaise, path, txStatus },
    debited: transaction.debited,
    at: new Date(transaction.at).toISOString(),
    settlesAt: transaction.settlesAt === null ? null : new Date(transaction.settlesAt).toISOString(),
    refundTid: transaction.refundTid,
  }
}

function recipientJson(recipient: Recipient): RecipientJson {
  const { recipientId, name, account, ifsc, beneficiaryId, usableFrom, path } = recipient
  const from = usableFrom === null ? null : new Date(usableFrom).toISOString()
  return { recipientId, name, account, ifsc, beneficiaryId, usableFrom: from, path }
}
