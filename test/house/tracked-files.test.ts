import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'

/** Files of the repository: tracked ones, and new ones that are not ignored. */
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
  encoding: 'utf8',
})
  .split('\0')
  .filter((file) => file !== '' && existsSync(file))

const isText = (content: Buffer): boolean => !content.includes(0)

function filesWith(pattern: RegExp): string[] {
  return files.filter((file) => {
    const content = readFileSync(file)
    return isText(content) && pattern.test(content.toString('utf8'))
  })
}

describe('files of the repository', () => {
  it('name no folder of this machine', () => {
    expect(files.length).toBeGreaterThan(100)
    // Homes of people and the folders in which this is developed; `/home/node` is a container's.
    const folders = ['root/', 'home/(?!node\\b)[a-z]', 'Users/[A-Za-z]', 'work/(main|shared)\\b']
    expect(filesWith(new RegExp(`(?<![\\w.])/(${folders.join('|')})`))).toEqual([])
  })

  it('name no package registry’s address', () => {
    const registry = /https?:\/\/[^\s"'/]*(registry|npmjs|artifactory|verdaccio|nexus|proxy\.golang)[^\s"']*/i
    const allowed = new Set(['test/house/tracked-files.test.ts'])
    expect(filesWith(registry).filter((file) => !allowed.has(file))).toEqual([])
  })

  it('hold no private key', () => {
    const begin = '-----' + 'BEGIN [A-Z ]*PRIVATE KEY'
    expect(filesWith(new RegExp(begin))).toEqual([])
  })

  it('are not built, installed or made by a run', () => {
    expect(files.filter((file) => /^(dist|node_modules|coverage|\.local)\//.test(file))).toEqual([])
    expect(files.filter((file) => /\.(tgz|log)$/.test(file))).toEqual([])
  })
})

describe('.ci/run', () => {
  it('is an executable bash script that installs and tests', () => {
    const script = readFileSync('.ci/run', 'utf8')
    expect(script).toMatch(/^#!\/usr\/bin\/env bash\n/)
    expect(script).toMatch(/npm ci[^]*npm test/)
    expect(statSync('.ci/run').mode & 0o111).toBe(0o111)
    expect(() => execFileSync('bash', ['-n', '.ci/run'])).not.toThrow()
  })
})
