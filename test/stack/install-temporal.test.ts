import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { officialSources, type DownloadSource } from '../../stack/download-temporal.js'
import { findTemporalCli, temporalCacheFolder } from '../../stack/find-temporal.js'
import { freePort } from '../../stack/ports.js'
import { ROOT, fakeCli, newFolder, removeFolders, script, until } from './support.js'

let folder: string
let env: NodeJS.ProcessEnv
let target: string
let lines: string[]
const servers: Server[] = []
const report = (line: string): void => void lines.push(line)

beforeEach(() => {
  folder = newFolder()
  lines = []
  env = { HOME: folder, XDG_CACHE_HOME: join(folder, 'cache'), PATH: '' }
  target = join(temporalCacheFolder(env), 'temporal')
})

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
  removeFolders()
})

const serve = async (listener: RequestListener): Promise<string> => {
  const server = createServer(listener)
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const archive = (body = fakeCli()): Buffer => {
  const content = newFolder()
  script(join(content, 'temporal'), body)
  writeFileSync(join(content, 'LICENSE'), 'text')
  return execFileSync('tar', ['-czf', '-', '-C', content, 'LICENSE', 'temporal'])
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

const release = (base: string, name = 'the release'): DownloadSource => ({
  name,
  archiveUrl: `${base}/cli.tar.gz`,
  checksumsUrl: `${base}/checksums.txt`,
})

const serveRelease = (bytes: Buffer, checksum = sha256(bytes)): Promise<string> =>
  serve((request, response) => {
    response.end(request.url === '/checksums.txt' ? `${'0'.repeat(64)}  other\n${checksum}  cli.tar.gz\n` : bytes)
  })

/** A `go` that counts its runs and "builds" after a moment. */
const fakeGo = (steps: string): string =>
  dirname(
    script(
      join(folder, 'gobin', 'go'),
      `echo "$$ $*" >> ${join(folder, 'go-runs')}\n[ "$GOBIN" = "$PWD" ] && [ -z "$GOOS" ] || exit 9\n${steps}`,
    ),
  )

const goBuilds = `printf '#!/bin/sh\\n%s\\n' '${fakeCli('1.29.1', '0.0.0-DEV')}' > "$GOBIN/temporal"`

const goRuns = (): string[] => readFileSync(join(folder, 'go-runs'), 'utf8').trim().split('\n')

/** Nothing but the binary may be left: no lock, no half-made folder. */
const expectCleanCache = (): void => expect(readdirSync(dirname(target))).toEqual(['temporal'])

describe('downloading the Temporal CLI', () => {
  it('installs the archive whose checksum is the published one, and finds it in the cache from then on', async () => {
    const base = await serveRelease(archive())
    const options = { env, sources: [release(base)] }
    expect(await findTemporalCli(report, options)).toEqual({
      path: target,
      origin: 'download',
      version: '1.5.1 (server 1.29.1)',
    })
    expectCleanCache()
    expect(await findTemporalCli(report, { env, sources: [] })).toMatchObject({ path: target, origin: 'cache' })
  })

  it('does not use an archive with another checksum, and goes on to the next source', async () => {
    const bad = await serveRelease(archive(), 'a'.repeat(64))
    const good = await serve((_, response) => void response.end(archive()))
    const second = { name: 'the mirror', archiveUrl: `${good}/cli.tar.gz` }
    const found = await findTemporalCli(report, { env, sources: [release(bad), second] })
    expect(found.origin).toBe('download')
    expect(lines.join('\n')).toMatch(/Not downloaded from the release: .*SHA-256 is [0-9a-f]{64}.*not used/)
    expect(lines.join('\n')).toMatch(/the mirror publishes no checksum/)
    expectCleanCache()
  })

  it('fails over from what does not answer, stalls, is missing, broken or not a Temporal CLI', async () => {
    const closed = `http://127.0.0.1:${await freePort()}`
    const mute = await serve(() => undefined)
    const stalling = await serve((_, response) => void response.write('some'))
    const missing = await serve((_, response) => void response.writeHead(404).end())
    const broken = await serve((_, response) => void response.end('no archive'))
    const plain = (name: string, base: string): DownloadSource => ({ name, archiveUrl: `${base}/cli.tar.gz` })
    const sources = [
      plain('closed', closed),
      plain('mute', mute),
      plain('stalling', stalling),
      plain('missing', missing),
      plain('broken', broken),
    ]
    const failure = findTemporalCli(report, { env, sources, timeouts: { answerMs: 200, stallMs: 200 } })
    await expect(failure).rejects.toThrow(/closed: .*ECONNREFUSED/)
    await expect(failure).rejects.toThrow(/mute: no answer for 200 ms/)
    await expect(failure).rejects.toThrow(/stalling: nothing more came for 200 ms/)
    await expect(failure).rejects.toThrow(/missing: answered HTTP 404/)
    await expect(failure).rejects.toThrow(/broken: the archive could not be unpacked/)
    expect(readdirSync(dirname(target))).toEqual([])

    const other = await serveRelease(archive('echo hello'))
    const wrong = findTemporalCli(report, { env, sources: [release(other)] })
    await expect(wrong).rejects.toThrow(/the new binary is not a Temporal CLI/)
    expect(readdirSync(dirname(target))).toEqual([])
  })

  it('knows the official archives of this version by platform, with checksums at the release', () => {
    const [first, second] = officialSources('1.5.1', 'linux', 'x64')
    expect(first?.archiveUrl).toMatch(/\/v1\.5\.1\/temporal_cli_1\.5\.1_linux_amd64\.tar\.gz$/)
    expect(first?.checksumsUrl).toMatch(/\/v1\.5\.1\/checksums\.txt$/)
    expect(second?.archiveUrl).toMatch(/\/cli\/archive\/v1\.5\.1\?platform=linux&arch=amd64$/)
    expect(officialSources('1.5.1', 'darwin', 'arm64')[0]?.archiveUrl).toMatch(/darwin_arm64\.tar\.gz$/)
    expect(officialSources('1.5.1', 'win32', 'x64')).toEqual([])
  })
})

describe('building the Temporal CLI with Go', () => {
  it('is done where nothing can be downloaded, with progress lines, and kept in the cache', async () => {
    const go = fakeGo(`echo "go: downloading a module" >&2; /bin/sleep 0.5; ${goBuilds}`)
    const built = { ...env, PATH: go }
    const found = await findTemporalCli(report, { env: built, sources: [], progressEveryMs: 50 })
    expect(found).toEqual({ path: target, origin: 'go install', version: '0.0.0-DEV (server 1.29.1)' })
    expect(goRuns()).toEqual([expect.stringMatching(/ install github\.com\/temporalio\/cli\/cmd\/temporal@v1\.5\.1$/)])
    expect(lines.join('\n')).toMatch(/Building the Temporal CLI: \d+ s \(go: downloading a module\)/)
    expectCleanCache()
  })

  it("says how Go failed, with Go's last lines, and leaves nothing behind", async () => {
    const go = fakeGo('echo "go: requires go >= 1.25.0" >&2; exit 1')
    const failing = { ...env, PATH: go }
    await expect(findTemporalCli(report, { env: failing, sources: [] })).rejects.toThrow(
      /build: go install ended with exit code 1:\ngo: requires go >= 1\.25\.0\n.*TEMPORAL_CLI_PATH/s,
    )
    expect(readdirSync(dirname(target))).toEqual([])
  })

  it('happens once when several processes want it at once: the others wait and use it', async () => {
    const go = fakeGo(`/bin/sleep 1; ${goBuilds}`)
    const program = `
      import { findTemporalCli } from './stack/find-temporal.js'
      const found = await findTemporalCli(() => {}, { sources: [] })
      console.log(JSON.stringify(found))`
    const finders = [1, 2, 3].map(async () => {
      const finder = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', program], {
        cwd: ROOT,
        env: { ...env, PATH: go },
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      let output = ''
      finder.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
      await once(finder, 'close')
      return JSON.parse(output) as { path: string; origin: string }
    })
    const found = await Promise.all(finders)
    expect(goRuns()).toHaveLength(1)
    expect(found.map(({ path }) => path)).toEqual([target, target, target])
    expect(found.map(({ origin }) => origin).sort()).toEqual(['cache', 'cache', 'go install'])
    expectCleanCache()
  })

  it.each(['a process that has ended', 'nobody for a minute'])('takes over a lock kept by %s', async (keeper) => {
    const lock = join(dirname(target), 'install.lock')
    mkdirSync(dirname(target), { recursive: true })
    if (keeper === 'a process that has ended') {
      const ended = spawn('true')
      await once(ended, 'exit')
      writeFileSync(lock, `${ended.pid}\n`)
    } else {
      writeFileSync(lock, `${process.pid}\n`)
      const longAgo = new Date(Date.now() - 10 * 60_000)
      utimesSync(lock, longAgo, longAgo)
    }
    const base = await serveRelease(archive())
    expect(await findTemporalCli(report, { env, sources: [release(base)] })).toMatchObject({ origin: 'download' })
    expectCleanCache()
  })

  it('waits for a lock that a living process keeps, and says for whom', async () => {
    const lock = join(dirname(target), 'install.lock')
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(lock, `${process.pid}\n`)
    const finding = findTemporalCli(report, { env, sources: [], progressEveryMs: 50 })
    await until(() => lines.some((line) => line.includes(`(process ${process.pid})`)))
    script(target, fakeCli())
    execFileSync('rm', [lock])
    expect(await finding).toMatchObject({ path: target, origin: 'cache' })
    expect(existsSync(lock)).toBe(false)
  })
})
