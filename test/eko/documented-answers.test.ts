import { describe, expect, it } from '@jest/globals'
import { classify } from '../../activities/eko/classify.js'
import { type EkoOperation, operationTable } from '../../activities/eko/index.js'
import { buildRequest } from '../../activities/eko/request.js'
import type { Rail } from '../../workflows/messages.js'
import { allTables, answered, credentials, type DocumentedAnswer, fixture, request, tableName } from './helpers.js'

interface Operation {
  readonly rail: Rail
  readonly operation: EkoOperation
  readonly method: string
  readonly path: string
  readonly parameters: readonly { readonly name: string; readonly required: boolean }[]
  readonly answers: readonly DocumentedAnswer[]
}

const operations = fixture<Operation[]>('operations.json')
const commonErrors = fixture<DocumentedAnswer[]>('common-errors.json')

describe.each(operations)('$rail $operation', ({ rail, operation, method, path, parameters, answers }) => {
  const table = operationTable(rail, operation)

  it('has a table with the documented method and path', () => {
    expect(table).toMatchObject({ method, path })
  })

  it('sends every parameter that is documented, wherever it has a value', () => {
    const extra = { beneficiaryId: '4202888', location: '28.63,77.22' }
    const built = buildRequest(credentials(), request(rail, operation, extra))
    const inPath = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name = '']) => name)
    const sent = new Set(['customer_id', ...inPath, ...Object.keys(built.parameters)])
    expect(parameters.map(({ name }) => name).filter((name) => !sent.has(name))).toEqual([])
  })

  it.each(answers)('understands "$when" ($source)', ({ http, body, expected }) => {
    expect(table && classify(table, answered(body, http))).toMatchObject(expected)
  })
})

describe.each(allTables().map((table) => ({ name: tableName(table), table })))('$name', ({ table }) => {
  it.each(commonErrors)('understands "$when"', ({ http, body, expected }) => {
    expect(classify(table, answered(body, http))).toMatchObject(expected)
  })

  it.each(commonErrors.filter(({ http }) => http === 401))(
    'takes "$when" under HTTP 403 alike',
    ({ body, expected }) => {
      expect(classify(table, answered(body, 403))).toMatchObject(expected)
    },
  )
})

it('every table has documented answers', () => {
  const documented = operations.map(({ rail, operation }) => `${rail} ${operation}`).sort()
  expect(allTables().map(tableName).sort()).toEqual(documented)
})
