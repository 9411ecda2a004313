import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'

export type Program = 'worker/main' | 'sandbox/main' | 'client/cli/main' | 'secrets/codec-server/main'

/**
 * How to run one of our programs as a process: the TypeScript source from a clone, or the JavaScript of `npm run build`,
 * which starts faster. Default: whatever this file itself is.
 */
export function entryPoint(
  program: Program,
  built = import.meta.url.endsWith('.js'),
): { command: string; args: string[] } {
  const root = new URL(import.meta.url.endsWith('.js') ? '../../' : '../', import.meta.url)
  if (built) return { command: process.execPath, args: [fileURLToPath(new URL(`dist/${program}.js`, root))] }
  return fromSource(fileURLToPath(new URL(`${program}.ts`, root)))
}

/** How to run a TypeScript file as a process. */
export function fromSource(file: string): { command: string; args: string[] } {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
  return { command: process.execPath, args: ['--import', tsx, file] }
}
