import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { ROOT } from './support.js'

/** The parts of a compose file that the tests read. */
export interface ComposeService {
  image?: string
  build?: { context: string; target: string }
  restart?: string
  init?: boolean
  user?: string
  profiles?: string[]
  command?: string[]
  depends_on?: Record<string, { condition: string }>
  environment?: Record<string, string>
  ports?: string[]
  networks?: string[]
  secrets?: string[]
  volumes?: (string | { type: string; source: string; target: string; read_only?: boolean })[]
  healthcheck?: { test: string[]; retries: number; interval: string; timeout: string }
  stop_grace_period?: string
}

export interface ComposeFile {
  services: Record<string, ComposeService>
  networks: Record<string, unknown>
  volumes: Record<string, unknown>
  secrets: Record<string, { file: string }>
}

/** `${NAME:-default}` or `${NAME:?message}`. */
export interface ComposeVariable {
  readonly name: string
  readonly required: boolean
  readonly fallback: string | undefined
}

export const readRepoFile = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

const text = readRepoFile('docker-compose.temporal.yml')
const VARIABLE = /\$\{([A-Z_]+)(?::([-?])([^}]*))?\}/g

export const composeVariables = (): ComposeVariable[] =>
  [...text.matchAll(VARIABLE)].map(([, name = '', operator, rest]) => ({
    name,
    required: operator === '?',
    fallback: operator === '-' ? rest : undefined,
  }))

/** The file with variables put in, as compose does before it validates. */
export const composeFile = (values: Readonly<Record<string, string>>): ComposeFile => {
  const filled = text.replaceAll(VARIABLE, (_, name: string, operator?: string, rest: string = '') => {
    const value = values[name] ?? ''
    if (value !== '') return value
    if (operator === '-') return rest
    throw new Error(`required variable ${name} is missing a value: ${rest}`)
  })
  return parse(filled, { merge: true }) as ComposeFile
}

/** The file as written, with its variables. */
export const rawComposeFile = (): ComposeFile => parse(text, { merge: true }) as ComposeFile
