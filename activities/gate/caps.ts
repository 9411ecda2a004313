import { createRate, type Rate } from './rate.js'

/** How much one tenant may ask of Eko, per worker. Absent: no limit of its own. */
export interface TenantCaps {
  readonly callsPerSecond?: number
  readonly callsInFlight?: number
}

/** Rates of calls: of the whole worker, and of each tenant. It reads no clock: `now` is in ms and never goes back. */
export interface Caps {
  /** Whether one more call of the tenant may go now; changes nothing. */
  admits(now: number, tenant: string, caps?: TenantCaps): boolean
  /** A call goes out. */
  enter(now: number, tenant: string, caps?: TenantCaps): void
  /** It is over, whatever became of it. */
  leave(tenant: string): void
  /** How long a call that is not admitted shall wait: each is told a turn of its own. */
  waitMs(now: number, tenant: string, caps?: TenantCaps): number
}

/** Where too many are in flight, nobody knows when one ends: a guess. */
const FLIGHT_MS = 500

interface Use {
  inFlight: number
  rate: { readonly perSecond: number; readonly rate: Rate } | null
  /** Turns for those who met too many in flight. */
  flight: { readonly most: number; readonly turns: Rate } | null
}

/** @param callsPerSecond of the whole worker */
export function createCaps(callsPerSecond: number): Caps {
  const worker = createRate(callsPerSecond)
  const uses = new Map<string, Use>()

  const useOf = (tenant: string, { callsPerSecond: perSecond, callsInFlight: most }: TenantCaps = {}): Use => {
    const use: Use = uses.get(tenant) ?? { inFlight: 0, rate: null, flight: null }
    if (perSecond === undefined) use.rate = null
    else if (use.rate?.perSecond !== perSecond) use.rate = { perSecond, rate: createRate(perSecond) }
    if (most === undefined) use.flight = null
    else if (use.flight?.most !== most) use.flight = { most, turns: createRate(most) }
    uses.set(tenant, use)
    return use
  }
  const fits = (now: number, { inFlight, rate, flight }: Use): boolean =>
    (rate === null || rate.rate.hasRoom(now)) && (flight === null || inFlight < flight.most)

  return {
    admits: (now, tenant, caps) => worker.hasRoom(now) && fits(now, useOf(tenant, caps)),
    enter(now, tenant, caps) {
      const use = useOf(tenant, caps)
      worker.take(now)
      use.rate?.rate.take(now)
      use.inFlight += 1
    },
    leave(tenant) {
      const use = uses.get(tenant)
      if (use) use.inFlight = Math.max(0, use.inFlight - 1)
    },
    waitMs(now, tenant, caps) {
      const { inFlight, rate, flight } = useOf(tenant, caps)
      const turns = [
        ...(worker.hasRoom(now) ? [] : [worker.turn(now)]),
        ...(rate === null || rate.rate.hasRoom(now) ? [] : [rate.rate.turn(now)]),
        ...(flight === null || inFlight < flight.most ? [] : [flight.turns.turn(now, now + FLIGHT_MS)]),
      ]
      return Math.max(1, Math.ceil(Math.max(now, ...turns) - now))
    },
  }
}
