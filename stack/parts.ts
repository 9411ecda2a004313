import type { LocalStack } from './local-stack.js'

/** A part of the stack that has ended although nobody stopped it. */
export interface DeadPart {
  readonly name: string
  readonly lastLines: readonly string[]
}

const LINES_SHOWN = 15

/** Settles when the first part of the stack has ended, for whatever reason. */
export function firstToEnd({ temporal, sandbox, worker }: LocalStack): Promise<DeadPart> {
  const parts = [
    { name: 'Temporal server', process: temporal },
    { name: 'sandbox', process: sandbox },
    { name: 'worker', process: worker },
  ]
  return Promise.race(
    parts.map(async ({ name, process }) => {
      await process.exited
      return { name, lastLines: process.lastLines(LINES_SHOWN) }
    }),
  )
}

export function deadPartText({ name, lastLines }: DeadPart): string {
  return [`The ${name} has ended by itself. It printed last:`, ...lastLines.map((line) => `  ${line}`)].join('\n')
}
