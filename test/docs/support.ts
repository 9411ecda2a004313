import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The repository's folder. */
export const ROOT = join(import.meta.dirname, '..', '..')

/** Paths of all documents, from the repository's folder. */
export async function documents(): Promise<string[]> {
  const inDocs = (await readdir(join(ROOT, 'docs'))).filter((name) => name.endsWith('.md'))
  return ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...inDocs.map((name) => `docs/${name}`)]
}

export function read(path: string): Promise<string> {
  return readFile(join(ROOT, path), 'utf8')
}

/** The fenced blocks of a document in a language, in their order, without the indent of a list. */
export function codeBlocks(document: string, language: string): string[] {
  return [...document.matchAll(/^( *)```(\w+)\n([\s\S]*?)^ *```$/gm)]
    .filter(([, , found]) => found === language)
    .map(([, indent = '', , code = '']) => code.replace(new RegExp(`^${indent}`, 'gm'), ''))
}

/** The part of a document under a heading, up to the next heading of its level or above. */
export function section(document: string, heading: string): string {
  const lines = document.split('\n')
  const start = lines.indexOf(heading)
  if (start < 0) throw new Error(`There is no heading "${heading}".`)
  const level = heading.indexOf(' ')
  const length = lines.slice(start + 1).findIndex((line) => new RegExp(`^#{1,${level}} `).test(line))
  return lines.slice(start, length < 0 ? undefined : start + 1 + length).join('\n')
}

/** The text outside of fenced blocks. */
export function prose(document: string): string {
  return document.replace(/^ *```[\s\S]*?^ *```$/gm, '')
}
