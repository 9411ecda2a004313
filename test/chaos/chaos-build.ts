import { copyFile, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, extname, join, relative } from 'node:path'
import { transform } from '@swc/core'
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker'
import type { Program } from '../../stack/entry-point.js'
import { bundleParts } from '../../worker/bundle.js'
import { ROOT } from '../support/fresh-build.js'

/**
 * A chaos or leak run runs a copy of the sources, compiled at its start: what somebody edits meanwhile does not reach it, its
 * processes start quickly, and a line of the copy can be broken on purpose.
 */
export interface ChaosBuild {
  readonly folder: string
  /** The program that a process runs. */
  program(name: Program): string
  /** Loaded before the worker by a worker whose clock is off; see `skewed-clock.ts`. */
  readonly skewedClock: string
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
const SKEWED_CLOCK = join('test', 'chaos', 'skewed-clock.ts')

/** @throws Error where a patch does not fit the sources any more */
export async function chaosBuild(folder: string, patches: readonly Patch[] = []): Promise<ChaosBuild> {
  const dist = join(folder, 'dist')
  await mkdir(dist, { recursive: true })
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }\n')
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  const files = [...(await sourcesOf(ROOMS)), SKEWED_CLOCK]
  for (const file of files) {
    const target = join(dist, file.replace(/\.ts$/, '.js'))
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
  if (missing) throw new Error(`The broken build changes ${missing.file}, which does not exist any more.`)
  await bundleWorkflows(dist)
  return {
    folder,
    program: (name) => join(dist, `${name}.js`),
    skewedClock: join(dist, SKEWED_CLOCK.replace(/\.ts$/, '.js')),
  }
}

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
    throw new Error(`The broken build changes a text of ${file} that is there ${times} times, not once: ${from}`)
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
