import ts from 'typescript'
import { flipList, flipMatch, flipPresence, flipScalar, flipText, flipWord } from './flip-values.js'
import { asArray, asObject, bare, constantOf, property, type Sheet, walk, withoutElement, wordOf } from './source.js'

/** Functions that make a row; the first two take title, match and answer. */
const ROW_MAKERS = ['went', 'refused', 'codeSent', 'codeNotSentYet', 'common', 'rows', 'settled']

/** All that a file of operation tables holds: operations, parameters, rows, and the lists that rows are made of. */
export function flipOperations(sheet: Sheet): void {
  walk(sheet.source, (node) => {
    if (ts.isCallExpression(node)) flipMadeRow(sheet, node)
    if (ts.isArrayLiteralExpression(node) && node.elements.some(isRow)) flipRows(sheet, node)
    if (!ts.isObjectLiteralExpression(node)) return
    if (property(node, 'operation')) flipOperation(sheet, node)
    if (property(node, 'match')) flipWrittenRow(sheet, node)
    if (isParameter(node)) flipParameter(sheet, node)
  })
}

/** The lists beside the shared rows. */
export function flipSharedLists(sheet: Sheet): void {
  for (const name of ['SETTINGS', 'OTHER_FAILURES', 'UNKNOWN_CUSTOMER']) {
    flipList(sheet, asArray(constantOf(sheet.source, name)), name, 'list')
  }
  flipText(sheet, constantOf(sheet.source, 'GATEWAY_TEXTS'), 'GATEWAY_TEXTS')
  flipMatch(sheet, asObject(constantOf(sheet.source, 'PROFILE')), 'PROFILE')
}

function isRow(node: ts.Expression): boolean {
  if (ts.isSpreadElement(node)) return isRow(node.expression)
  if (ts.isObjectLiteralExpression(node)) return property(node, 'match') !== undefined
  return ts.isCallExpression(node) && ROW_MAKERS.includes(node.expression.getText())
}

/** The operation that a node belongs to, as far as the text around it says. */
function placeOf(node: ts.Node): string {
  for (let at: ts.Node | undefined = node.parent; at; at = at.parent) {
    if (ts.isObjectLiteralExpression(at) && property(at, 'operation')) return operationOf(at)
    if (ts.isVariableDeclaration(at)) {
      const held = at.initializer && bare(at.initializer)
      const isTable = held && ts.isObjectLiteralExpression(held) && !property(held, 'match')
      if (!isTable) return at.name.getText()
    }
    if (ts.isFunctionDeclaration(at)) return `${at.name?.getText() ?? ''}()`
  }
  return node.getSourceFile().fileName
}

function operationOf(table: ts.ObjectLiteralExpression): string {
  return `${wordOf(table, 'rail') ?? ''} ${wordOf(table, 'operation') ?? ''}`
}

function titleOf(row: ts.Expression): string {
  if (ts.isObjectLiteralExpression(row)) return wordOf(row, 'title') ?? ''
  const [first] = ts.isCallExpression(row) ? row.arguments : []
  const isTitled = ts.isCallExpression(row) && ['went', 'refused'].includes(row.expression.getText())
  return isTitled && first && ts.isStringLiteralLike(first) ? first.text : row.getText().replace(/\s+/g, ' ')
}

function flipRows(sheet: Sheet, rows: ts.ArrayLiteralExpression): void {
  for (const row of rows.elements) {
    sheet.add(rows, `${placeOf(rows)} › ${titleOf(row)}`, 'row removed', withoutElement(rows, row))
  }
}

/** `went(…)`, `refused(…)`, and the exceptions of `common(…)`. */
function flipMadeRow(sheet: Sheet, call: ts.CallExpression): void {
  const maker = call.expression.getText()
  if (maker === 'common' && call.arguments.length > 0) {
    sheet.add(call, `${placeOf(call)} › ${call.getText()}`, 'without its exceptions', 'common()')
  }
  if (maker !== 'went' && maker !== 'refused') return
  const [, match, answer] = call.arguments
  if (!match || !answer) throw new Error(`A row without match or answer: ${call.getText()}`)
  const entry = `${placeOf(call)} › ${titleOf(call)}`
  const [from, to] = maker === 'went' ? ['OK', 'BUSINESS_REJECT'] : ['BUSINESS_REJECT', 'OK']
  sheet.add(call, entry, `class ${from} → ${to}`, `({ ...${call.getText()}, class: '${to}' })`)
  if (ts.isObjectLiteralExpression(match)) flipMatch(sheet, match, entry)
  flipWord(sheet, answer, entry, 'answer')
}

function flipWrittenRow(sheet: Sheet, row: ts.ObjectLiteralExpression): void {
  const entry = `${placeOf(row)} › ${titleOf(row)}`
  const value = (name: string): ts.Expression => valueOf(row, name)
  flipMatch(sheet, asObject(value('match')), entry)
  flipWord(sheet, value('class'), entry, 'class')
  flipWord(sheet, value('answer'), entry, 'answer')
  flipPresence(sheet, row, 'resign', entry)
}

function flipOperation(sheet: Sheet, table: ts.ObjectLiteralExpression): void {
  const entry = operationOf(table)
  for (const kind of ['rail', 'operation', 'method', 'onUnknown', 'dependency']) {
    flipWord(sheet, valueOf(table, kind), entry, kind)
  }
  flipScalar(sheet, valueOf(table, 'path'), entry, 'path')
  flipScalar(sheet, valueOf(table, 'repeatable'), entry, 'repeatable')
  if (property(table, 'sends')) flipWord(sheet, valueOf(table, 'sends'), entry, 'sends')
  else sheet.add(table, entry, 'sends nothing → SENDER', `{ ...${table.getText()}, sends: 'SENDER' }`)
  flipPresence(sheet, table, 'sends', entry)
  flipPresence(sheet, table, 'withoutClientRef', entry)
  const parameters = asArray(valueOf(table, 'parameters'))
  for (const one of parameters.elements) {
    const name = ts.isObjectLiteralExpression(one) ? wordOf(one, 'name') : one.getText()
    sheet.add(parameters, entry, `parameter ${name ?? ''} removed`, withoutElement(parameters, one))
  }
}

function isParameter(node: ts.ObjectLiteralExpression): boolean {
  return property(node, 'name') !== undefined && (property(node, 'from') ?? property(node, 'fixed')) !== undefined
}

function flipParameter(sheet: Sheet, parameter: ts.ObjectLiteralExpression): void {
  const entry = `${placeOf(parameter)} › parameter ${wordOf(parameter, 'name') ?? ''}`
  flipScalar(sheet, valueOf(parameter, 'name'), entry, 'name')
  if (property(parameter, 'fixed')) return flipScalar(sheet, valueOf(parameter, 'fixed'), entry, 'fixed')
  flipWord(sheet, valueOf(parameter, 'from'), entry, 'from')
  if (property(parameter, 'otherwise')) {
    flipPresence(sheet, parameter, 'otherwise', entry)
    flipScalar(sheet, valueOf(parameter, 'otherwise'), entry, 'otherwise')
  } else if (property(parameter, 'optional')) {
    flipPresence(sheet, parameter, 'optional', entry)
  } else {
    sheet.add(parameter, entry, 'required → optional', `{ ...${parameter.getText()}, optional: true }`)
  }
}

function valueOf(object: ts.ObjectLiteralExpression, name: string): ts.Expression {
  const found = property(object, name)
  if (!found) throw new Error(`No ${name} in ${object.getText().slice(0, 80)}`)
  return bare(found.initializer)
}
