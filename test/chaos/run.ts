import { setTimeout as sleep } from 'node:timers/promises'
import type { Dialect, LedgerJson, MoneyJson } from '../../sandbox/index.js'
import { DIALECTS } from '../../sandbox/index.js'
import { type ChaosStack, startChaosStack } from './chaos-stack.js'
import type { Patch } from '../../stack/patched-build.js'
import type { JourneyFacts, RunFacts } from './facts.js'
import { gather } from './gather.js'
import { Injector } from './injector.js'
import { judgeRun, type Violation } from './invariants.js'
import { Life } from './life.js'
import type { TransferFacts } from './money/facts.js'
import { TransferLife } from './money/life.js'
import type { RunPlan } from './plan.js'
import { Tally } from './tally.js'
import { UidaiOutage } from './uidai-outage.js'

export interface RunOptions {
  readonly plan: RunPlan
  /** Longest time for the journeys, ms; what has not ended then is judged as it stands. */
  readonly limitMs: number
  readonly report: (line: string) => void
  /** What is broken on purpose. */
  readonly patches?: readonly Patch[]
  /** Journeys at a time. Default 14. */
  readonly atATime?: number
  /** Aborted where somebody does not want to wait: what is there is judged, and everything is stopped. */
  readonly interrupted?: AbortSignal
  /** Leaves the run's folder, with database and logs, where it is; it stays as well where an invariant is violated. */
  readonly keep?: boolean
}

/** What a run came to. */
export interface RunResult {
  readonly plan: RunPlan
  readonly tally: Tally
  readonly facts: RunFacts
  readonly violations: readonly Violation[]
  /** What went wrong beside the journeys: workers that died by themselves, people who could not go on. */
  readonly troubles: readonly string[]
  /** Blows at processes that did not fall. */
  readonly misses: readonly string[]
  readonly states: Readonly<Record<string, number>>
  readonly transferStates: Readonly<Record<string, number>>
  readonly calls: number
  readonly sms: number
  readonly seconds: number
}

const AT_A_TIME = 14
const PROGRESS_EVERY_MS = 10_000

/** Takes every journey of a plan through, strikes meanwhile, and judges what is left behind. */
export async function runChaos(options: RunOptions): Promise<RunResult> {
  const { plan, report, patches } = options
  const stack = await startChaosStack({ report, ...(patches && { patches }) })
  // What nobody broke on purpose is to be looked into, and so is what the run could not get over.
  let failed = true
  try {
    const result = await runOn(stack, options)
    failed = result.violations.length + result.troubles.length > 0
    return result
  } finally {
    const keep = options.keep === true || (failed && !patches && !options.interrupted?.aborted)
    if (keep) report(`The database and the logs of this run are in ${stack.folder}`)
    await stack.stop(keep)
    report(`Everything of seed ${plan.seed} is stopped.`)
  }
}

async function runOn(stack: ChaosStack, options: RunOptions): Promise<RunResult> {
  const { plan, limitMs, report, atATime = AT_A_TIME } = options
  const tally = new Tally()
  const injector = new Injector(stack, tally, report)
  const over = new AbortController()
  const troubles: string[] = []
  const startedAt = Date.now()
  const limit = setTimeout(() => over.abort(), limitMs)
  const { interrupted } = options
  interrupted?.addEventListener('abort', () => over.abort(), { once: true })
  if (interrupted?.aborted) over.abort()
  const outage = new UidaiOutage(plan, { worlds: stack.worlds, injector, over: over.signal })
  const around = { injector, tally, over: over.signal }
  const lives = plan.journeys.map(
    (journey) => new Life(journey, { ...around, world: stack.worlds[journey.dialect], outage }),
  )
  const transfers = plan.transfers.map(
    (transfer) => new TransferLife(transfer, { ...around, world: stack.worlds[transfer.dialect] }),
  )
  const all = mixed(lives, transfers)
  let ended = 0
  const progress = setInterval(
    () => report(`${ended} of ${all.length} journeys and transfers ended, ${tally.total} faults injected`),
    PROGRESS_EVERY_MS,
  )
  const waiting = [...all]
  const lane = async (): Promise<void> => {
    for (let life = waiting.shift(); life && !over.signal.aborted; life = waiting.shift()) {
      const { label } = life.plan
      await life.live().catch((error: unknown) => troubles.push(`${label} could not go on: ${String(error)}`))
      ended += 1
    }
  }
  try {
    // Whoever waits for the others of a crowd must not keep them from beginning.
    await Promise.all(Array.from({ length: Math.max(atATime, outage.crowd + 1) }, lane))
    await injector.settled()
  } finally {
    clearTimeout(limit)
    clearInterval(progress)
  }
  const seconds = Math.round((Date.now() - startedAt) / 1000)
  await callsSettled(stack)
  const facts = await gatherAll(stack, lives, transfers)
  countEko(facts, plan, tally)
  outage.count(facts, tally)
  countSkew(facts, stack, tally)
  return {
    ...{ plan, tally, facts, seconds },
    violations: judgeRun(facts),
    troubles: [...notBegun(all, limitMs), ...troubles, ...injector.troubles, ...stack.workers.deaths],
    misses: injector.misses,
    states: countStates(facts.journeys),
    transferStates: countStates(facts.transfers),
    calls: total(facts, ({ calls }) => calls.length),
    sms: total(facts, ({ sms }) => sms.length),
  }
}

/** A call that Eko delays is carried out a little later: the truth is complete when no such call is left. */
async function callsSettled(stack: ChaosStack): Promise<void> {
  const end = Date.now() + 5_000
  let before = ''
  while (Date.now() < end) {
    const ledgers = await ledgersOf(stack)
    const now = JSON.stringify(DIALECTS.map((dialect) => [ledgers[dialect].calls.length, ledgers[dialect].sms.length]))
    if (now === before) return
    before = now
    // Longer than the longest delay.
    await sleep(2_700)
  }
}

/** Evenly spread, so that transfers meet what strikes at journeys. */
function mixed(lives: readonly Life[], transfers: readonly TransferLife[]): readonly (Life | TransferLife)[] {
  const step = Math.max(1, Math.floor(lives.length / Math.max(1, transfers.length)))
  const first = lives.flatMap((life, index) => {
    const transfer = index % step === 0 ? transfers[index / step] : undefined
    return transfer ? [life, transfer] : [life]
  })
  return [...first, ...transfers.filter((transfer) => !first.includes(transfer))]
}

async function gatherAll(stack: ChaosStack, lives: readonly Life[], begun: readonly TransferLife[]): Promise<RunFacts> {
  const journeys: JourneyFacts[] = []
  for (const life of lives.filter(({ starts }) => starts > 0)) journeys.push(await gather(life))
  const transfers: TransferFacts[] = []
  for (const life of begun.filter(({ starts }) => starts > 0)) transfers.push(await life.facts())
  return { journeys, transfers, ledgers: await ledgersOf(stack), books: await booksOf(stack) }
}

function ledgersOf({ worlds }: ChaosStack): Promise<Record<Dialect, LedgerJson>> {
  return ofEach((dialect) => worlds[dialect].sandbox.ledger())
}

function booksOf({ worlds }: ChaosStack): Promise<Record<Dialect, MoneyJson>> {
  return ofEach((dialect) => worlds[dialect].sandbox.money())
}

async function ofEach<T>(ask: (dialect: Dialect) => Promise<T>): Promise<Record<Dialect, T>> {
  const entries = await Promise.all(DIALECTS.map(async (dialect) => [dialect, await ask(dialect)] as const))
  return Object.fromEntries(entries) as Record<Dialect, T>
}

/** They are not judged, but the run did not do what was asked of it. */
function notBegun(lives: readonly { readonly starts: number }[], limitMs: number): string[] {
  const count = lives.filter(({ starts }) => starts === 0).length
  const minutes = Math.round(limitMs / 6_000) / 10
  return count === 0
    ? []
    : [`${count} journeys or transfers were not begun within ${minutes} minutes: give more minutes, or fewer journeys`]
}

/** A planned fault of Eko counts as injected where its journey or transfer began, and as in flight where a call met it. */
function countEko({ ledgers, ...begun }: RunFacts, plan: RunPlan, tally: Tally): void {
  const labels = new Set([...begun.journeys, ...begun.transfers].map(({ label }) => label))
  const planned = [
    ...plan.journeys.map(({ person, ...rest }) => ({ ...rest, mobile: person.mobile })),
    ...plan.transfers,
  ]
  for (const { ekoFaults, dialect, rail, mobile, label } of planned) {
    if (!labels.has(label)) continue
    const calls = ledgers[dialect].calls.filter((call) => call.rail === rail && call.mobile === mobile)
    for (const { kind, spec } of ekoFaults) {
      const met = calls.some(({ operation, fault }) => operation === spec.operation && fault === spec.fault)
      tally.count(kind, met)
    }
  }
}

/** Refusals as too old, or too new, that no fault asked for: signed by a worker whose clock is off. */
function countSkew({ ledgers }: RunFacts, { workers }: ChaosStack, tally: Tally): void {
  const refused = DIALECTS.flatMap((dialect) => ledgers[dialect].calls).filter(
    ({ status, fault }) => status === 2485 && fault === undefined,
  ).length
  const hits = Math.min(refused, workers.skewed)
  tally.count('clockSkew', true, hits)
  tally.count('clockSkew', false, workers.skewed - hits)
}

interface Ended {
  readonly end: { readonly state: string; readonly status: string } | null
}

function countStates(ended: readonly Ended[]): Record<string, number> {
  const states: Record<string, number> = {}
  for (const { end } of ended) {
    const name = !end ? 'NOT_BEGUN' : end.status === 'CLOSED' ? end.state : `${end.state}/${end.status}`
    states[name] = (states[name] ?? 0) + 1
  }
  return states
}

function total({ ledgers }: RunFacts, count: (ledger: LedgerJson) => number): number {
  return DIALECTS.reduce((sum, dialect) => sum + count(ledgers[dialect]), 0)
}
