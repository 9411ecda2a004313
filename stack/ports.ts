import { createServer } from 'node:net'

/** Every server of the local stack listens here and nowhere else. */
export const LOOPBACK = '127.0.0.1'

/** What freePort answered: two calls in a row must not get the same one before it is bound. */
const handedOut = new Set<number>()

/** Binds `port` (0: any) on loopback, lets it go again and answers its number. */
const bindOnce = (port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen({ host: LOOPBACK, port, exclusive: true }, () => {
      const address = server.address()
      if (address === null || typeof address === 'string') {
        server.close(() => reject(new Error('the system gave no port number for a socket on loopback')))
        return
      }
      server.close((error) => (error ? reject(error) : resolve(address.port)))
    })
  })

/** A TCP port on loopback that nobody listens on now, different at each call. */
export const freePort = async (): Promise<number> => {
  for (;;) {
    const port = await bindOnce(0)
    if (handedOut.has(port)) continue
    handedOut.add(port)
    return port
  }
}

/** Whether somebody could listen on this port of loopback now. Errors other than "taken" are thrown. */
export const isPortFree = async (port: number): Promise<boolean> => {
  try {
    await bindOnce(port)
    return true
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'EADDRINUSE' || code === 'EACCES') return false
    throw error
  }
}

/** The usual port where it is free, otherwise another one: compare the answer with `port` to tell the user. */
export const preferPort = async (port: number): Promise<number> => ((await isPortFree(port)) ? port : freePort())
