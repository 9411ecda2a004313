import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import type { Command } from 'commander'
import { buildProgram } from '../../client/cli/program.js'
import type { Runner } from '../../client/cli/run.js'
import { DIALECTS } from '../../sandbox/index.js'
import { codeBlocks, documents, prose, read, ROOT } from './support.js'

const nothing: Runner = () => () => Promise.resolve()
const program = buildProgram(nothing, 'onboard')
const commandOf = (name: string, within = program): Command | undefined =>
  within.commands.find((command) => command.name() === name)

/** Shell lines and inline code: where commands stand. */
function shell(document: string): string[] {
  const blocks = codeBlocks(document, 'sh').flatMap((block) => block.replaceAll('\\\n', ' ').split('\n'))
  const inline = [...prose(document).matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code)
  return [...blocks, ...inline]
}

describe('the commands in the documents', () => {
  it('every npm script that is named exists', async () => {
    const { scripts } = JSON.parse(await read('package.json')) as { scripts: Record<string, string> }
    const named = (await Promise.all((await documents()).map(read)))
      .flatMap(shell)
      .flatMap((line) => [...line.matchAll(/npm (?:run (?:-s )?)([a-z]+(?:-[a-z]+)*)|npm (test)\b/g)])
      .map(([, script, test]) => script ?? test ?? '')
    expect(named).toEqual(expect.arrayContaining(['demo', 'test', 'dev', 'onboard', 'sandbox', 'build', 'docs']))
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([])
  })

  it('every command of onboard that is named exists, with the options that are given', async () => {
    const used = (await Promise.all((await documents()).map(read))).flatMap(shell).flatMap(uses)
    expect(used.length).toBeGreaterThan(30)
    const wrong = used.flatMap(({ name, operand, options }) => {
      const outer = commandOf(name)
      const command = (outer && commandOf(operand, outer)) ?? outer
      if (!command) return [`onboard ${name}`]
      const known = [...command.options.map(({ long }) => long ?? ''), '--help']
      return options.filter((option) => !known.includes(option)).map((option) => `onboard ${name} ${option}`)
    })
    expect(wrong).toEqual([])
  })

  it('the README names every command of onboard', async () => {
    const readme = await read('README.md')
    const missing = program.commands
      .map((command) => command.name())
      .filter((name) => !readme.includes(`\`onboard ${name}\``))
    expect(missing).toEqual([])
  })

  it('files that are named exist', async () => {
    const paths = (await Promise.all((await documents()).map(read)))
      .flatMap((document) => [...document.matchAll(/`((?:[a-z]+\/)+[\w.-]*)`/g)])
      .map(([, path = '']) => path)
      .filter((path) => !/^(dist|keys|json)\//.test(path))
    expect(paths.length).toBeGreaterThan(15)
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([])
  })

  it('dialects that are named exist', async () => {
    const named = [...(await read('README.md')).matchAll(/--dialect ([\w-]+)/g)].map(([, dialect = '']) => dialect)
    expect(named.length).toBeGreaterThan(0)
    expect(named.filter((dialect) => !DIALECTS.some((known) => known === dialect))).toEqual([])
  })
})

/** How onboard is called in a line: `onboard <command>` or `npm run -s onboard -- <command>`. */
function uses(line: string): { name: string; operand: string; options: string[] }[] {
  return [...line.matchAll(/\bonboard (?:-- )?([a-z][a-z-]*)([^|;)]*)/g)].map(([, name = '', rest = '']) => ({
    name,
    operand: /^ ([a-z-]+)/.exec(rest)?.[1] ?? '',
    options: [...rest.matchAll(/(?<= )--[a-z-]+/g)].map(([option]) => option),
  }))
}
