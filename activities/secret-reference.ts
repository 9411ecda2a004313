import { readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { z } from 'zod'

/**
 * A secret as a tenants file holds it: the name of an environment variable, a file, or (sandbox only) the text itself.
 * `{"env": "NAME"}` also takes `NAME_FILE`, the path of a file, as container secrets are usually given.
 */
export const secretReference = z.union([
  z.strictObject({ env: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of an environment variable') }),
  z.strictObject({ file: z.string().min(1, 'must be a path') }),
  z.string().min(1, 'must not be empty'),
])
export type SecretReference = z.infer<typeof secretReference>

export interface SecretSource {
  readonly env: NodeJS.ProcessEnv
  /** Relative paths are taken from the folder of this file. */
  readonly tenantsFile: string
}

/** The secret, or why it cannot be had. A problem never repeats what was read. */
export type ResolvedSecret =
  { readonly value: string; readonly warning?: string } | { readonly problem: string; readonly value?: never }

/** Reads a secret. Line ends around it are dropped; anything that cannot stand in an HTTP header is refused. */
export function resolveSecret(reference: SecretReference, source: SecretSource): ResolvedSecret {
  if (typeof reference === 'string') return checked(reference, 'the text')
  if ('file' in reference) return fromFile(reference.file, source)
  const direct = source.env[reference.env]
  const viaFile = source.env[`${reference.env}_FILE`]
  if (direct && viaFile) return { problem: `both ${reference.env} and ${reference.env}_FILE are set; unset one` }
  if (direct) return checked(direct, `the environment variable ${reference.env}`)
  if (viaFile) return fromFile(viaFile, source)
  return { problem: `set the environment variable ${reference.env}, or ${reference.env}_FILE to a file that holds it` }
}

function fromFile(path: string, source: SecretSource): ResolvedSecret {
  const absolute = resolve(dirname(source.tenantsFile), path)
  let text: string
  let mode: number
  try {
    text = readFileSync(absolute, 'utf8')
    mode = statSync(absolute).mode
  } catch (error) {
    return {
      problem: `the file ${absolute} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`,
    }
  }
  const resolved = checked(text, `the file ${absolute}`)
  const readableByAll = process.platform !== 'win32' && (mode & 0o004) !== 0
  if (resolved.value === undefined || !readableByAll) return resolved
  return { ...resolved, warning: `the file ${absolute} may be read by every user. Run: chmod 600 ${absolute}` }
}

function checked(text: string, where: string): ResolvedSecret {
  const value = text.trim()
  if (value === '') return { problem: `${where} is empty` }
  if (!/^[\x21-\x7e]+$/.test(value))
    return { problem: `${where} holds spaces or characters that are not printable ASCII` }
  return { value }
}
