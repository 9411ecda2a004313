import { createServer, type Server } from 'node:net'
import { afterEach, describe, expect, it } from '@jest/globals'
import { LOOPBACK, freePort, isPortFree, preferPort } from '../../stack/ports.js'

const servers: Server[] = []

const listen = (port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    servers.push(server)
    server.once('error', reject)
    server.listen(port, LOOPBACK, () => resolve())
  })

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))))
})

describe('ports of the local stack', () => {
  it('answers ports that can be listened on, each one only once', async () => {
    const ports = await Promise.all(Array.from({ length: 30 }, freePort))
    expect(new Set(ports).size).toBe(30)
    for (const port of ports) await listen(port)
  })

  it('keeps the usual port where it is free and takes another where it is not', async () => {
    const usual = await freePort()
    expect(await preferPort(usual)).toBe(usual)
    await listen(usual)
    expect(await isPortFree(usual)).toBe(false)
    const other = await preferPort(usual)
    expect(other).not.toBe(usual)
    await listen(other)
  })
})
