import { execFileSync } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

/** What processes use, as Linux counts it. */

const TICKS_PER_SECOND = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))

/** CPU seconds of a process so far, in user and system mode. */
export async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  // The name, in brackets, may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

/** Bytes of a process's memory that is its own: resident, without what it shares as files. */
export async function residentBytes(pid: number): Promise<number> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8')
  const anonymous = /^Anonymous:\s+(\d+) kB$/m.exec(rollup)
  if (!anonymous) throw new Error(`Linux does not say how much memory process ${pid} has.`)
  return Number(anonymous[1]) * 1024
}

/** As `residentBytes`, when two looks in a row agree within a percent. */
export async function settledBytes(pid: number): Promise<number> {
  for (let before = await residentBytes(pid); ;) {
    process.kill(pid, 'SIGWINCH')
    await sleep(1_500)
    const now = await residentBytes(pid)
    if (Math.abs(now - before) < before / 100) return now
    before = now
  }
}

/** A process and all that it, and what it started, has started. */
async function treeOf(pid: number): Promise<number[]> {
  const all = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const parents = await Promise.all(
    all.map(async (each) => {
      const stat = await readFile(`/proc/${each}/stat`, 'utf8').catch(() => '')
      return { each, parent: Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) }
    }),
  )
  const tree = [pid]
  for (const one of tree) tree.push(...parents.filter(({ parent }) => parent === one).map(({ each }) => each))
  return tree
}

/** CPU seconds of a process and all below it. */
export async function treeCpuSeconds(pid: number): Promise<number> {
  const each = await Promise.all((await treeOf(pid)).map(cpuSeconds))
  return each.reduce((sum, one) => sum + one, 0)
}
