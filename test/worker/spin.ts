/** A workflow whose one step takes as long as the machine needs to count so far. */
export function spin(rounds: number): Promise<number> {
  return Promise.resolve(count(rounds))
}

/** Counts without asking a clock: workflows have none that moves within a step. */
export function count(rounds: number): number {
  let sum = 0
  for (let round = 0; round < rounds; round += 1) sum = (sum + Math.imul(round, 2_654_435_761)) | 0
  return sum
}
