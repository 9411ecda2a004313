import { copyFile, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, extname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { transform } from '@swc/core'
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker'
import { bundleParts } from '../worker/bundle.js'
import type { Program } from './entry-point.js'

/**
 * A copy of the sources, compiled: what somebody edits meanwhile does not reach who runs it, its processes start quickly,
 * and a line of it can be changed on purpose. For chaos and leak runs, and for the bench's variants.
 */
export interface PatchedBuild {
  readonly folder: string
  /** The program that a process runs. */
  program(name: Program): string
  /** What became of a source file. */
  compiled(source: string): string
}

export interface PatchedBuildOptions {
  readonly patches?: readonly Patch[]
  /** Source files to compile beside the product's, from the repository's root. */
  readonly beside?: readonly string[]
}

/** One line of the product changed. */
export interface Patch {
  /** From the repository's root. */
  readonly file: string
  /** Must be there exactly once. */
  readonly from: string
  readonly to: string
}

const ROOMS = ['values', 'workflows', 'activities', 'secrets', 'worker', 'client', 'sandbox'] as const
const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** @throws Error where a patch does not fit the sources any more */
export async function patchedBuild(
  folder: string,
  { patches = [], beside = [] }: PatchedBuildOptions = {},
): Promise<PatchedBuild> {
  const dist = join(folder, 'dist')
  await mkdir(dist, { recursive: true })
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }\n')
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  const files = [...(await sourcesOf(ROOMS)), ...beside]
  for (const file of files) {
    const target = compiledOf(dist, file)
    await mkdir(dirname(target), { recursive: true })
    if (extname(file) !== '.ts') {
      await copyFile(join(ROOT, file), target)
      continue
    }
    const source = await readFile(join(ROOT, file), 'utf8')
    const own = patches.filter((patch) => patch.file === file)
    await writeFile(target, await compiled(own.reduce(applied, source), file))
  }
  const missing = patches.find((patch) => !files.includes(patch.file))
  if (missing) throw new Error(`The build changes ${missing.file}, which does not exist any more.`)
  await bundleWorkflows(dist)
  return {
    folder,
    program: (name) => join(dist, `${name}.js`),
    compiled: (source) => compiledOf(dist, source),
  }
}

const compiledOf = (dist: string, source: string): string => join(dist, source.replace(/\.ts$/, '.js'))

async function sourcesOf(rooms: readonly string[]): Promise<string[]> {
  const lists = await Promise.all(
    rooms.map(async (room) => {
      const entries = await readdir(join(ROOT, room), { withFileTypes: true, recursive: true })
      return entries
        .filter((entry) => entry.isFile())
        .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    }),
  )
  return lists.flat()
}

/** @throws Error where what is to be changed is not there exactly once */
export function applied(source: string, { file, from, to }: Patch): string {
  const times = source.split(from).length - 1
  if (times !== 1) {
    throw new Error(`The build changes a text of ${file} that is there ${times} times, not once: ${from}`)
  }
  return source.replace(from, () => to)
}

async function compiled(source: string, filename: string): Promise<string> {
  const { code } = await transform(source, {
    filename,
    configFile: false,
    swcrc: false,
    jsc: { target: 'es2022', parser: { syntax: 'typescript' }, transform: { verbatimModuleSyntax: true } },
    module: { type: 'es6' },
  })
  return code
}

async function bundleWorkflows(dist: string): Promise<void> {
  const { code } = await bundleWorkflowCode({
    ...bundleParts(dist, '.js'),
    logger: new DefaultLogger('WARN'),
  })
  await writeFile(join(dist, 'workflow-bundle.js'), code)
}
