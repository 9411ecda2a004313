/** How many questions one limit gets at once from this worker: the server takes ten in flight, of all workers. */
const AT_ONCE = 4

interface Line {
  running: number
  readonly waiting: Waiting[]
}

interface Waiting {
  /** It is its turn. */
  readonly go: () => void
}

/** Nobody's turn came in time. */
export class LineTooLong extends Error {
  override readonly name = 'LineTooLong'
}

const lines = new Map<string, Line>()

/**
 * Does the work when it has its turn, first come, first served: more questions at once would be refused by the server,
 * and asking again and again would keep it from answering anybody.
 *
 * @param longestMs how long to wait for the turn, in ms: whoever waits holds a slot of the worker
 * @throws LineTooLong
 */
export async function inTurn<T>(limit: string, longestMs: number, work: () => Promise<T>): Promise<T> {
  const line = lines.get(limit) ?? { running: 0, waiting: [] }
  lines.set(limit, line)
  if (line.running >= AT_ONCE) await turnIn(line, longestMs)
  else line.running += 1
  try {
    return await work()
  } finally {
    const next = line.waiting.shift()
    if (next) next.go()
    else line.running -= 1
    if (line.running === 0) lines.delete(limit)
  }
}

function turnIn({ waiting }: Line, longestMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const entry: Waiting = {
      go: () => {
        clearTimeout(timer)
        resolve()
      },
    }
    const timer = setTimeout(() => {
      waiting.splice(waiting.indexOf(entry), 1)
      reject(new LineTooLong('Too many ask this limit.'))
    }, longestMs)
    waiting.push(entry)
  })
}
