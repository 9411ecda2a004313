import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** The repository's folder. */
export const ROOT = join(import.meta.dirname, '..', '..')

const folders: string[] = []

/** A new empty folder; `removeFolders` takes all of them away. */
export const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'stack-test-'))
  folders.push(folder)
  return folder
}

export const removeFolders = (): void => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
}

/** Writes an executable shell script and answers its path. */
export const script = (path: string, body: string): string => {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `#!/bin/sh\n${body}\n`)
  chmodSync(path, 0o755)
  return path
}

/** A program that answers `--version` as Temporal's CLI does. */
export const fakeCli = (server = '1.29.1', version = '1.5.1'): string =>
  `echo "temporal version ${version} (Server ${server}, UI 2.42.1)"`

/** Whether the process has ended; one that nobody has reaped yet counts as ended. */
export const hasEnded = (pid: number): boolean => {
  try {
    const state = execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).trim()
    return state === '' || state.startsWith('Z')
  } catch (error) {
    // ps answers 1 where there is no such process.
    if ((error as { status?: number }).status === 1) return true
    throw error
  }
}

/** Polls until the condition holds; gives up after 30 s, so that a failing test leaves nothing running. */
export const until = async (condition: () => boolean | Promise<boolean>): Promise<void> => {
  const deadline = Date.now() + 30_000
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('the awaited state did not come in 30 s')
    await sleep(25)
  }
}
