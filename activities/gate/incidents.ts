import { randomUUID } from 'node:crypto'
import type { Logger } from '@temporalio/common'
import type { Rail } from '../../workflows/messages.js'
import type { EkoAnswer } from '../eko/index.js'
import { causeOf, provenBy, SCOPES, type ScopeKind } from './answers.js'
import { incidentIds } from './incident-ids.js'
import type { IncidentLink, ProbeAnswer } from './incident-link.js'
import { createPace, type Rate } from './rate.js'
import type { GateCall, GateNote } from './types.js'

/** Configuration incidents as one worker knows them. Times in ms. */
export interface IncidentOptions {
  /** From the first observation to the first probe; doubles with each; default 30,000. */
  readonly firstProbeMs: number
  /** Longest time between two probes; default 900,000. */
  readonly longestProbeMs: number
  /** What another worker may have learned is asked for after this, where a call comes; default 15,000. */
  readonly refreshMs: number
  /** Observations of one incident are told at most so often, with their number; default 5,000. */
  readonly reportMs: number
  /** How many a second of those who wait come back after a probe; default 10. */
  readonly releasePerSecond: number
}

export const INCIDENT_DEFAULTS: IncidentOptions = {
  firstProbeMs: 30_000,
  longestProbeMs: 900_000,
  refreshMs: 15_000,
  reportMs: 5_000,
  releasePerSecond: 10,
}

/** While a probe is under way its answer is about to come. */
const PROBING_WAIT_MS = 2_000
/** A probe, or a grant, that nothing came of after this counts as lost. */
const PROBE_TAKES_MS = 60_000
/** Where Temporal did not answer. */
const ASK_AGAIN_MS = 5_000
/** How often a worker whose calls succeed says that nothing is wrong, in ms. */
const TELL_AGAIN_MS = 600_000

/** A call that no incident keeps back; `probes` are those that it tries. */
export interface IncidentPass {
  readonly at: number
  readonly probes: readonly Entry[]
}

export type IncidentAdmission =
  { readonly admitted: true; readonly pass: IncidentPass } | { readonly admitted: false; readonly note: GateNote }

interface Entry {
  readonly id: string
  /** Rails that it was met on, and rails of an agent's that are known to work all the same. */
  readonly metOn: Set<Rail>
  readonly works: Set<Rail>
  /** When this worker last met it, and how often it has. */
  metAt: number
  met: number
  state: 'IDLE' | 'ASKING' | 'GRANTED' | 'PROBING'
  stateSince: number
  /** When a probe may be asked for. */
  nextAskAt: number
  askedAt: number
  /** Kept until it is answered, so that a grant whose answer was lost is not lost. */
  askId: string | null
  /** Observations that the incident's workflow has not been told. */
  untold: number
  toldAt: number
  /** When those who wait are to come again. */
  turns: Rate
}

export interface Incidents {
  /** Asks Temporal where a probe is due. */
  admit(call: GateCall): Promise<IncidentAdmission>
  /** The call goes out now; a note where another one has just taken its probe. */
  enter(pass: IncidentPass): GateNote | null
  /** What its answer says of incidents; tells their workflows. Never rejects. */
  learn(call: GateCall, pass: IncidentPass, answer: EkoAnswer): Promise<GateNote | null>
  /** The call was not made after all. */
  notMade(pass: IncidentPass): void
}

export interface IncidentDependencies {
  /** The queue of the workers that run incidents: the worker's own. */
  readonly taskQueue: string
  readonly link: IncidentLink
  readonly log: Pick<Logger, 'error' | 'warn' | 'info'>
  /** In ms; never goes back. */
  readonly now: () => number
}

export function createIncidents(given: Partial<IncidentOptions>, dependencies: IncidentDependencies): Incidents {
  const { link, log, now, taskQueue } = dependencies
  const incidentId = incidentIds(taskQueue)
  const options = { ...INCIDENT_DEFAULTS, ...given }
  const entries = new Map<string, Entry>()
  /** Incidents that this worker has told to be over, and when: another worker may have met one since. */
  const over = new Map<string, number>()

  function become(entry: Entry, state: Entry['state']): void {
    entry.state = state
    entry.stateSince = now()
  }

  function isDue(entry: Entry): boolean {
    const at = now()
    const lost = at - entry.stateSince >= PROBE_TAKES_MS
    switch (entry.state) {
      case 'ASKING':
        return false
      case 'PROBING':
        return lost
      case 'GRANTED':
        return true
      case 'IDLE':
        return at >= entry.nextAskAt || at - entry.askedAt >= options.refreshMs
    }
  }

  function noteOf(entry: Entry): GateNote {
    const at = now()
    const from = entry.state === 'IDLE' ? entry.nextAskAt : at + PROBING_WAIT_MS
    const retryAfterMs = Math.max(1, Math.ceil(entry.turns.turn(at, Math.max(at, from)) - at))
    return { dependency: 'CONFIGURATION', incident: entry.id, retryAfterMs }
  }

  /** Asks whether this worker may let a call try Eko. */
  async function ask(entry: Entry): Promise<ProbeAnswer> {
    become(entry, 'ASKING')
    entry.askId ??= randomUUID()
    try {
      const answer = await link.probe(entry.id, entry.askId)
      entry.askId = null
      return answer
    } catch (error) {
      log.error('An incident’s workflow could not be asked; the calls wait', failureOf(entry.id, error))
      return { kind: 'WAIT', retryAfterMs: ASK_AGAIN_MS }
    } finally {
      entry.askedAt = now()
    }
  }

  /** Whether the entry keeps the call back after all. */
  async function keepsBack(entry: Entry): Promise<boolean> {
    if (!isDue(entry)) return true
    if (entry.state === 'GRANTED' && now() - entry.stateSince < PROBE_TAKES_MS) return false
    const { met } = entry
    const answer = await ask(entry)
    const known = entries.get(entry.id)
    // Another call has seen its end meanwhile, or has met it anew since: then the answer is of one that was before.
    if (known !== entry) return known !== undefined
    if (answer.kind === 'ENDED' && entry.met === met) {
      entries.delete(entry.id)
      return false
    }
    // Its workflow may have ended without having been told of that.
    if (answer.kind === 'ENDED') entry.toldAt = -Infinity
    become(entry, answer.kind === 'GRANTED' ? 'GRANTED' : 'IDLE')
    entry.nextAskAt = now() + waitAfter(answer)
    entry.turns = createPace(options.releasePerSecond)
    return answer.kind !== 'GRANTED'
  }

  /** When to ask again, in ms; one that was met while its end was told has just begun. */
  function waitAfter(answer: ProbeAnswer): number {
    switch (answer.kind) {
      case 'GRANTED':
        return answer.nextMs
      case 'WAIT':
        return answer.retryAfterMs
      case 'ENDED':
        return options.firstProbeMs
    }
  }

  /** A call met the incident: kept here, and told to its workflow. */
  async function observe(call: GateCall, answer: EkoAnswer): Promise<GateNote> {
    const { code, scope } = causeOf(answer)
    const id = incidentId(call, scope)
    const at = now()
    const known = entries.get(id)
    const entry: Entry = known ?? {
      ...{ id, metAt: at, state: 'IDLE', stateSince: at, nextAskAt: at + options.firstProbeMs, askedAt: at },
      ...{ askId: null, untold: 0, toldAt: -Infinity, turns: createPace(options.releasePerSecond) },
      ...{ metOn: new Set(), works: new Set(), met: 0 },
    }
    entry.met += 1
    entry.metOn.add(call.rail)
    entry.works.delete(call.rail)
    const isProbe = entry.state === 'PROBING'
    if (isProbe) become(entry, 'IDLE')
    entry.metAt = at
    entry.untold += 1
    entries.set(id, entry)
    over.delete(overKey(id, scope, call))
    if (!known) log.warn('A configuration incident', { incident: id, code })
    if (isProbe || at - entry.toldAt >= options.reportMs) await tell(entry, call, answer, code)
    return noteOf(entry)
  }

  async function tell(entry: Entry, call: GateCall, { facts }: EkoAnswer, code: string): Promise<void> {
    const times = entry.untold
    const toldBefore = entry.toldAt
    entry.untold = 0
    entry.toldAt = now()
    const { httpStatus: http, status, responseTypeId, responseStatusId } = facts
    const { rail, operation, userCode, tenant } = call
    const what = { code, http, status, responseTypeId, responseStatusId, rail, operation, userCode, times }
    const from = { tenant: tenant.name, environment: tenant.environment, at: new Date().toISOString() }
    try {
      await link.observed(entry.id, { ...what, ...from })
    } catch (error) {
      entry.untold += times
      entry.toldAt = toldBefore
      log.error(
        'An incident’s workflow could not be told of a call; the call’s answer stands',
        failureOf(entry.id, error),
      )
    }
  }

  /** An answer proved that the scope is in order, an agent's on its rail only: a service may be active on one rail. */
  async function resolve(kind: ScopeKind, call: GateCall): Promise<void> {
    const id = incidentId(call, kind)
    const entry = entries.get(id)
    if (entry && !entry.works.has(call.rail)) {
      entry.metOn.delete(call.rail)
      entry.works.add(call.rail)
      if (kind !== 'agent' || entry.metOn.size === 0) entries.delete(id)
      // Something was mended: its workflow lets the other rail be tried at once. Only the first success is news.
      entry.nextAskAt = now()
      if (!entries.has(id)) log.info('A configuration incident is over', { incident: id })
    }
    const key = overKey(id, kind, call)
    if (now() - (over.get(key) ?? -Infinity) < TELL_AGAIN_MS) return
    over.set(key, now())
    const { rail, operation } = call
    const told = { at: new Date().toISOString(), by: `${rail} ${operation}`, ...(kind === 'agent' && { rail }) }
    try {
      await link.resolved(id, told)
    } catch (error) {
      over.delete(key)
      log.error('An incident’s workflow could not be told that it is over', failureOf(id, error))
    }
  }

  return {
    async admit(call) {
      const covering = SCOPES.flatMap((kind) => entries.get(incidentId(call, kind)) ?? []).filter(
        ({ works }) => !works.has(call.rail),
      )
      const early = covering.find((entry) => !isDue(entry))
      if (early) return { admitted: false, note: noteOf(early) }
      for (const entry of covering) {
        if (await keepsBack(entry)) return { admitted: false, note: noteOf(entry) }
      }
      const probes = covering.filter(({ id }) => entries.has(id))
      return { admitted: true, pass: { at: now(), probes } }
    },
    enter({ probes }) {
      const taken = probes.find(({ state }) => state !== 'GRANTED')
      if (taken) return noteOf(taken)
      for (const entry of probes) become(entry, 'PROBING')
      return null
    },
    async learn(call, { at, probes }, answer) {
      // A call that went out before the incident was met proves nothing of it.
      const proven = provenBy(answer).filter((kind) => (entries.get(incidentId(call, kind))?.metAt ?? -Infinity) <= at)
      const note = answer.answer === 'CONFIGURATION' ? await observe(call, answer) : null
      const after = answer.class === 'NOT_SENT' ? 'GRANTED' : 'IDLE'
      for (const entry of probes) if (entry.state === 'PROBING') become(entry, after)
      await Promise.all(proven.map((kind) => resolve(kind, call)))
      return note
    },
    // Eko was not asked: the next call has the probe.
    notMade({ probes }) {
      for (const entry of probes) if (entry.state === 'PROBING') become(entry, 'GRANTED')
    },
  }
}

function overKey(id: string, kind: ScopeKind, { rail }: GateCall): string {
  return kind === 'agent' ? `${id} ${rail}` : id
}

function failureOf(incident: string, error: unknown): { readonly incident: string; readonly error: string } {
  return { incident, error: error instanceof Error ? error.name : 'unknown' }
}
