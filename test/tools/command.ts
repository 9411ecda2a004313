import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export interface Command {
  readonly program: string
  readonly args: readonly string[]
  readonly env?: NodeJS.ProcessEnv
  /** `kept`: both streams are returned; `shown`: they go where ours go. */
  readonly output: 'kept' | 'shown'
}

const running = new Set<number>()

/** Asks the programs that run now to end. */
export function endCurrent(signal: NodeJS.Signals = 'SIGTERM'): void {
  for (const pid of running) process.kill(pid, signal)
}

/** Runs a program without standard input, to its end. */
export function run({
  program,
  args,
  env = process.env,
  output,
}: Command): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const stream = output === 'shown' ? 'inherit' : 'pipe'
    const child = spawn(program, [...args], { env, stdio: ['ignore', stream, stream] })
    const { pid } = child
    if (pid !== undefined) running.add(pid)
    const chunks: Buffer[] = []
    for (const pipe of [child.stdout, child.stderr]) pipe?.on('data', (chunk: Buffer) => void chunks.push(chunk))
    child.once('error', reject)
    child.once('close', (code) => {
      if (pid !== undefined) running.delete(pid)
      resolve({ code, output: Buffer.concat(chunks).toString('utf8') })
    })
  })
}

/** The file behind a program of an installed package, e.g. `tsc` of `typescript`. */
export function binOf(root: string, packageName: string, program = packageName): string {
  const folder = dirname(join(root, 'node_modules', packageName, 'package.json'))
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    bin: string | Record<string, string>
  }
  const file = typeof bin === 'string' ? bin : bin[program]
  if (file === undefined) throw new Error(`${packageName} has no program ${program}. Run: npm ci`)
  return join(folder, file)
}
