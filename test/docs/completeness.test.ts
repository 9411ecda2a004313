import { describe, expect, it } from '@jest/globals'
import { DEPENDENCIES, ERROR_CODES, OUTCOMES, STATUS_KINDS } from '../../client/index.js'
import { CLOSED_STATES, OPEN_STATES, RAILS } from '../../workflows/states.js'
import { ATTENTION, MESSAGES, REJECTIONS } from '../../workflows/messages.js'
import { SECRET_FIELDS } from '../../values/sealed-field.js'
import { INVARIANTS } from '../chaos/invariants.js'
import { documents, read } from './support.js'

async function missing(path: string, words: readonly string[]): Promise<string[]> {
  const document = await read(path)
  return words.filter((word) => !document.includes(`\`${word}\``))
}

describe('the documents are complete', () => {
  it('every public code has its cause and action', async () => {
    const codes = [ERROR_CODES, OUTCOMES, REJECTIONS, ATTENTION].flatMap((table) => Object.keys(table))
    expect(await missing('docs/codes.md', codes)).toEqual([])
  })

  it('every state, status and message is explained', async () => {
    const words = [...OPEN_STATES, ...CLOSED_STATES, ...STATUS_KINDS, ...Object.keys(MESSAGES)]
    expect(await missing('docs/journey.md', words)).toEqual([])
  })

  it('the runbook has every status, dependency and reason for attention', async () => {
    const runbook = await read('docs/operations.md')
    for (const status of STATUS_KINDS) expect(runbook).toContain(`### ${status}`)
    expect(await missing('docs/operations.md', [...DEPENDENCIES, ...Object.keys(ATTENTION)])).toEqual([])
  })

  it('every sealed field and rail is named', async () => {
    expect(await missing('docs/security.md', SECRET_FIELDS)).toEqual([])
    expect(await missing('docs/glossary.md', RAILS)).toEqual([])
  })

  it('every invariant that the chaos suite judges is named', async () => {
    const document = await read('docs/reliability.md')
    expect(Object.values(INVARIANTS).filter((invariant) => !document.includes(`| ${invariant} `))).toEqual([])
  })

  it('each runtime dependency has its reason', async () => {
    const { dependencies } = JSON.parse(await read('package.json')) as { dependencies: Record<string, string> }
    const decisions = await read('docs/decisions.md')
    const [temporal = ''] = decisions.match(/\*\*@temporalio\/client.*?\*\*/) ?? []
    const unnamed = Object.keys(dependencies).filter((name) => {
      const short = name.replace('@temporalio/', '')
      return !decisions.includes(`**${name}**`) && !(short !== name && new RegExp(`\\b${short}\\b`).test(temporal))
    })
    expect(unnamed).toEqual([])
  })

  it('names no folder of a machine', async () => {
    for (const path of await documents()) expect(await read(path)).not.toMatch(/\/(work|root|home)\//)
  })
})
