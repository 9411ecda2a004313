import { execFile } from 'node:child_process'
import { chmod, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker'

/** `npm run build`: what the package holds, in `dist/`. */

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const DIST = join(ROOT, 'dist')
/** Rooms that are in the package; `stack` is for clones. */
export const BUILT_ROOMS = ['values', 'workflows', 'activities', 'secrets', 'worker', 'client', 'sandbox'] as const
/** The workflows as the worker loads them, ready made: nothing is bundled at start. */
export const WORKFLOW_BUNDLE = join(DIST, 'workflow-bundle.js')

type Report = (line: string) => void

/**
 * Cleans `dist/`, compiles into it and bundles the workflows.
 * @throws Error with the compiler's complaints, or with the package's entries that came out missing.
 */
export async function build(report: Report): Promise<void> {
  await rm(DIST, { recursive: true, force: true })
  report('Compiling TypeScript (tsconfig.build.json) …')
  await compile()
  report('Bundling the workflows …')
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(DIST, 'workflows/index.js'),
    payloadConverterPath: join(DIST, 'secrets/payload-converter.cjs'),
    logger: new DefaultLogger('WARN'),
  })
  await writeFile(WORKFLOW_BUNDLE, code)
  const entries = await packageEntries()
  const missing = (await Promise.all(entries.map(async (entry) => ((await exists(entry)) ? [] : [entry])))).flat()
  if (missing.length > 0) throw new Error(`package.json names files that the build did not make: ${missing.join(', ')}`)
  await makeProgramsExecutable()
  report(`Built dist/: workflow bundle ${Math.round(code.length / 1024)} KB with its source map.`)
}

/** Builds unless `dist/` is newer than every source. */
export async function ensureBuilt(report: Report): Promise<void> {
  const builtAt = await changedAt(WORKFLOW_BUNDLE)
  const inputs = [...BUILT_ROOMS, 'package.json', 'tsconfig.json', 'tsconfig.build.json', 'stack/build.ts']
  const newest = Math.max(...(await Promise.all(inputs.map((input) => newestChange(join(ROOT, input))))))
  if (builtAt === null || builtAt < newest) await build(report)
}

async function compile(): Promise<void> {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
  try {
    await promisify(execFile)(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: ROOT, maxBuffer: 1 << 26 })
  } catch (error) {
    const said = (error as { stdout?: unknown }).stdout
    throw new Error(`The sources do not compile:\n${typeof said === 'string' ? said : ''}`, { cause: error })
  }
}

interface Manifest {
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>
  readonly bin: Readonly<Record<string, string>>
}

async function readManifest(): Promise<Manifest> {
  return JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as Manifest
}

/** Every file that package.json promises. */
async function packageEntries(): Promise<string[]> {
  const { exports, bin } = await readManifest()
  const exported = Object.values(exports).flatMap((entry) =>
    typeof entry === 'string' ? [entry] : Object.values(entry),
  )
  return [...exported, ...Object.values(bin)].map((entry) => join(ROOT, entry))
}

async function makeProgramsExecutable(): Promise<void> {
  const { bin } = await readManifest()
  await Promise.all(Object.values(bin).map((entry) => chmod(join(ROOT, entry), 0o755)))
}

async function changedAt(path: string): Promise<number | null> {
  const info = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  return info?.mtimeMs ?? null
}

async function exists(path: string): Promise<boolean> {
  return (await changedAt(path)) !== null
}

/** When the newest file at or below the path was changed. */
async function newestChange(path: string): Promise<number> {
  const info = await stat(path)
  if (!info.isDirectory()) return info.mtimeMs
  const names = await readdir(path, { recursive: true })
  const times = await Promise.all(names.map(async (name) => (await stat(join(path, name))).mtimeMs))
  return Math.max(info.mtimeMs, ...times)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await build((line) => void process.stdout.write(`${line}\n`)).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  })
}
