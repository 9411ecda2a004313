/** What a workflow bundle holds, read from its inline source map. */

export interface BundleContents {
  /** Of the code itself, in bytes. */
  readonly codeBytes: number
  /** With the source map, in bytes. */
  readonly totalBytes: number
  /** The modules' files, as the source map names them. */
  readonly modules: readonly string[]
  readonly sourceMap: string
}

const MARK = '//# sourceMappingURL=data:'

/** @throws Error where the bundle has no inline source map. */
export function bundleContents(code: string): BundleContents {
  const at = code.lastIndexOf(MARK)
  if (at < 0) throw new Error('The bundle has no inline source map.')
  const sourceMap = Buffer.from(code.slice(code.indexOf(',', at) + 1), 'base64').toString('utf8')
  const { sources } = JSON.parse(sourceMap) as { sources: string[] }
  return {
    codeBytes: Buffer.byteLength(code.slice(0, at)),
    totalBytes: Buffer.byteLength(code),
    modules: sources,
    sourceMap,
  }
}
