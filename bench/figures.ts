/** The value below which this share of the values lies; the nearest that was measured. @throws Error without values */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other)
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
  if (value === undefined) throw new Error('Nothing was measured.')
  return value
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)
export const p95 = (values: readonly number[]): number => quantile(values, 0.95)

/** Three digits that count. */
export function short(value: number): string {
  if (value === 0) return '0'
  return String(Number(value.toPrecision(3)))
}

export function kilobytes(bytes: number): string {
  return `${short(bytes / 1024)} KB`
}

export function megabytes(bytes: number): string {
  return `${short(bytes / 1024 ** 2)} MB`
}

/** Lines of a table: the first column to the left, numbers to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => (row[column] ?? '').length)))
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('   ')
      .trimEnd()
  return [line(head), widths.map((width) => '─'.repeat(width)).join('───'), ...rows.map(line)]
}
