/** What a sample is taken by. */
export interface Listed {
  readonly type: string
  readonly isOpen: boolean
}

/**
 * At most `limit` of the runs, open ones before ended ones. Each workflow type gets the same share as far as it has so
 * many, so that a type with many runs does not crowd out the others; and each type's are taken in even steps from its
 * first to its last, so that old runs are among them: those are the ones that most builds have changed since.
 *
 * @param runs as listed: the newest first
 * @returns the sample, as listed
 */
export function sampled<Run extends Listed>(runs: readonly Run[], limit: number): Run[] {
  const open = sampledByType(
    runs.filter(({ isOpen }) => isOpen),
    limit,
  )
  const ended = sampledByType(
    runs.filter(({ isOpen }) => !isOpen),
    limit - open.length,
  )
  const taken = new Set([...open, ...ended])
  return runs.filter((run) => taken.has(run))
}

function sampledByType<Run extends Listed>(runs: readonly Run[], limit: number): Run[] {
  const groups = new Map<string, Run[]>()
  for (const run of runs) {
    const group = groups.get(run.type)
    if (group) group.push(run)
    else groups.set(run.type, [run])
  }
  // The smallest first: what it leaves of its share goes to the others.
  const bySize = [...groups.values()].sort((a, b) => a.length - b.length)
  let left = limit
  return bySize.flatMap((group, index) => {
    const some = spread(group, Math.floor(left / (bySize.length - index)))
    left -= some.length
    return some
  })
}

/** The first, the last, and others in even steps between them. */
function spread<Run>(runs: readonly Run[], count: number): Run[] {
  if (count >= runs.length) return [...runs]
  const step = count > 1 ? (runs.length - 1) / (count - 1) : 0
  return Array.from({ length: count }, (_, index) => runs[Math.round(index * step)] as Run)
}
