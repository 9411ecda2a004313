/** How many questions one limit gets at once from this worker: the server takes ten in flight, of all workers. */
const AT_ONCE = 4

interface Line {
  running: number
  readonly waiting: (() => void)[]
}

const lines = new Map<string, Line>()

/**
 * Does the work when it has its turn, first come, first served: more questions at once would be refused by the server,
 * and asking again and again would keep it from answering anybody.
 */
export async function inTurn<T>(limit: string, work: () => Promise<T>): Promise<T> {
  const line = lines.get(limit) ?? { running: 0, waiting: [] }
  lines.set(limit, line)
  if (line.running >= AT_ONCE) await new Promise<void>((resolve) => line.waiting.push(resolve))
  else line.running += 1
  try {
    return await work()
  } finally {
    const next = line.waiting.shift()
    if (next) next()
    else line.running -= 1
    if (line.running === 0) lines.delete(limit)
  }
}
