import ts from 'typescript'
import { flipList, flipPresence, flipScalar, flipWord } from './flip-values.js'
import {
  asArray,
  asObject,
  constantOf,
  entriesOf,
  property,
  type Sheet,
  walk,
  withoutElement,
  wordOf,
} from './source.js'
import { NO_ID } from './words.js'

/** The HTTP statuses that decide by themselves, and what successes may have as `response_status_id`. */
export function flipHttpRules(sheet: Sheet): void {
  const rules = asArray(constantOf(sheet.source, 'HTTP_RULES'))
  for (const element of rules.elements) {
    const rule = asObject(element)
    const entry = `HTTP_RULES › ${property(rule, 'http')?.initializer.getText() ?? ''}`
    sheet.add(rules, entry, 'rule removed', withoutElement(rules, element))
    for (const [name, value] of entriesOf(rule)) {
      if (name === 'class' || name === 'answer') flipWord(sheet, value, entry, name)
      if (name === 'http') flipStatuses(sheet, value, entry)
    }
    flipPresence(sheet, rule, 'reads', entry)
  }
  flipList(sheet, asArray(constantOf(sheet.source, 'SUCCESS_STATUS_IDS')), 'SUCCESS_STATUS_IDS', 'list')
}

/** `status === 401` asks for a status that does not exist; `status >= 500` begins one later and one earlier. */
function flipStatuses(sheet: Sheet, condition: ts.Expression, entry: string): void {
  walk(condition, (node) => {
    if (!ts.isNumericLiteral(node)) return
    const isBound = ts.isBinaryExpression(node.parent) && node.parent.operatorToken.getText() !== '==='
    if (isBound) flipScalar(sheet, node, entry, 'http')
    else sheet.add(node, entry, `http ${node.text} → ${NO_ID}`, NO_ID)
  })
}

/** What a kind of journey calls its table of transitions, and what stands beside it. */
export interface TransitionNames {
  readonly table: string
  readonly otherwise: string
  readonly calledFrom: string
  /** The type of its actions' names. */
  readonly actions: string
}

/** The transition table, what happens where it has no row, and where each call is made from. */
export function flipTransitions(sheet: Sheet, { table, otherwise, calledFrom, ...names }: TransitionNames): void {
  const actions = namesOf(sheet.source, names.actions)
  for (const element of asArray(constantOf(sheet.source, table)).elements) {
    const row = asObject(element)
    const answers = asArray(property(row, 'answers')?.initializer ?? row)
    flipTransition(sheet, row, `${wordOf(row, 'call') ?? ''} ${firstOf(answers)}`, actions)
  }
  flipTransition(sheet, asObject(constantOf(sheet.source, otherwise)), OTHERWISE, actions)
  for (const [call, states] of entriesOf(asObject(constantOf(sheet.source, calledFrom)))) {
    flipList(sheet, asArray(states), `${calledFrom} ${call}`, 'list')
  }
}

const OTHERWISE = 'OTHERWISE'

function firstOf(answers: ts.ArrayLiteralExpression): string {
  return answers.elements.map((one) => one.getText().replaceAll("'", '')).join('|')
}

function flipTransition(
  sheet: Sheet,
  row: ts.ObjectLiteralExpression,
  entry: string,
  actions: readonly string[],
): void {
  for (const [name, value] of entriesOf(row)) {
    if (name === 'call' && entry !== OTHERWISE) flipWord(sheet, value, entry, 'call')
    if (name === 'answers') flipList(sheet, asArray(value), entry, 'answers')
    if (name === 'to') flipList(sheet, asArray(value), entry, 'to')
    if (name === 'action' && ts.isStringLiteral(value)) {
      for (const other of otherActions(actions, value.text)) {
        sheet.add(value, entry, `action ${value.text} → ${other}`, `'${other}'`)
      }
    }
  }
}

/** The next in the list, which is often a kindred one, and one that ends what the others go on with. */
function otherActions(actions: readonly string[], action: string): readonly string[] {
  const next = actions[(actions.indexOf(action) + 1) % actions.length] ?? ''
  const far = action === 'needAttention' || next === 'needAttention' ? 'park' : 'needAttention'
  return [next, far]
}

/** The words of a union type. */
function namesOf(source: ts.SourceFile, type: string): string[] {
  const names: string[] = []
  walk(source, (node) => {
    if (!ts.isTypeAliasDeclaration(node) || node.name.text !== type) return
    walk(node.type, (part) => {
      if (ts.isStringLiteral(part)) names.push(part.text)
    })
  })
  if (names.length === 0) throw new Error(`${source.fileName} has no type ${type}: tell test/mutation where it is now.`)
  return names
}

/** The message table: each state in which a message is legal, or is not; by whom; and its guard. */
export function flipMessages(sheet: Sheet, table: string, states: OpenStates): void {
  for (const [name, value] of entriesOf(asObject(constantOf(sheet.source, table)))) {
    for (const [field, held] of entriesOf(asObject(value))) {
      if (field === 'by') flipWord(sheet, held, name, 'by')
      if (field === 'guard') sheet.add(held, name, `guard ${held.getText()} → none`, '() => ({})')
      if (field === 'legalIn') flipLegal(sheet, held, name, states)
    }
  }
}

/** The open states of a kind of journey, and the constant that lists them. */
export interface OpenStates {
  readonly name: string
  readonly all: readonly string[]
}

function flipLegal(sheet: Sheet, node: ts.Expression, entry: string, { name, all }: OpenStates): void {
  const legal = node.getText() === name ? [...all] : wordsIn(listOf(sheet, node))
  for (const state of all) {
    const isLegal = legal.includes(state)
    const others = isLegal ? legal.filter((one) => one !== state) : [...legal, state]
    const change = isLegal ? `not legal in ${state}` : `legal in ${state} too`
    sheet.add(node, entry, change, `[${others.map((one) => `'${one}'`).join(', ')}]`)
  }
}

/** The list itself, or the constant of the file that is named. */
function listOf(sheet: Sheet, node: ts.Expression): ts.Expression {
  return ts.isIdentifier(node) ? asArray(constantOf(sheet.source, node.text)) : node
}

function wordsIn(node: ts.Expression): string[] {
  if (!ts.isArrayLiteralExpression(node)) throw new Error(`Expected states: ${node.getText()}`)
  return node.elements.map((one) => one.getText().replaceAll("'", ''))
}
