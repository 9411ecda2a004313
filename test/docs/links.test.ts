import { existsSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { documents, prose, read, ROOT } from './support.js'

/** As hosts of Markdown name headings: lower case, no punctuation, blanks as hyphens. */
function anchorsOf(document: string): string[] {
  const headings = [...prose(document).matchAll(/^#+ (.+)$/gm)].map(([, text = '']) =>
    text
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  )
  return [...headings, ...[...document.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id)]
}

describe('the links in the documents', () => {
  it('lead to files and headings that exist', async () => {
    const broken: string[] = []
    let seen = 0
    for (const path of await documents()) {
      for (const [, target = ''] of prose(await read(path)).matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^https?:/.test(target)) continue
        seen += 1
        const [file = '', anchor] = target.split('#')
        const there = file === '' ? path : normalize(join(dirname(path), file))
        if (!existsSync(join(ROOT, there))) broken.push(`${path}: ${target}`)
        else if (anchor !== undefined && !anchorsOf(await read(there)).includes(anchor))
          broken.push(`${path}: ${target}`)
      }
    }
    expect(seen).toBeGreaterThan(15)
    expect(broken).toEqual([])
  })

  it('pictures have a text for those who cannot see them', async () => {
    const readme = await read('README.md')
    const pictures = [...readme.matchAll(/!\[([^\]]*)\]/g)].map(([, text = '']) => text)
    expect(pictures.length).toBeGreaterThan(1)
    expect(pictures.filter((text) => text.length < 20)).toEqual([])
  })
})
