/** Ctrl-C arrives twice where npm or tsx pass it on; only a later one is a person who does not want to wait. */
const ECHO_MS = 1_000

/** Exit code of a program that was interrupted, as shells have it. */
export const INTERRUPTED = 130

/**
 * Settles at the first Ctrl-C (or SIGTERM, SIGHUP). From then on another one ends this process at once; what it has
 * started ends with it.
 */
export function untilInterrupted(): Promise<'interrupted'> {
  return new Promise((resolve) => {
    let first: number | undefined
    const onSignal = (): void => {
      first ??= Date.now()
      if (Date.now() - first > ECHO_MS) process.exit(INTERRUPTED)
      resolve('interrupted')
    }
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)
  })
}
