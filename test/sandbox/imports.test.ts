import { describe, expect, it } from '@jest/globals'
import { readdirSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'
import ts from 'typescript'

const ROOT = resolve(import.meta.dirname, '../../sandbox')
const FILES = readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
const PACKAGE = JSON.parse(readFileSync(resolve(ROOT, '../package.json'), 'utf8')) as {
  name: string
  dependencies: Record<string, string>
}

/** Every module that a source names: imports, re-exports, type imports, dynamic imports, require. */
function modulesNamed(file: string): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8')
  return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName)
}

function isAllowed(file: string, name: string): boolean {
  if (name.startsWith('.')) {
    return !relative(ROOT, resolve(ROOT, dirname(file), name)).startsWith('..')
  }
  const packageName = name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/')
  return isBuiltin(name) || (packageName !== PACKAGE.name && packageName in PACKAGE.dependencies)
}

describe('the sandbox', () => {
  it.each(FILES)('%s imports nothing of ours from outside', (file) => {
    expect(modulesNamed(file).filter((name) => !isAllowed(file, name))).toEqual([])
  })

  it('is judged by a check that sees what it must see', () => {
    const seen = FILES.flatMap(modulesNamed)
    expect(seen).toContain('node:http')
    expect(seen).toContain('./server.js')
    for (const name of ['../values/mobile.js', '../../activities/eko/signature.js', `${PACKAGE.name}/client`]) {
      expect(isAllowed('index.ts', name)).toBe(false)
    }
    expect(isAllowed('handlers/pan.ts', '../names.js')).toBe(true)
    expect(isAllowed('handlers/pan.ts', '../../values/pan.js')).toBe(false)
  })
})
