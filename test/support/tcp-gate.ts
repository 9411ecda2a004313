import { connect, createServer, type Server, type Socket } from 'node:net'

/** A door on loopback in front of a TCP server: open, it passes bytes on; shut, it refuses connections. */
export interface TcpGate {
  readonly port: number
  open(): Promise<void>
  /** Refuses new connections and cuts the ones that are open. */
  shut(): Promise<void>
}

export async function startTcpGate(target: number): Promise<TcpGate> {
  const sockets = new Set<Socket>()
  let server: Server | undefined
  let port = 0

  const open = async (): Promise<void> => {
    if (server) return
    const opened = createServer((incoming) => {
      const outgoing = connect({ host: '127.0.0.1', port: target })
      for (const [socket, other] of [
        [incoming, outgoing],
        [outgoing, incoming],
      ] as const) {
        sockets.add(socket)
        socket.on('error', () => other.destroy())
        socket.once('close', () => {
          sockets.delete(socket)
          other.destroy()
        })
      }
      incoming.pipe(outgoing).pipe(incoming)
    })
    server = opened
    await new Promise<void>((resolve, reject) => {
      opened.once('error', reject)
      opened.listen({ host: '127.0.0.1', port }, resolve)
    })
    const address = opened.address()
    if (typeof address === 'object' && address) port = address.port
  }
  const shut = async (): Promise<void> => {
    const closing = server
    server = undefined
    for (const socket of sockets) socket.destroy()
    await new Promise<void>((resolve) => (closing ? closing.close(() => resolve()) : resolve()))
  }
  await open()
  return { port, open, shut }
}
