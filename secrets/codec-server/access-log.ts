import { type DestinationStream, pino } from 'pino'
import type { CodecServerCode } from './codes.js'
import type { Visitor } from './access.js'

/** What is logged of a request: no payload, no path (it may hold the capability), no token. */
export interface AccessEntry {
  readonly operation: 'decode' | 'encode' | 'other'
  readonly http: number
  readonly code?: CodecServerCode
  readonly by?: Visitor['by']
  /** The login provider's name of the person; who read personal data must be traceable. */
  readonly subject?: string
  readonly namespace?: string
  readonly payloads?: number
  /** How many of them could not be read. */
  readonly unreadable?: number
  readonly bytes?: number
  readonly ms: number
}

export interface AccessLog {
  request(entry: AccessEntry): void
  /** A defect: name and stack only, since messages may quote what was worked on. */
  failed(error: unknown): void
}

/** One JSON object a line. @param destination default: standard error, written at once */
export function createAccessLog(destination?: DestinationStream): AccessLog {
  const output = pino(
    {
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination ?? pino.destination({ dest: 2, sync: true }),
  )
  return {
    request: (entry) => output[entry.http < 400 ? 'info' : 'warn'](entry, 'codec server: request'),
    failed(error) {
      const { name, stack } = error instanceof Error ? error : new Error('not an error')
      const frames = stack?.split('\n').filter((line) => /^\s+at /.test(line))
      output.error({ error: name, stack: frames?.join('\n') }, 'codec server: a request failed')
    },
  }
}
