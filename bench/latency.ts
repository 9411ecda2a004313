import type { BenchStack } from './bench-stack.js'
import { type Contender, OTP_STEPS, type Step, STEPS } from './contender.js'
import { median, p95, short } from './figures.js'
import { knownPerson } from './people.js'
import { codeFor, takeSteps, wholeJourney } from './walk.js'

/** How long each step took, in ms, by contender. */
export type Latencies = Readonly<Record<Contender['name'], ReadonlyMap<Step, readonly number[]>>>

/** Journeys one at a time, the contenders in turn, so that what the machine does meanwhile meets all of them. */
export async function measureLatency(
  { direct, floor, ours, sandbox }: BenchStack,
  journeys: number,
): Promise<Latencies> {
  const all = { direct: byStep(), floor: byStep(), ours: byStep() }
  for (let round = 0; round < journeys; round += 1) {
    for (const contender of [direct, floor, ours]) {
      const { times } = await wholeJourney(contender, sandbox)
      for (const [step, ms] of times) all[contender.name].get(step)?.push(ms)
    }
  }
  return all
}

const byStep = (): Map<Step, number[]> => new Map(STEPS.map((step) => [step, []]))

/** What is added to the calls of Eko, as the median of the direct ones has it, in ms. */
export function added(all: Latencies, name: 'floor' | 'ours', steps: readonly Step[]): number[] {
  return steps.flatMap((step) => {
    const direct = median(all.direct.get(step) ?? [])
    return (all[name].get(step) ?? []).map((ms) => ms - direct)
  })
}

/** Ratios of ours to the floor, of what each adds where a code is typed. */
export function otpRatios(all: Latencies): { readonly p50: number; readonly p95: number } {
  const [floor, ours] = [added(all, 'floor', OTP_STEPS), added(all, 'ours', OTP_STEPS)]
  return { p50: median(ours) / median(floor), p95: p95(ours) / p95(floor) }
}

export const LATENCY_HEAD = ['ms', 'direct p50', 'floor p50', 'p95', 'ours p50', 'p95', 'added p50 ratio', 'p95 ratio']

export function latencyRows(all: Latencies): string[][] {
  const rows: [string, readonly Step[]][] = [
    ...STEPS.map((step): [string, readonly Step[]] => [step, [step]]),
    ['a code (both)', OTP_STEPS],
    ['any step', STEPS],
  ]
  return rows.map(([name, steps]) => {
    const of = (contender: Contender['name']): number[] => steps.flatMap((step) => all[contender].get(step) ?? [])
    const [floor, ours] = [added(all, 'floor', steps), added(all, 'ours', steps)]
    return [
      name,
      ...[median(of('direct')), median(of('floor')), p95(of('floor')), median(of('ours')), p95(of('ours'))].map(short),
      short(median(ours) / median(floor)),
      short(p95(ours) / p95(floor)),
    ]
  })
}

/** From sending a code by signal until a query tells its outcome, in ms. */
export async function measureSignals(
  { floor, ours, sandbox }: BenchStack,
  journeys: number,
): Promise<Readonly<Record<'floor' | 'ours', readonly number[]>>> {
  const times = { floor: [] as number[], ours: [] as number[] }
  for (let round = 0; round < journeys; round += 1) {
    for (const contender of [floor, ours]) {
      const person = await knownPerson(sandbox)
      await takeSteps(contender.begin(person), ['open'], person, sandbox)
      const code = await codeFor('senderOtp', person, sandbox)
      times[contender.name as 'floor' | 'ours'].push(await contender.signalOtp(person, code))
    }
  }
  return times
}
