/**
 * Loaded before a worker (`node --import`), it sets the process's clock wrong by CHAOS_CLOCK_OFFSET_MS milliseconds, as
 * a machine without time synchronisation has it.
 */
const offsetMs = Number(process.env['CHAOS_CLOCK_OFFSET_MS'] ?? 0)
const TrueDate = globalThis.Date

class SkewedDate extends TrueDate {
  constructor(...given: unknown[]) {
    super(...((given.length === 0 ? [TrueDate.now() + offsetMs] : given) as [number]))
  }

  static override now(): number {
    return TrueDate.now() + offsetMs
  }
}

globalThis.Date = SkewedDate as DateConstructor

export {}
