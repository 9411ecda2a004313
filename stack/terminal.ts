import type { WriteStream } from 'node:tty'
import { styleText } from 'node:util'

type Style = 'bold' | 'dim' | 'green' | 'red' | 'cyan' | 'yellow'
export type Paint = (style: Style, text: string) => string

/** Whether a stream shows colours: a terminal that can, and nobody asked for none (no-color.org). */
export function hasColours(stream: Pick<WriteStream, 'isTTY'>, env: NodeJS.ProcessEnv = process.env): boolean {
  return stream.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb'
}

/** A painter that does nothing where there are no colours. */
export function painter(colours: boolean): Paint {
  return (style, text) => (colours ? styleText(style, text) : text)
}

/** Rows below each other in columns, two spaces apart; the last column is not filled up. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const count = Math.max(0, ...rows.map((row) => row.length))
  const widths = Array.from({ length: count }, (_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)))
  return rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}
