/**
 * Everything in a message of gRPC as bytes: its texts and fields as JSON, and each `bytes` field as it is. JSON alone
 * would show bytes in a form of its own.
 */
export function bytesOfAll(value: unknown): Buffer[] {
  const found: Buffer[] = []
  const json = JSON.stringify(value, (_name, inner: unknown) => {
    if (inner instanceof Uint8Array) {
      found.push(Buffer.from(inner))
      return `<${inner.length} bytes>`
    }
    // What Node's own `toJSON` makes of a Buffer.
    if (isBufferJson(inner)) {
      found.push(Buffer.from(inner.data))
      return `<${inner.data.length} bytes>`
    }
    return inner
  })
  return [Buffer.from(json ?? ''), ...found]
}

function isBufferJson(value: unknown): value is { readonly type: 'Buffer'; readonly data: number[] } {
  const { type, data } = (value ?? {}) as { type?: unknown; data?: unknown }
  return type === 'Buffer' && Array.isArray(data)
}
