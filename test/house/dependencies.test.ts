import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'

interface Manifest {
  readonly version: string
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
}
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest
const temporalPackages = readdirSync('node_modules/@temporalio').map((name) => `@temporalio/${name}`)

interface Listed {
  readonly version?: string
  readonly dependencies?: Readonly<Record<string, Listed>>
}

describe('Temporal’s packages', () => {
  it('have one version', () => {
    const versions = temporalPackages.map((name) => {
      const { version } = JSON.parse(readFileSync(join('node_modules', name, 'package.json'), 'utf8')) as Manifest
      return version
    })
    expect(versions.length).toBeGreaterThan(5)
    expect(new Set(versions)).toEqual(new Set([versions[0]]))
  })

  it('are asked for with ~ and the same version', () => {
    const asked = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })
      .filter(([name]) => name.startsWith('@temporalio/'))
      .map(([, range]) => range)
    expect(asked.length).toBeGreaterThan(5)
    expect(new Set(asked)).toEqual(new Set([asked[0]]))
    expect(asked[0]).toMatch(/^~\d+\.\d+\.\d+$/)
  })

  // With two, `instanceof` between them fails and a history cannot be replayed.
  it('share one protobufjs 8', () => {
    const tree = JSON.parse(execFileSync('npm', ['ls', 'protobufjs', '--json'], { encoding: 'utf8' })) as Listed
    const versions = Object.entries(tree.dependencies ?? {}).flatMap(([name, { version, dependencies }]) =>
      name === 'protobufjs'
        ? [version]
        : name.startsWith('@temporalio/')
          ? [dependencies?.['protobufjs']?.version]
          : [],
    )
    const found = new Set(versions.filter((version) => version !== undefined))
    expect(found.size).toBe(1)
    expect([...found][0]).toMatch(/^8\./)

    const root = realpathSync('node_modules/protobufjs')
    const users = temporalPackages.filter((name) => {
      const { dependencies = {} } = JSON.parse(readFileSync(join('node_modules', name, 'package.json'), 'utf8')) as {
        dependencies?: Record<string, string>
      }
      return 'protobufjs' in dependencies
    })
    expect(users.length).toBeGreaterThan(1)
    for (const name of users) {
      const resolved = createRequire(realpathSync(join('node_modules', name, 'package.json'))).resolve('protobufjs')
      expect(resolved.startsWith(root)).toBe(true)
    }
  })
})

describe('dependencies of the product', () => {
  /** Names that begin an entry of the decisions: `- **got**`, `- **@temporalio/client, worker**`. */
  const explained = (): string[] =>
    [...readFileSync('docs/decisions.md', 'utf8').matchAll(/^- \*\*([^*]+)\*\*/gm)].flatMap(([, names = '']) => {
      const [first = '', ...others] = names.split(', ')
      const scope = first.startsWith('@') ? `${first.split('/')[0] ?? ''}/` : ''
      return [first, ...others.map((name) => (name.startsWith('@') ? name : `${scope}${name}`))]
    })

  it.each(Object.keys(manifest.dependencies))('%s is explained in docs/decisions.md', (name) => {
    expect(explained()).toContain(name)
  })

  it('are locked with an integrity and without an address', () => {
    const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
      packages: Record<string, { resolved?: string; integrity?: string; link?: boolean }>
    }
    const packages = Object.entries(lock.packages).filter(([path]) => path !== '')
    expect(packages.length).toBeGreaterThan(100)
    expect(packages.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual([])
    expect(packages.filter(([, { integrity, link }]) => !integrity && !link).map(([path]) => path)).toEqual([])
  })
})
