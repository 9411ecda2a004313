import { activityInfo } from '@temporalio/activity'
import type { Logger } from '@temporalio/common'
import type { CallOutcome } from '../../workflows/calls.js'
import { type CallDependency, type EkoAnswer, operationTable } from '../eko/index.js'
import { pauseFor, resultFor, shownBy } from './answers.js'
import { type Breaker, type BreakerOptions, createBreaker, type Pass } from './breaker.js'
import { createCaps } from './caps.js'
import { createFirstCalls, type FirstCallOptions } from './first-calls.js'
import { createIncidentLink, type IncidentLink } from './incident-link.js'
import { createIncidents, INCIDENT_DEFAULTS, type IncidentOptions } from './incidents.js'
import type { Admission, CallGate, GateCall, GateNote } from './types.js'

export { BREAKER_DEFAULTS, type BreakerOptions } from './breaker.js'
export type { TenantCaps } from './caps.js'
export { FIRST_CALL_DEFAULTS, type FirstCallOptions } from './first-calls.js'
export type { IncidentLink, ProbeAnswer } from './incident-link.js'
export { INCIDENT_DEFAULTS, type IncidentOptions } from './incidents.js'
export type * from './types.js'

export interface GateOptions {
  /** The queue that incidents' workflows run on: the worker's own. */
  readonly taskQueue: string
  readonly log: Pick<Logger, 'error' | 'warn' | 'info'>
  /** Most calls a second of this worker; default 50. */
  readonly callsPerSecond?: number
  /** Most calls a second of one developer key while those who waited out an outage come back; default 10. */
  readonly releasePerSecond?: number
  /** How long a developer key pauses after HTTP 429 without `Retry-After`, in ms; default 5,000. */
  readonly afterTooManyMs?: number
  readonly breaker?: Partial<BreakerOptions>
  readonly firstCalls?: Partial<FirstCallOptions>
  readonly incidents?: Partial<IncidentOptions>
  /** Elapsed time in ms, which never goes back; default: the process's monotonic clock. */
  readonly now?: () => number
  /** Whose call it is; default: the workflow of the activity that is running. */
  readonly source?: () => string
  /** Default: over the Temporal client of the activity that is running. */
  readonly link?: IncidentLink
}

export const GATE_DEFAULTS = { callsPerSecond: 50, releasePerSecond: 10, afterTooManyMs: 5_000 } as const

/** How long one question to an incident's workflow may take, in ms; a call has 5 s beside its HTTP attempt. */
const LINK_DEADLINE_MS = 2_000

/** The gate of one worker; its state is the worker's own, except for incidents. */
export function createCallGate(options: GateOptions): CallGate {
  const { callsPerSecond, releasePerSecond, afterTooManyMs } = { ...GATE_DEFAULTS, ...given(options) }
  const now = options.now ?? (() => performance.now())
  const source = options.source ?? (() => activityInfo().workflowExecution?.workflowId ?? '')
  const { firstProbeMs, longestProbeMs } = { ...INCIDENT_DEFAULTS, ...options.incidents }
  const { taskQueue, log } = options
  const link =
    options.link ?? createIncidentLink({ taskQueue, firstProbeMs, longestProbeMs, deadlineMs: LINK_DEADLINE_MS })
  const incidents = createIncidents({ releasePerSecond, ...options.incidents }, { link, log, now, taskQueue })
  const caps = createCaps(callsPerSecond)
  const firstCalls = createFirstCalls(options.firstCalls)
  const breakers = new Map<string, Breaker>()

  function breakerOf({ tenant }: GateCall, dependency: CallDependency): Breaker {
    const key = `${tenant.credentials.developerKey} ${dependency}`
    const breaker = breakers.get(key) ?? createBreaker({ releasePerSecond, ...options.breaker })
    breakers.set(key, breaker)
    return breaker
  }

  /** Null where the call may go as far as this worker alone knows. */
  function refusal(call: GateCall, needs: readonly CallDependency[]): CallOutcome | null {
    const at = now()
    const { name, caps: own } = call.tenant
    const away = needs.find((dependency) => !breakerOf(call, dependency).admits(at))
    if (away) return notSent(awayNote(call, away, at))
    const agent = agentOf(call)
    if (!firstCalls.admits(at, agent)) {
      return notSent({ dependency: 'RATE_CAP', retryAfterMs: firstCalls.waitMs(at, agent) })
    }
    if (caps.admits(at, name, own)) return null
    return notSent({ dependency: 'RATE_CAP', retryAfterMs: caps.waitMs(at, name, own) })
  }

  /** Whoever waits for a turn, or because Eko asked for a pause, waits for a rate and not for a dependency. */
  function awayNote(call: GateCall, away: CallDependency, at: number): GateNote {
    const breaker = breakerOf(call, away)
    const isRate = breaker.isPaused(at) || breaker.phase(at) === 'RELEASING'
    return { dependency: isRate ? 'RATE_CAP' : away, retryAfterMs: breaker.waitMs(at) }
  }

  /** What the journey waits for after an attempt that did not get through. */
  function waitNote(call: GateCall, own: CallDependency, answer: EkoAnswer, paused: boolean): GateNote {
    const at = now()
    if (paused) return awayNote(call, 'EKO_TRANSPORT', at)
    const dependency = answer.class === 'NOT_SENT' ? 'EKO_TRANSPORT' : answer.class === 'UNKNOWN_OUTCOME' ? own : null
    if (dependency === null) return {}
    return breakerOf(call, dependency).admits(at) ? { dependency } : { ...awayNote(call, dependency, at), dependency }
  }

  return {
    async admit(call): Promise<Admission> {
      const known = await incidents.admit(call)
      if (!known.admitted) return { admitted: false, outcome: notConfigured(known.note) }
      const own = operationTable(call.rail, call.operation)?.dependency ?? 'EKO_TRANSPORT'
      const needs: readonly CallDependency[] = own === 'EKO_TRANSPORT' ? [own] : ['EKO_TRANSPORT', own]
      const refused = refusal(call, needs)
      if (refused) return { admitted: false, outcome: refused }
      const taken = incidents.enter(known.pass)
      if (taken) return { admitted: false, outcome: notConfigured(taken) }

      const at = now()
      const { name } = call.tenant
      const passes = needs.map((dependency): [CallDependency, Pass] => [
        dependency,
        breakerOf(call, dependency).pass(at),
      ])
      firstCalls.enter(at, agentOf(call))
      caps.enter(at, name, call.tenant.caps)
      let open = true
      return {
        admitted: true,
        async done(answer) {
          if (!open) return {}
          open = false
          const end = now()
          const whose = source()
          caps.leave(name)
          firstCalls.leave(end, agentOf(call), answer ? shownBy(answer) : 'NOTHING')
          for (const [dependency, pass] of passes) {
            const result = answer ? resultFor(dependency, own, answer) : 'NEITHER'
            breakerOf(call, dependency).result(end, pass, result, whose)
          }
          if (!answer) {
            incidents.notMade(known.pass)
            return {}
          }
          const pauseMs = pauseFor(answer, afterTooManyMs)
          if (pauseMs !== null) breakerOf(call, 'EKO_TRANSPORT').pause(end, pauseMs)
          const note = await incidents.learn(call, known.pass, answer)
          return note ?? waitNote(call, own, answer, pauseMs !== null)
        },
      }
    },
  }
}

function notSent(note: GateNote): CallOutcome {
  return { class: 'NOT_SENT', answer: 'NOT_SENT', ...note }
}

function notConfigured(note: GateNote): CallOutcome {
  return { class: 'NOT_SENT', answer: 'CONFIGURATION', ...note }
}

function agentOf({ tenant, userCode }: GateCall): string {
  return `${tenant.credentials.developerKey} ${userCode}`
}

/** The options that are set. */
function given(options: GateOptions): Partial<typeof GATE_DEFAULTS> {
  return Object.fromEntries(
    Object.keys(GATE_DEFAULTS).flatMap((name) => {
      const value = options[name as keyof typeof GATE_DEFAULTS]
      return value === undefined ? [] : [[name, value]]
    }),
  )
}
