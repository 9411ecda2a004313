import { BROKEN_BUILDS } from './broken-builds.js'
import { INVARIANTS, type Invariant } from './invariants.js'
import { runChaos } from './run.js'

/** Whether the judge reported what a broken build violates. */
export interface Proof {
  readonly name: string
  readonly invariant: Invariant
  readonly reported: boolean
  /** Every invariant that was reported, with how often. */
  readonly found: Readonly<Record<string, number>>
}

const LIMIT_MS = 120_000

/** Runs every broken build, or the one of this name. */
export async function proveAll(
  name: string | null,
  report: (line: string) => void,
  interrupted: AbortSignal,
): Promise<Proof[]> {
  const builds = BROKEN_BUILDS.filter((build) => name === null || build.name === name)
  if (builds.length === 0) {
    report(`There is no broken build "${name ?? ''}": ${BROKEN_BUILDS.map((build) => build.name).join(', ')}`)
  }
  const proofs: Proof[] = []
  for (const { name: build, invariant, journeys = [], transfers = [], limitMs = LIMIT_MS, patches } of builds) {
    if (interrupted.aborted) break
    report(`${build}: ${INVARIANTS[invariant]}`)
    const { violations } = await runChaos({
      plan: { seed: 1, journeys, outage: null, transfers },
      limitMs,
      report: () => undefined,
      patches,
      interrupted,
    })
    const found: Record<string, number> = {}
    for (const violation of violations) found[violation.invariant] = (found[violation.invariant] ?? 0) + 1
    const reported = (found[invariant] ?? 0) > 0
    const first = violations.find((violation) => violation.invariant === invariant)
    report(reported ? `  reported: ${first?.journey} ${first?.what}` : `  NOT REPORTED; found ${JSON.stringify(found)}`)
    proofs.push({ name: build, invariant, reported, found })
  }
  const reported = proofs.filter((proof) => proof.reported).length
  report(`${reported} of ${proofs.length} broken builds were reported.`)
  return proofs
}
