import type { BrokenBuild } from '../broken-builds.js'
import { planTransfer, type TransferPlan, type TransferWishes } from './plan.js'

const SEED = 1

/** Two transfers that are paid at once, with the same wishes. */
function transfers(wishes: TransferWishes): TransferPlan[] {
  return [0, 1].map((index) => planTransfer(SEED, index, { path: 'success', dialect: 'portal-2026', ...wishes }))
}

/** A debit whose answer nobody has, taken for a code that has expired: another code, another debit. */
const ASKS_AGAIN = {
  file: 'workflows/transfer/transitions.ts',
  from: `    call: 'initiateTransaction',
    answers: ['UNKNOWN_OUTCOME', 'UNRECOGNISED_ANSWER'],
    action: 'initiationUnknown',`,
  to: `    call: 'initiateTransaction',
    answers: ['UNKNOWN_OUTCOME', 'UNRECOGNISED_ANSWER'],
    action: 'codeExpired',`,
} as const

/** The product, and for the books the sandbox, with a line broken on purpose for each invariant of money. */
export const BROKEN_MONEY_BUILDS: readonly BrokenBuild[] = [
  {
    name: 'debits-again',
    invariant: 'ONE_DEBIT',
    patches: [ASKS_AGAIN],
    transfers: transfers({ eko: ['debitAnswerLost'] }),
  },
  {
    name: 'asks-for-a-debit-again',
    invariant: 'DEBIT_NOT_REPEATED',
    patches: [ASKS_AGAIN],
    transfers: transfers({ eko: ['debitNotMade'] }),
  },
  {
    name: 'not-found-is-failed',
    invariant: 'MONEY_END_AGREES',
    patches: [
      {
        file: 'workflows/transfer/answers.ts',
        from: `goOn(turn, call.submissions)\n  else stillNotFound(turn, call, outcome)`,
        to: `goOn(turn, call.submissions)\n  else close(turn, 'FAILED', {})`,
      },
    ],
    transfers: transfers({ eko: ['inquiryBlind'] }),
  },
  {
    name: 'refunds-a-rupee-less',
    invariant: 'MONEY_CONSERVED',
    patches: [
      {
        file: 'sandbox/money/money.ts',
        from: 'MoneyKind.REFUND, SUSPENSE, wallet, amountPaise + feePaise)',
        to: 'MoneyKind.REFUND, SUSPENSE, wallet, amountPaise + feePaise - 100)',
      },
    ],
    transfers: transfers({ path: 'refundPending' }),
  },
  {
    name: 'debit-of-a-dead-worker-unnoticed',
    invariant: 'TRANSFER_NOT_STUCK',
    patches: [
      {
        file: 'workflows/engine/call-runner.ts',
        from: 'startToCloseTimeout: journey.plan?.startToCloseMs ?? 35_000,',
        to: 'startToCloseTimeout: 3_600_000,',
      },
    ],
    limitMs: 40_000,
    transfers: transfers({ process: 'debitWorkerKill' }),
  },
]
