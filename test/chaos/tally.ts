import { type Kind, KINDS, WITHOUT_CALL } from './kinds.js'

export interface Count {
  readonly injected: number
  /** Of these, how many hit a call: one in flight, or one that met the fault. */
  readonly inFlight: number
}

/** Counts what was injected, by kind. */
export class Tally {
  readonly #counts = new Map<Kind, Count>()

  count(kind: Kind, inFlight: boolean, times = 1): void {
    const { injected, inFlight: hits } = this.of(kind)
    this.#counts.set(kind, { injected: injected + times, inFlight: hits + (inFlight ? times : 0) })
  }

  of(kind: Kind): Count {
    return this.#counts.get(kind) ?? { injected: 0, inFlight: 0 }
  }

  get total(): number {
    return [...this.#counts.values()].reduce((sum, { injected }) => sum + injected, 0)
  }
}

/** Kinds that the run did not show anything about: never injected, or never met by a call where there is one to meet. */
export function unproved(tally: Tally): Kind[] {
  return (Object.keys(KINDS) as Kind[]).filter((kind) => {
    const { injected, inFlight } = tally.of(kind)
    return injected === 0 || (inFlight === 0 && !WITHOUT_CALL.includes(kind))
  })
}
