import { findTemporalCli } from '../../stack/temporal-server.js'
import { runProgram } from './program.js'
import type { TestStack } from './test-stack.js'

/** Temporal's own command line tool: what it prints. @throws Error with its complaint where it fails */
export type TemporalCli = (...args: readonly string[]) => Promise<string>

/** The tool, on a stack. Its environment holds the stack's settings, and besides them PATH and HOME only. */
export async function temporalCliOf({ folder, local }: TestStack): Promise<TemporalCli> {
  const { path } = await findTemporalCli(() => undefined)
  const { PATH = '', HOME = '' } = process.env
  return async (...args) => {
    const { code, out, err } = await runProgram(path, args, { cwd: folder, env: { PATH, HOME, ...local.clientEnv } })
    if (code !== 0) throw new Error(`temporal ${args.slice(0, 2).join(' ')} ended with ${String(code)}: ${err}${out}`)
    return out
  }
}
