import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'

/** How a program ended, and what it printed. */
export interface ProgramEnd {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

export interface ProgramOptions {
  readonly env: NodeJS.ProcessEnv
  readonly cwd?: string
  /** What somebody types. */
  readonly input?: string
}

/** Runs a program to its end. */
export async function runProgram(
  program: string,
  args: readonly string[],
  { env, cwd, input = '' }: ProgramOptions,
): Promise<ProgramEnd> {
  const child = spawn(program, args, { env, ...(cwd !== undefined && { cwd }) })
  const code = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve))
  child.stdin.end(input)
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { code: await code, out, err }
}
