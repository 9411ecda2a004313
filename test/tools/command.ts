import { spawn } from 'node:child_process'

export interface Command {
  readonly program: string
  readonly args: readonly string[]
  readonly env?: NodeJS.ProcessEnv
  /** `kept`: both streams are returned; `shown`: they go where ours go. */
  readonly output: 'kept' | 'shown'
  /** Told the process's id, and undefined when it has ended. */
  readonly onProcess?: (pid: number | undefined) => void
}

/** Runs a program without standard input, to its end. */
export function run(command: Command): Promise<{ code: number | null; output: string }> {
  const { program, args, env = process.env, output, onProcess } = command
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args], {
      env,
      stdio: ['ignore', output === 'shown' ? 'inherit' : 'pipe', output === 'shown' ? 'inherit' : 'pipe'],
    })
    onProcess?.(child.pid)
    const chunks: Buffer[] = []
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => void chunks.push(chunk))
    child.once('error', reject)
    child.once('close', (code) => {
      onProcess?.(undefined)
      resolve({ code, output: Buffer.concat(chunks).toString('utf8') })
    })
  })
}
