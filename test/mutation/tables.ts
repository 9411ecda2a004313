import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { flipHttpRules, flipMessages, flipTransitions } from './flip-journey.js'
import { flipOperations, flipSharedLists } from './flip-operations.js'
import { flipNumbers, flipPair } from './flip-values.js'
import { OPEN_RECIPIENTS_STATES, OPEN_STATES, OPEN_TRANSFER_STATES } from '../../workflows/messages.js'
import { ROOT } from './modules.js'
import { asArray, constantOf, type Flip, openSheet, type Sheet } from './source.js'

/** A file that holds tables, how its entries are flipped, and the tests that must notice. */
export interface TableFile {
  readonly file: string
  readonly collect: (sheet: Sheet) => void
  /** In the order in which they are run; those that find most in the shortest time come first. */
  readonly tests: readonly string[]
}

const OPERATIONS = 'activities/eko/operations'
/** What tables are made of and listed in: no entries of their own. */
const NO_TABLES = ['index.ts', 'table.ts', 'shared-rows.ts']

const EKO_TESTS = [
  'test/eko/table-facts.test.ts',
  'test/eko/failure-facts.test.ts',
  'test/eko/money-tables.test.ts',
  'test/eko/money-refusals.test.ts',
  'test/eko/money-requests.test.ts',
  'test/eko/request-facts.test.ts',
  'test/eko/documented-answers.test.ts',
  'test/eko/contradictions.test.ts',
  'test/eko/refusals.test.ts',
  'test/eko/seed-pages.test.ts',
  'test/eko/request.test.ts',
  'test/activities/tables-and-journey.test.ts',
  'test/gate/answers.test.ts',
  'test/eko/extract.test.ts',
  'test/eko/money-status.test.ts',
  'test/eko/rows.test.ts',
  'test/eko/client.test.ts',
]

const POLICY_TESTS = [
  'test/tenants/policy-facts.test.ts',
  'test/tenants/policy.test.ts',
  'test/tenants/rules.test.ts',
  'test/tenants/load.test.ts',
  'test/journey/code-rules.test.ts',
  'test/journey/step-rules.test.ts',
]

const JOURNEY_TESTS = [
  'test/journey/table-facts.test.ts',
  'test/journey/message-facts.test.ts',
  'test/journey/step-rules.test.ts',
  'test/journey/code-rules.test.ts',
  'test/journey/message-rules.test.ts',
  'test/journey/limits-and-runs.test.ts',
  'test/activities/tables-and-journey.test.ts',
  'test/journey/message-matrix.test.ts',
  'test/journey/properties.test.ts',
  'test/journey/reachability.test.ts',
]

const TRANSFER_TESTS = [
  'test/transfer/table-facts.test.ts',
  'test/transfer/message-facts.test.ts',
  'test/transfer/rules.test.ts',
  'test/transfer/after-the-debit.test.ts',
  'test/transfer/contradictions.test.ts',
  'test/activities/money-tables-and-journeys.test.ts',
  'test/transfer/reachability.test.ts',
  'test/transfer/properties.test.ts',
]

const RECIPIENTS_TESTS = [
  'test/recipients/table-facts.test.ts',
  'test/recipients/message-facts.test.ts',
  'test/recipients/rules.test.ts',
  'test/activities/money-tables-and-journeys.test.ts',
  'test/recipients/reachability.test.ts',
]

function flipTenantRules(sheet: Sheet): void {
  const pairs = (name: string): ReturnType<typeof constantOf> => constantOf(sheet.source, name)
  for (const name of ['OUTER_LIMITS', 'SANDBOX_LIMITS', 'JOURNEY_SECONDS']) flipNumbers(sheet, name, pairs(name))
  flipPair(sheet, asArray(pairs('JOURNEY_COUNTS')), 'JOURNEY_COUNTS', 'count')
}

function flipPolicy(sheet: Sheet): void {
  for (const name of ['DEFAULT_POLICY', 'DEFAULT_RANGES']) flipNumbers(sheet, name, constantOf(sheet.source, name))
}

/** Every file whose entries are flipped. */
export function tableFiles(): readonly TableFile[] {
  const operations = readdirSync(resolve(ROOT, OPERATIONS)).filter((name) => !NO_TABLES.includes(name))
  return [
    ...operations.sort().map((name) => ({
      file: `${OPERATIONS}/${name}`,
      collect: flipOperations,
      tests: EKO_TESTS,
    })),
    {
      file: `${OPERATIONS}/shared-rows.ts`,
      collect: (sheet) => {
        flipOperations(sheet)
        flipSharedLists(sheet)
      },
      tests: EKO_TESTS,
    },
    { file: 'activities/eko/classify.ts', collect: flipHttpRules, tests: EKO_TESTS },
    { file: 'workflows/policy.ts', collect: flipPolicy, tests: POLICY_TESTS },
    { file: 'activities/tenant-rules.ts', collect: flipTenantRules, tests: POLICY_TESTS },
    {
      file: 'workflows/transitions.ts',
      collect: (sheet) =>
        flipTransitions(sheet, {
          ...{ table: 'TRANSITIONS', otherwise: 'OTHERWISE', calledFrom: 'CALLED_FROM', actions: 'ActionName' },
        }),
      tests: JOURNEY_TESTS,
    },
    {
      file: 'workflows/message-table.ts',
      collect: (sheet) => flipMessages(sheet, 'MESSAGES', { name: 'OPEN_STATES', all: OPEN_STATES }),
      tests: JOURNEY_TESTS,
    },
    {
      file: 'workflows/transfer/transitions.ts',
      collect: (sheet) =>
        flipTransitions(sheet, {
          ...{ table: 'TRANSFER_TRANSITIONS', otherwise: 'TRANSFER_OTHERWISE', calledFrom: 'TRANSFER_CALLED_FROM' },
          actions: 'TransferActionName',
        }),
      tests: TRANSFER_TESTS,
    },
    {
      file: 'workflows/transfer/message-table.ts',
      collect: (sheet) =>
        flipMessages(sheet, 'TRANSFER_MESSAGES', { name: 'OPEN_TRANSFER_STATES', all: OPEN_TRANSFER_STATES }),
      tests: TRANSFER_TESTS,
    },
    {
      file: 'workflows/recipients/transitions.ts',
      collect: (sheet) =>
        flipTransitions(sheet, {
          ...{ table: 'RECIPIENTS_TRANSITIONS', otherwise: 'RECIPIENTS_OTHERWISE' },
          ...{ calledFrom: 'RECIPIENTS_CALLED_FROM', actions: 'RecipientsActionName' },
        }),
      tests: RECIPIENTS_TESTS,
    },
    {
      file: 'workflows/recipients/message-table.ts',
      collect: (sheet) =>
        flipMessages(sheet, 'RECIPIENTS_MESSAGES', { name: 'OPEN_RECIPIENTS_STATES', all: OPEN_RECIPIENTS_STATES }),
      tests: RECIPIENTS_TESTS,
    },
  ]
}

/** The text of a table's file. */
export function textOf(file: string): string {
  return readFileSync(resolve(ROOT, file), 'utf8')
}

/** All flips of all tables, in the order of the files. */
export function allFlips(): readonly Flip[] {
  return tableFiles().flatMap(({ file, collect }) => {
    const sheet = openSheet(file, textOf(file))
    collect(sheet)
    return sheet.flips
  })
}
