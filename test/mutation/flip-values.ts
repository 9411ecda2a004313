import ts from 'typescript'
import { otherPatterns } from './patterns.js'
import { asObject, bare, entriesOf, type Sheet, withoutElement, withoutProperty } from './source.js'
import { NO_ID, otherWords } from './words.js'

/** Each element of a list is missing once. */
export function flipList(sheet: Sheet, array: ts.ArrayLiteralExpression, entry: string, what: string): void {
  for (const element of array.elements) {
    sheet.add(array, entry, `${what} without ${element.getText().replace(/\s+/g, ' ')}`, withoutElement(array, element))
  }
}

/** A word becomes another of its kind. */
export function flipWord(sheet: Sheet, node: ts.Expression, entry: string, kind: string): void {
  if (!ts.isStringLiteral(node)) throw new Error(`Expected a word for ${kind}: ${node.getText()}`)
  for (const other of otherWords(kind, node.text)) {
    sheet.add(node, entry, `${kind} ${node.text} → ${other}`, `'${other}'`)
  }
}

/** A property is missing. */
export function flipPresence(sheet: Sheet, object: ts.ObjectLiteralExpression, name: string, entry: string): void {
  for (const one of object.properties) {
    const isIt = one.name !== undefined && one.name.getText().replace(/^'|'$/g, '') === name
    if (isIt) sheet.add(object, entry, `without ${name}`, withoutProperty(object, one))
  }
}

/** A number becomes one more and one less; a yes becomes a no; a text another text. */
export function flipScalar(sheet: Sheet, node: ts.Expression, entry: string, what: string): void {
  if (ts.isNumericLiteral(node)) {
    const value = Number(node.text.replaceAll('_', ''))
    for (const other of [value + 1, value - 1]) sheet.add(node, entry, `${what} ${value} → ${other}`, `(${other})`)
  } else if (node.kind === ts.SyntaxKind.TrueKeyword || node.kind === ts.SyntaxKind.FalseKeyword) {
    const other = node.kind === ts.SyntaxKind.TrueKeyword ? 'false' : 'true'
    sheet.add(node, entry, `${what} ${node.getText()} → ${other}`, other)
  } else if (ts.isStringLiteral(node)) {
    sheet.add(node, entry, `${what} ${node.text} → ${node.text}x`, `'${node.text}x'`)
  } else {
    sheet.add(node, entry, `${what} ${node.getText()} → 'x'`, `'x'`)
  }
}

/** The ids of a condition: one becomes an id that does not exist; each of several is missing once. */
function flipIds(sheet: Sheet, node: ts.Expression, entry: string, what: string): void {
  const isNumber = ts.isNumericLiteral(ts.isPrefixUnaryExpression(node) ? node.operand : node)
  if (isNumber) sheet.add(node, entry, `${what} ${node.getText()} → ${NO_ID}`, NO_ID)
  else if (ts.isArrayLiteralExpression(node)) flipList(sheet, node, entry, what)
}

/** A row's `match`: each condition is missing once, and asks for something else once. */
export function flipMatch(sheet: Sheet, match: ts.ObjectLiteralExpression, entry: string): void {
  for (const one of match.properties) {
    sheet.add(match, entry, `match without ${named(one)}`, withoutProperty(match, one))
  }
  for (const [name, value] of entriesOf(match)) {
    if (['http', 'status', 'type', 'statusId', 'code'].includes(name)) flipIds(sheet, value, entry, name)
    if (name === 'data' && ts.isObjectLiteralExpression(value)) flipNeeds(sheet, value, entry)
    if (name === 'tx') flipWord(sheet, value, entry, name)
    if (name === 'text') flipText(sheet, value, entry)
    if (name === 'refuses' && ts.isArrayLiteralExpression(value)) flipList(sheet, value, entry, name)
    if (name === 'refuses' && ts.isStringLiteral(value)) sheet.add(value, entry, 'refuses any → none', '[]')
  }
}

/** A pattern that is written in place; one that has a name is flipped where it is written. */
export function flipText(sheet: Sheet, node: ts.Expression, entry: string): void {
  if (!ts.isRegularExpressionLiteral(node)) return
  for (const { change, text } of otherPatterns(node.text)) sheet.add(node, entry, `text ${change}`, text)
}

function flipNeeds(sheet: Sheet, data: ts.ObjectLiteralExpression, entry: string): void {
  for (const one of data.properties) {
    if (data.properties.length > 1) sheet.add(data, entry, `data without ${named(one)}`, withoutProperty(data, one))
    if (!ts.isPropertyAssignment(one)) continue
    const need = bare(one.initializer)
    if (!ts.isStringLiteral(need)) throw new Error(`Expected a need: ${one.getText()}`)
    for (const other of otherWords('need', need.text)) {
      sheet.add(need, entry, `data ${named(one)}: ${need.text} → ${other}`, `'${other}'`)
    }
  }
}

function named(one: ts.ObjectLiteralElementLike): string {
  return one.name?.getText() ?? one.getText()
}

/** A constant object whose values are numbers, flags or pairs of numbers. */
export function flipNumbers(sheet: Sheet, name: string, constant: ts.Expression): void {
  for (const [key, value] of entriesOf(asObject(constant))) {
    if (ts.isArrayLiteralExpression(value)) flipPair(sheet, value, name, key)
    else flipScalar(sheet, value, name, key)
  }
}

/** Both ends of a range. */
export function flipPair(sheet: Sheet, pair: ts.ArrayLiteralExpression, entry: string, what: string): void {
  const [least, most] = pair.elements
  if (!least || !most) throw new Error(`Expected a range: ${pair.getText()}`)
  flipScalar(sheet, least, entry, `${what} least`)
  flipScalar(sheet, most, entry, `${what} most`)
}
