import { readFile } from 'node:fs/promises'
import { CLIENT_CODES } from '../../client/errors.js'
import { CLIENT_SETTINGS } from '../../client/environment.js'
import { CODEC_SERVER_CODES } from '../../secrets/codec-server/codes.js'
import { CODEC_SERVER_SETTINGS } from '../../secrets/codec-server/settings.js'
import { SETTINGS } from '../../worker/settings.js'
import {
  ATTENTION,
  type CodeEntry,
  DEFAULT_POLICY,
  DEFAULT_RANGES,
  OUTCOMES,
  REFUSALS,
  REJECTIONS,
} from '../../workflows/messages.js'
import { testNameOf } from '../mutation/rule.js'
import { RULES } from '../mutation/rules.js'
import {
  journeyDiagram,
  messagesTable,
  recipientsMessagesTable,
  transferMessagesTable,
  transferTransitionsTable,
  transitionsTable,
} from './diagram.js'

/** The parts of the docs that are made from the code; `npm run docs` writes them, a test compares them. */
export const BLOCKS: Readonly<Record<string, () => string>> = {
  journey: journeyDiagram,
  transitions: transitionsTable,
  messages: messagesTable,
  'transfer-transitions': transferTransitionsTable,
  'transfer-messages': transferMessagesTable,
  'recipients-messages': recipientsMessagesTable,
  'worker-settings': () =>
    table(
      ['setting', 'default', 'meaning'],
      SETTINGS.map(({ name, default: value, meaning, unit, required }) => [
        `\`${name}\``,
        value === null ? (required ? '**required**' : '–') : `\`${value}\`${unit ? ` ${unit}` : ''}`,
        meaning,
      ]),
    ),
  'client-settings': () =>
    table(
      ['setting', 'meaning'],
      Object.entries(CLIENT_SETTINGS).map(([name, meaning]) => [`\`${name}\``, meaning]),
    ),
  'codec-server-settings': () =>
    table(
      ['setting', 'default', 'meaning'],
      CODEC_SERVER_SETTINGS.map(({ name, default: value, required, meaning }) => [
        `\`${name}\``,
        value === null ? (required ? '**required**' : '–') : `\`${value}\``,
        meaning,
      ]),
    ),
  'codec-server-codes': () =>
    table(
      ['code', 'HTTP', 'cause', 'what to do'],
      Object.entries(CODEC_SERVER_CODES).map(([code, { http, cause, action }]) => [
        `\`${code}\``,
        String(http),
        cause,
        action,
      ]),
    ),
  policy: () =>
    table(
      ['policy', 'default', 'a caller may ask for'],
      Object.entries(DEFAULT_POLICY).map(([name, value]) => {
        const range = Object.entries(DEFAULT_RANGES).find(([key]) => key === name)?.[1]
        return [`\`${name}\``, String(value), range ? `${range[0]} to ${range[1]}` : 'only what the tenant has']
      }),
    ),
  refusals: () => codes(REFUSALS),
  'client-codes': () => codes(CLIENT_CODES),
  outcomes: () => codes(OUTCOMES),
  rejections: () => codes(REJECTIONS),
  attention: () => codes(ATTENTION),
  'failure-rules': () =>
    table(
      ['rule', 'kept by'],
      RULES.map((rule) => [rule.rule, `\`${rule.test.file}\`: ${testNameOf(rule)}`]),
    ),
}

function codes(entries: Readonly<Record<string, CodeEntry>>): string {
  return table(
    ['code', 'cause', 'what to do'],
    Object.entries(entries).map(([code, { cause, action }]) => [`\`${code}\``, cause, action]),
  )
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

const MARKED = /<!-- generated:([\w-]+) -->\n[\s\S]*?<!-- \/generated -->/g

/** A document with its generated parts made anew. @throws Error where it asks for a part that there is not */
export function regenerate(document: string): string {
  return document.replace(MARKED, (_, name: string) => {
    const block = BLOCKS[name]
    if (!block) throw new Error(`No generated part is called ${name}.`)
    return `<!-- generated:${name} -->\n\n${block()}\n\n<!-- /generated -->`
  })
}

/** Documents that hold generated parts. */
export const GENERATED_DOCUMENTS = [
  'README.md',
  'docs/codes.md',
  'docs/configuration.md',
  'docs/journey.md',
  'docs/reliability.md',
  'docs/transfers.md',
] as const

export async function readDocument(path: string): Promise<string> {
  return readFile(new URL(`../../${path}`, import.meta.url), 'utf8')
}
