import { setTimeout as sleep } from 'node:timers/promises'
import { type CallEntry, type Dialect, OperationName } from '../../sandbox/index.js'
import type { DialectWorld } from './chaos-stack.js'
import type { JourneyFacts, RunFacts } from './facts.js'
import type { Injector } from './injector.js'
import type { PlannedOutage, RunPlan } from './plan.js'
import type { Tally } from './tally.js'

/** So many parked journeys show that breakers opened; then processes may be struck again. */
const ENOUGH_PARKED = 3
const LOOK_EVERY_MS = 50
const AADHAAR: readonly (string | null)[] = [OperationName.generateAadhaarOtp, OperationName.verifyAadhaarOtp]

export interface OutageSurroundings {
  readonly worlds: Readonly<Record<Dialect, DialectWorld>>
  readonly injector: Injector
  /** Aborted when the run's time is up. */
  readonly over: AbortSignal
}

/**
 * UIDAI is away from a whole dialect, once a run. It begins when the whole crowd stands before its Aadhaar step, so that
 * failures of several journeys come together, which is what opens breakers; it ends by itself.
 */
export class UidaiOutage {
  readonly #planned: PlannedOutage | null
  readonly #surroundings: OutageSurroundings
  /** Of the crowd: who is still on the way. */
  readonly #awaited: Set<string>
  readonly #begun: Promise<void>
  #letGo: () => void = () => undefined
  /** When it began, ms; null before. */
  #since: number | null = null
  /** When each journey was first seen to wait for UIDAI, ms. */
  readonly #parked = new Map<string, number>()
  readonly #helped = new Set<string>()

  constructor({ outage, journeys }: RunPlan, surroundings: OutageSurroundings) {
    this.#planned = outage
    this.#surroundings = surroundings
    this.#awaited = new Set(journeys.map(({ label }) => label).filter((label) => outage?.crowd.includes(label)))
    this.#begun = new Promise((resolve) => (this.#letGo = resolve))
    surroundings.over.addEventListener('abort', this.#letGo, { once: true })
  }

  /** How many journeys wait for each other at most. */
  get crowd(): number {
    return this.#planned?.crowd.length ?? 0
  }

  /** Whether journeys of the dialect meet it, or have met it. */
  strikes(dialect: Dialect): boolean {
    return this.#since !== null && this.#planned?.dialect === dialect
  }

  /** A journey stands before its Aadhaar step; one of the crowd goes on when the outage has begun. */
  async arrived(label: string): Promise<void> {
    if (!this.#awaited.delete(label)) return
    if (this.#awaited.size === 0) void this.#begin()
    await this.#begun
  }

  /** A journey is over; where it never came to its Aadhaar step, nobody waits for it. */
  left(label: string): void {
    if (this.#awaited.delete(label) && this.#awaited.size === 0) void this.#begin()
  }

  /** A journey waits for UIDAI. */
  parked(label: string): void {
    if (!this.#parked.has(label)) this.#parked.set(label, Date.now())
  }

  /** Somebody had to bring it back. */
  helped(label: string): void {
    this.#helped.add(label)
  }

  /** Injected: journeys that met it. In flight: those that parked, came back unaided and got through. */
  count({ journeys, ledgers }: RunFacts, tally: Tally): void {
    if (!this.#planned) return
    const { dialect } = this.#planned
    for (const journey of journeys.filter((other) => other.dialect === dialect)) {
      const calls = ledgers[dialect].calls.filter((call) => isAadhaarCall(call, journey))
      const parkedAt = this.#parked.get(journey.label)
      const cameBack =
        parkedAt !== undefined &&
        !this.#helped.has(journey.label) &&
        calls.some(({ at, executed, answered }) => executed && answered && Date.parse(at) > parkedAt)
      if (parkedAt !== undefined || calls.some((call) => this.#isMeeting(call))) tally.count('uidaiOutage', cameBack)
    }
  }

  #isMeeting({ fault, at }: CallEntry): boolean {
    const { ms = 0 } = this.#planned ?? {}
    if (this.#since === null || fault !== 'uidaiDown') return false
    return Date.parse(at) >= this.#since && Date.parse(at) <= this.#since + ms
  }

  async #begin(): Promise<void> {
    if (!this.#planned) return
    const { dialect, ms } = this.#planned
    const { worlds, injector, over } = this.#surroundings
    try {
      // Not while a worker is being struck: what it knows of failures is its own.
      await injector.exclusively(async () => {
        this.#since = Date.now()
        await worlds[dialect].sandbox.addFaults({ fault: 'uidaiDown', ms })
        this.#letGo()
        const end = Date.now() + ms
        while (this.#parked.size < ENOUGH_PARKED && Date.now() < end && !over.aborted) await sleep(LOOK_EVERY_MS)
      })
    } catch (error) {
      injector.troubles.push(`the outage of UIDAI could not begin: ${String(error)}`)
    } finally {
      this.#letGo()
    }
  }
}

function isAadhaarCall({ rail, mobile, operation }: CallEntry, journey: JourneyFacts): boolean {
  return rail === journey.rail && mobile === journey.mobile && AADHAAR.includes(operation)
}
