import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import ts from 'typescript'

/**
 * All workflows of a worker share one copy of their modules. What one of them kept there, another would read: a journey
 * would go otherwise when it is replayed alone.
 */

const FILES = [
  ...['workflows', 'values'].flatMap((room) =>
    readdirSync(room, { recursive: true })
      .map((name) => join(room, String(name)))
      .filter((name) => name.endsWith('.ts')),
  ),
  'secrets/payload-converter.cjs',
  'secrets/failure-converter.cjs',
]

/** Without state of their own, but for what `rememberedPlaces` finds. */
const STATELESS_CLASSES = ['TolerantPayloadConverter', 'DefaultFailureConverter', 'RegExp']
/** Types under which a collection cannot be changed. */
const READ_ONLY_TYPE = /^(ReadonlySet|ReadonlyMap|readonly )/

/** Why a variable of a module might be changed by a run, or null. */
function mayChange(list: ts.VariableDeclarationList, { initializer, type }: ts.VariableDeclaration): string | null {
  if (!(list.flags & ts.NodeFlags.Const)) return 'is not const'
  if (initializer === undefined) return 'has no value'
  if (type && READ_ONLY_TYPE.test(type.getText())) return null
  if (ts.isNewExpression(initializer) && !STATELESS_CLASSES.includes(initializer.expression.getText()))
    return `is made with new ${initializer.expression.getText()}`
  const isEmpty =
    (ts.isArrayLiteralExpression(initializer) && initializer.elements.length === 0) ||
    (ts.isObjectLiteralExpression(initializer) && initializer.properties.length === 0)
  return isEmpty ? 'is made empty' : null
}

function variablesThatMayChange(name: string, source: string): string[] {
  const file = ts.createSourceFile(name, source, ts.ScriptTarget.ES2022, true)
  return file.statements.filter(ts.isVariableStatement).flatMap(({ declarationList }) =>
    declarationList.declarations.flatMap((declaration) => {
      const why = mayChange(declarationList, declaration)
      return why === null ? [] : [`${name}: ${declaration.name.getText()} ${why}`]
    }),
  )
}

/** A pattern with the flag g or y keeps where `test` and `exec` found it last. */
function rememberedPlaces(name: string, source: string): string[] {
  return [...source.matchAll(/const (\w+) =\s*(?:new RegExp\([^;]*?'[a-z]*[gy][a-z]*'|\/.*\/[a-z]*[gy])/g)]
    .map(([, pattern = '']) => pattern)
    .filter((pattern) => new RegExp(`\\b${pattern}\\.(test|exec)\\(`).test(source))
    .map((pattern) => `${name}: ${pattern} remembers its last place`)
}

/** Methods that change what they are called on. */
const CHANGERS = new Set(
  'push pop shift unshift splice sort reverse fill copyWithin set add delete clear assign'.split(' '),
)

function rootOf(node: ts.Node): ts.Node {
  return ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node) ? rootOf(node.expression) : node
}

function isAssignment(kind: ts.SyntaxKind): boolean {
  return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment
}

function lastNameOf(node: ts.Node): string {
  return ts.isPropertyAccessExpression(node) ? node.name.text : ''
}

/** Writes to what a module holds, in any function of it. */
function writesToModule(name: string, source: string): string[] {
  const file = ts.createSourceFile(name, source, ts.ScriptTarget.ES2022, true)
  const held = new Set(
    file.statements
      .filter(ts.isVariableStatement)
      .flatMap(({ declarationList }) => declarationList.declarations.map((declaration) => declaration.name.getText())),
  )
  const found: string[] = []
  const note = (target: ts.Node): void => {
    const root = rootOf(target)
    if (root !== target && held.has(root.getText())) found.push(`${name}: writes to ${root.getText()}`)
  }
  const visit = (node: ts.Node): void => {
    if (ts.isBinaryExpression(node) && isAssignment(node.operatorToken.kind)) note(node.left)
    if (ts.isCallExpression(node) && CHANGERS.has(lastNameOf(node.expression))) note(node.expression)
    ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}

describe('modules of workflows, which all runs share', () => {
  it('keep nothing that changes', () => {
    expect(FILES.length).toBeGreaterThan(50)
    expect(FILES.flatMap((name) => variablesThatMayChange(name, readFileSync(name, 'utf8')))).toEqual([])
    expect(FILES.flatMap((name) => rememberedPlaces(name, readFileSync(name, 'utf8')))).toEqual([])
    const writes = FILES.flatMap((name) => writesToModule(name, readFileSync(name, 'utf8')))
    expect(writes.filter((line) => !line.endsWith('.cjs: writes to module'))).toEqual([])
  })

  it.each([
    ['let count = 0', 'a.ts: count is not const'],
    ['const seen = new Set<string>()', 'a.ts: seen is made with new Set'],
    ['const cache = {}', 'a.ts: cache is made empty'],
    ['export const list: string[] = []', 'a.ts: list is made empty'],
  ])('are caught by this test: %s', (source, said) => {
    expect(variablesThatMayChange('a.ts', source)).toEqual([said])
  })

  it.each(['const at = /a/g', "const at = new RegExp('a', 'g')"])(
    'are caught by this test where they remember a place: %s',
    (source) => {
      expect(rememberedPlaces('a.ts', `${source}\nconst found = text.replace(at, '')`)).toEqual([])
      expect(rememberedPlaces('a.ts', `${source}\nconst found = at.test(text)`)).toEqual([
        'a.ts: at remembers its last place',
      ])
    },
  )

  it('are caught by this test where a function writes to them', () => {
    expect(writesToModule('a.ts', 'const a = { n: 1 }; function f() { a.n = 2; const b = { n: 1 }; b.n = 3 }')).toEqual(
      ['a.ts: writes to a'],
    )
  })
})
