/** Where a secret may hide: as text, inside base64 at any of its three alignments, or as hex. */
export interface Trace {
  readonly form: 'text' | 'base64' | 'hex'
  readonly pattern: RegExp
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
}

/**
 * Base64 of a text that stands anywhere in other bytes: the characters that its neighbours do not touch, for each of
 * the three offsets that it can have.
 */
function base64Cores(secret: string): string[] {
  return [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret, 'utf8')]).toString('base64')
    const first = Math.ceil((offset * 8) / 6)
    const last = Math.floor(((offset + Buffer.byteLength(secret)) * 8) / 6)
    return encoded.slice(first, last)
  })
}

/** All traces of a secret. Digits must stand alone: six of them occur by chance in times and counters. */
export function tracesOf(secret: string): Trace[] {
  const alone = /^\d+$/.test(secret) ? `(?<!\\d)${secret}(?!\\d)` : escaped(secret)
  return [
    { form: 'text', pattern: new RegExp(alone, 'i') },
    ...base64Cores(secret).flatMap((core): Trace[] => [
      { form: 'base64', pattern: new RegExp(escaped(core)) },
      { form: 'base64', pattern: new RegExp(escaped(core.replaceAll('+', '-').replaceAll('/', '_'))) },
    ]),
    { form: 'hex', pattern: new RegExp(Buffer.from(secret, 'utf8').toString('hex'), 'i') },
  ]
}

/** The names of the secrets of which a text holds a trace; values are not repeated. */
export function tracesIn(text: string, secrets: Readonly<Record<string, string>>): string[] {
  return Object.entries(secrets).flatMap(([name, secret]) =>
    tracesOf(secret)
      .filter(({ pattern }) => pattern.test(text))
      .map(({ form }) => `${name} as ${form}`),
  )
}
