import type { Logger as TemporalLogger, LogLevel, LogMetadata } from '@temporalio/common'
import { pino, type DestinationStream } from 'pino'
import { redactFields, redactText } from './redact.js'

/** Severities of the worker's log. */
export type Severity = 'trace' | 'debug' | 'info' | 'warn' | 'error'

const SEVERITY: Readonly<Record<LogLevel, Severity>> = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
}

export interface LoggerOptions {
  /** Least severity printed; default `info`. */
  readonly level?: Severity
  /** Default: standard error, written at once, so that a crash loses nothing. */
  readonly destination?: DestinationStream
}

/**
 * A structured log, one JSON object a line: `level`, `time` (ISO 8601), `msg` and fields. It is what Temporal's SDK,
 * the activities and the worker log to, and it prints only what `redact.ts` lets through.
 */
export function createLogger({ level = 'info', destination }: LoggerOptions = {}): TemporalLogger {
  const output = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      // A field named `err` or `error` is already a summary; pino must not look into errors by itself.
      serializers: {},
    },
    destination ?? pino.destination({ dest: 2, sync: true }),
  )
  const log = (severity: LogLevel, message: string, meta: LogMetadata = {}): void =>
    output[SEVERITY[severity]](redactFields(meta), redactText(message))
  return {
    log,
    trace: (message, meta) => log('TRACE', message, meta),
    debug: (message, meta) => log('DEBUG', message, meta),
    info: (message, meta) => log('INFO', message, meta),
    warn: (message, meta) => log('WARN', message, meta),
    error: (message, meta) => log('ERROR', message, meta),
  }
}
