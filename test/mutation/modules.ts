import { existsSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import * as vm from 'node:vm'
import { type Options, transformSync } from '@swc/core'

/** The repository's folder. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** Text that stands for a file's own, by the file's path. */
export type Replacements = ReadonlyMap<string, string>

/** As in jest's configuration: types are stripped and not checked, so a flip may be one that the compiler refuses. */
const SWC: Options = {
  jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
  module: { type: 'es6' },
  configFile: false,
  swcrc: false,
}

const compiled = new Map<string, string>()
const packages = new Map<string, Promise<Record<string, unknown>>>()

/** JavaScript of a source text. Throws where the text is no TypeScript. */
export function compile(text: string, file: string): string {
  return transformSync(text, { ...SWC, filename: file }).code
}

function codeOf(file: string, replacements: Replacements): string {
  const replaced = replacements.get(file)
  if (replaced !== undefined) return compile(replaced, file)
  const known = compiled.get(file)
  if (known !== undefined) return known
  const code = compile(readFileSync(file, 'utf8'), file)
  compiled.set(file, code)
  return code
}

function packageValues(specifier: string): Promise<Record<string, unknown>> {
  const known = packages.get(specifier)
  if (known) return known
  const values = import(specifier) as Promise<Record<string, unknown>>
  packages.set(specifier, values)
  return values
}

/** Where a relative import leads: `./x.js` is `x.ts`, unless there is an `x.js`. */
function target(specifier: string, from: string): string {
  const path = resolve(dirname(from), specifier)
  const source = path.replace(/\.js$/, '.ts')
  return existsSync(source) ? source : path
}

/**
 * Loads a file of the repository and all that it imports of it as new modules, as a test runner does. Packages are
 * shared: they hold nothing of the tables.
 *
 * @param doubles what takes the place of a package, such as the test runner's globals
 */
export async function loadFresh(
  file: string,
  replacements: Replacements,
  doubles: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {},
): Promise<Readonly<Record<string, unknown>>> {
  const loaded = new Map<string, vm.Module>()

  async function packageModule(specifier: string): Promise<vm.Module> {
    const values = doubles[specifier] ?? (await packageValues(specifier))
    const names = Object.keys(values)
    return new vm.SyntheticModule(names, function (this: vm.SyntheticModule) {
      for (const name of names) this.setExport(name, values[name])
    })
  }

  function ownModule(path: string): vm.Module {
    return new vm.SourceTextModule(codeOf(path, replacements), {
      identifier: path,
      initializeImportMeta: (meta) => {
        meta.url = pathToFileURL(path).href
        meta.dirname = dirname(path)
        meta.filename = path
      },
      importModuleDynamically: async (specifier) => ready(await link(specifier, path)),
    })
  }

  async function link(specifier: string, from: string): Promise<vm.Module> {
    const own = specifier.startsWith('.')
    const key = own ? target(specifier, from) : specifier
    const known = loaded.get(key)
    if (known) return known
    const module = own ? ownModule(key) : await packageModule(key)
    // Another import may have loaded the package meanwhile; there must be one.
    const first = loaded.get(key) ?? module
    loaded.set(key, first)
    return first
  }

  async function ready(module: vm.Module): Promise<vm.Module> {
    if (module.status === 'unlinked') await module.link((specifier, from) => link(specifier, from.identifier))
    await module.evaluate()
    return module
  }

  const entry = ownModule(file)
  loaded.set(file, entry)
  await ready(entry)
  return entry.namespace as Readonly<Record<string, unknown>>
}
