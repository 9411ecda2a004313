import { callLine } from '../dossier.js'
import type { RunFacts } from '../facts.js'
import { transferLedgerOf } from './facts.js'
import type { TransferPlan } from './plan.js'

/** What is known of a transfer, line by line and by time: for whoever looks for the cause of a violation. */
export function transferDossierOf(plan: TransferPlan, { transfers, ledgers }: RunFacts): string[] {
  const facts = transfers.find(({ label }) => label === plan.label)
  if (!facts) return []
  const { label, rail, dialect, path, ekoFaults, habit, process } = plan
  const faults = [...ekoFaults.map(({ kind }) => kind), habit, process].filter((kind) => kind !== null)
  const { end, transactions, codesTyped } = facts
  const { calls, sms } = transferLedgerOf(facts, ledgers[dialect])
  const lines = [
    ...calls.map((call) => ({ at: call.at, line: callLine(call) })),
    ...sms.map(({ at, purpose }) => ({ at, line: `SMS ${purpose}` })),
    ...transactions.map(({ at, tid, txStatus, debited, clientRefId }) => ({
      at,
      line: `transaction ${tid} ${clientRefId ?? ''}: tx_status ${txStatus}, ${debited ? 'debited' : 'not debited'}`,
    })),
  ].sort((a, b) => a.at.localeCompare(b.at))
  return [
    `${label}: ${rail}, ${dialect}, ${path}; ${faults.join(', ')}`,
    `${codesTyped} codes typed, ${end?.state ?? '?'} ${end?.status ?? '?'}; ${end?.story.join(' · ') ?? ''}`,
    ...lines.map(({ at, line }) => `${at.slice(11, 23)} ${line}`),
  ]
}
