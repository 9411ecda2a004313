import ts from 'typescript'

/** One entry of a table, changed in one way. */
export interface Flip {
  /** Unique, and the same as long as the entry is: `file › entry › change`. */
  readonly id: string
  /** The table's file, relative to the repository's folder. */
  readonly file: string
  readonly line: number
  /** What is flipped, for readers: the table and the row's title. */
  readonly entry: string
  readonly change: string
  /** The range of the file's text that `text` replaces. */
  readonly start: number
  readonly end: number
  readonly text: string
}

/** A table's source text, and the flips found in it so far. */
export interface Sheet {
  readonly source: ts.SourceFile
  readonly flips: Flip[]
  add(node: ts.Node, entry: string, change: string, text: string): void
}

/** Opens a source text to collect its flips. `file` is relative to the repository's folder. */
export function openSheet(file: string, text: string): Sheet {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true)
  const flips: Flip[] = []
  const seen = new Map<string, number>()
  return {
    source,
    flips,
    add(node, entry, change, replacement) {
      const name = `${file} › ${entry} › ${change}`
      const count = (seen.get(name) ?? 0) + 1
      seen.set(name, count)
      const start = node.getStart(source)
      flips.push({
        id: count === 1 ? name : `${name} (${count})`,
        ...{ file, entry, change, start, end: node.getEnd(), text: replacement },
        line: source.getLineAndCharacterOfPosition(start).line + 1,
      })
    },
  }
}

/** The text with the flip in it. */
export function applyFlip(text: string, { start, end, text: replacement }: Flip): string {
  return text.slice(0, start) + replacement + text.slice(end)
}

/** Calls `visit` for a node and everything in it, from the top. */
export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node)
  ts.forEachChild(node, (child) => walk(child, visit))
}

/** An expression without `as const`, `satisfies` and parentheses around it. */
export function bare(node: ts.Expression): ts.Expression {
  return ts.isAsExpression(node) || ts.isSatisfiesExpression(node) || ts.isParenthesizedExpression(node)
    ? bare(node.expression)
    : node
}

/** A property of an object literal by its name. */
export function property(object: ts.ObjectLiteralExpression, name: string): ts.PropertyAssignment | undefined {
  return object.properties.find(
    (one): one is ts.PropertyAssignment => ts.isPropertyAssignment(one) && nameOf(one) === name,
  )
}

/** Names and what they are, of an object literal; spreads and methods aside. */
export function entriesOf(object: ts.ObjectLiteralExpression): [name: string, value: ts.Expression][] {
  return object.properties
    .filter((one) => ts.isPropertyAssignment(one))
    .map((one) => [nameOf(one), bare(one.initializer)])
}

/** The text of a string literal property, or what is written there. */
export function wordOf(object: ts.ObjectLiteralExpression, name: string): string | undefined {
  const value = property(object, name)?.initializer
  return value && (ts.isStringLiteral(value) ? value.text : value.getText())
}

/** An object literal without one of its properties or spreads. */
export function withoutProperty(object: ts.ObjectLiteralExpression, leaving: ts.ObjectLiteralElementLike): string {
  return `{ ${object.properties
    .filter((one) => one !== leaving)
    .map((one) => one.getText())
    .join(', ')} }`
}

/** An array literal without one of its elements. */
export function withoutElement(array: ts.ArrayLiteralExpression, leaving: ts.Expression): string {
  return `[${array.elements
    .filter((one) => one !== leaving)
    .map((one) => one.getText())
    .join(', ')}]`
}

/** What `const name = …` is, anywhere in a source. Throws where there is none, since then a table has moved. */
export function constantOf(source: ts.SourceFile, name: string): ts.Expression {
  let found: ts.Expression | undefined
  walk(source, (node) => {
    if (ts.isVariableDeclaration(node) && node.name.getText() === name) found ??= node.initializer
  })
  if (!found) throw new Error(`${source.fileName} has no constant ${name}: tell test/mutation where it is now.`)
  return bare(found)
}

function nameOf({ name }: ts.PropertyAssignment): string {
  return ts.isStringLiteral(name) ? name.text : name.getText()
}

/** Narrows to an object literal, or says what is there instead. */
export function asObject(node: ts.Expression): ts.ObjectLiteralExpression {
  if (ts.isObjectLiteralExpression(node)) return node
  throw new Error(`Expected an object literal: ${node.getText().slice(0, 80)}`)
}

/** Narrows to an array literal, or says what is there instead. */
export function asArray(node: ts.Expression): ts.ArrayLiteralExpression {
  if (ts.isArrayLiteralExpression(node)) return node
  throw new Error(`Expected an array literal: ${node.getText().slice(0, 80)}`)
}
