import type { BenchStack } from './bench-stack.js'
import type { TemporalContender } from './contender.js'
import { kilobytes, short } from './figures.js'
import { type BenchPerson, knownPerson } from './people.js'
import { settledBytes } from './process-use.js'
import { takeSteps } from './walk.js'

/**
 * What the worker's process grows by for one more journey that waits for its first code, in bytes; what is counted
 * for it in a limit is among it. As many journeys wait already, so that what grows only at first is not counted.
 */
export type Memory = Readonly<Record<'floor' | 'ours', number>>

const AT_ONCE = 20

export async function measureMemory(stack: BenchStack, journeys: number): Promise<Memory> {
  const of = async (contender: TemporalContender, pid: number): Promise<number> => {
    await openJourneys(stack, contender, journeys)
    const before = await settledBytes(pid)
    await openJourneys(stack, contender, journeys)
    return (Math.max(await settledBytes(pid), before) - before) / journeys
  }
  return { floor: await of(stack.floor, stack.pids.floor), ours: await of(stack.ours, stack.pids.ours) }
}

/** Begins journeys, until each waits for its first code. */
export async function openJourneys(
  { sandbox }: BenchStack,
  contender: TemporalContender,
  journeys: number,
  onOpened: (count: number) => void = () => undefined,
): Promise<BenchPerson[]> {
  const people: BenchPerson[] = []
  let begun = 0
  let opened = 0
  const one = async (): Promise<void> => {
    while (begun < journeys) {
      begun += 1
      const person = await knownPerson(sandbox)
      people.push(person)
      await takeSteps(contender.begin(person), ['open'], person, sandbox)
      onOpened((opened += 1))
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, one))
  return people
}

export const MEMORY_HEAD = ['worker memory per cached journey', 'floor', 'ours', 'ratio']

export function memoryRows({ floor, ours }: Memory): string[][] {
  return [['waiting for its first code', kilobytes(floor), kilobytes(ours), short(ours / floor)]]
}
