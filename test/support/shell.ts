import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, readdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { ROOT } from './fresh-build.js'

/** What a block of shell commands did. */
export interface BlockEnd {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** One bash, as a person has it open: variables and functions stay from one block to the next. */
export interface Shell {
  /** Runs commands; each of `answers` is a line that somebody types when a program asks. */
  run(commands: string, ...answers: string[]): Promise<BlockEnd>
  close(): Promise<void>
}

/** Runs what comes on descriptor 3, a NUL after each block, and says on descriptor 4 that a block is done. */
const LOOP = `while IFS= read -r -d '' block <&3; do eval "$block" 3<&- 4>&-; echo "$?" >&4; done`

export function openShell(cwd: string, env: NodeJS.ProcessEnv): Shell {
  const child: ChildProcess = spawn('bash', ['-c', LOOP], {
    cwd,
    env,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
  })
  const [stdin, stdout, stderr, blocks, ends] = child.stdio as unknown as [
    ...[Writable, Readable, Readable],
    Writable,
    Readable,
  ]
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  let said = { stdout: '', stderr: '' }
  stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text))
  stderr.setEncoding('utf8').on('data', (text: string) => (said.stderr += text))
  return {
    async run(commands, ...answers) {
      said = { stdout: '', stderr: '' }
      for (const answer of answers) stdin.write(`${answer}\n`)
      const ended = new Promise<string>((resolve, reject) => {
        ends.setEncoding('utf8').once('data', resolve)
        void exited.then(() => reject(new Error(`The shell ended: ${said.stderr}`)))
      })
      blocks.write(`${commands}\0`)
      const exitCode = Number(await ended)
      // The last output comes through another pipe than the end.
      await new Promise((resolve) => setTimeout(resolve, 50))
      return { exitCode, ...said }
    },
    async close() {
      blocks.end()
      stdin.end()
      await exited
    },
  }
}

/** A folder that looks like a clone of the repository whose local stack keeps its files in `local`. */
export async function cloneWith(local: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const entry of await readdir(ROOT)) {
    if (entry !== '.local') await symlink(join(ROOT, entry), join(folder, entry))
  }
  await symlink(local, join(folder, '.local'))
}
