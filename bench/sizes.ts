import { execFile } from 'node:child_process'
import { lstat, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { startProcess } from '../stack/processes.js'
import type { BenchStack } from './bench-stack.js'
import { bundleContents } from './bundle-modules.js'
import { kilobytes, median, megabytes, short } from './figures.js'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const STARTS = 5

export const SIZES_HEAD = ['sizes and starts', '']

/** Of the build in `dist/`, of what `npm install --omit=dev` brings, and how long programs take to be ready. */
export async function sizeRows({ local }: BenchStack): Promise<string[][]> {
  const { codeBytes, totalBytes, modules } = bundleContents(
    await readFile(join(ROOT, 'dist', 'workflow-bundle.js'), 'utf8'),
  )
  const packages = await productionPackages()
  const bytes = await Promise.all(packages.map((folder) => folderBytes(folder, false)))
  const workerMs: number[] = []
  const commandMs: number[] = []
  for (let start = 0; start < STARTS; start += 1) {
    let since = performance.now()
    const worker = await local.startWorker(`start-${start}`)
    workerMs.push(performance.now() - since)
    await worker.stop()
    since = performance.now()
    await startProcess({
      name: 'onboard --help',
      command: process.execPath,
      args: [join(ROOT, 'dist', 'client', 'cli', 'main.js'), '--help'],
    }).exited
    commandMs.push(performance.now() - since)
  }
  return [
    ['workflow bundle, code', `${kilobytes(codeBytes)} in ${modules.length} modules`],
    ['workflow bundle with its source map', kilobytes(totalBytes)],
    ['package (dist/)', megabytes(await folderBytes(join(ROOT, 'dist'), true))],
    ['production dependencies', `${packages.length} packages, ${megabytes(bytes.reduce((sum, one) => sum + one, 0))}`],
    ['start of a worker, until it polls (median)', `${short(median(workerMs))} ms`],
    ['onboard --help (median)', `${short(median(commandMs))} ms`],
  ]
}

/** Folders of the packages that the product needs at run time. */
async function productionPackages(): Promise<string[]> {
  const { stdout } = await promisify(execFile)('npm', ['ls', '--omit=dev', '--all', '--parseable'], {
    cwd: ROOT,
    maxBuffer: 1 << 26,
  })
  return stdout.split('\n').filter((line) => line.includes('node_modules'))
}

/** A package's own files; those of packages inside of it are counted as theirs. */
async function folderBytes(folder: string, withPackages: boolean): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true })
  const sizes = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) {
        return entry.name === 'node_modules' && !withPackages ? 0 : folderBytes(path, withPackages)
      }
      return (await lstat(path)).size
    }),
  )
  return sizes.reduce((sum, one) => sum + one, 0)
}
