import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker'
import { bundleParts } from '../worker/bundle.js'

/** `npm run build`: what the package holds, in `dist/`. */

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const DIST = join(ROOT, 'dist')
/** The workflows as the worker loads them, ready made: nothing is bundled at start. */
const WORKFLOW_BUNDLE = join(DIST, 'workflow-bundle.js')

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
    ...bundleParts(DIST, '.js'),
    logger: new DefaultLogger('WARN'),
  })
  await writeFile(WORKFLOW_BUNDLE, withoutFolders(code))
  const missing = (await packageEntries()).filter((entry) => !existsSync(entry))
  if (missing.length > 0) throw new Error(`package.json names files that the build did not make: ${missing.join(', ')}`)
  await makeProgramsExecutable()
  report(`Built dist/: workflow bundle ${Math.round(code.length / 1024)} KB with its source map.`)
}

/** The bundle's inline source map names this machine's folders; the package shall not. */
function withoutFolders(code: string): string {
  const start = code.indexOf(',', code.lastIndexOf('//# sourceMappingURL=')) + 1
  const map = Buffer.from(code.slice(start), 'base64').toString('utf8').replaceAll(ROOT, '')
  return code.slice(0, start) + Buffer.from(map).toString('base64')
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

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await build((line) => void process.stdout.write(`${line}\n`)).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  })
}
