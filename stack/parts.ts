import type { LocalStack } from './local-stack.js'

/** A part of the stack that has ended although nobody stopped it. */
export interface DeadPart {
  readonly name: string
  /** Null after a signal. */
  readonly exitCode: number | null
  readonly lastLines: readonly string[]
}

const LINES_SHOWN = 15
const WIDEST_LINE = 240

/** Settles when the first part of the stack has ended, for whatever reason. */
export function firstToEnd({ temporal, sandbox, worker, codecServer }: LocalStack): Promise<DeadPart> {
  const parts = [
    { name: 'Temporal server', process: temporal },
    { name: 'sandbox', process: sandbox },
    { name: 'worker', process: worker },
    ...(codecServer ? [{ name: 'codec server', process: codecServer.process }] : []),
  ]
  return Promise.race(
    parts.map(async ({ name, process }) => {
      const end = await process.exited
      const exitCode = typeof end === 'object' ? (end?.code ?? null) : end
      return { name, exitCode, lastLines: process.lastLines(LINES_SHOWN) }
    }),
  )
}

export function deadPartText({ name, exitCode, lastLines }: DeadPart): string {
  const how = exitCode === null ? 'by a signal' : `with exit code ${exitCode}`
  const said = lastLines.length === 0 ? 'It printed nothing.' : 'It printed last:'
  return [
    `The ${name} has ended ${how}, although nobody stopped it. ${said}`,
    ...lastLines.map((line) => `  ${line.length > WIDEST_LINE ? `${line.slice(0, WIDEST_LINE)}…` : line}`),
  ].join('\n')
}
