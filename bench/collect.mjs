import { BroadcastChannel, isMainThread } from 'node:worker_threads'

/** Preloaded into workers: at SIGWINCH every thread of the process gives up its garbage, so that memory can be compared. */
const channel = new BroadcastChannel('bench-collect')
channel.unref()
if (isMainThread) {
  process.on('SIGWINCH', () => {
    globalThis.gc?.()
    channel.postMessage('collect')
  })
} else {
  channel.onmessage = () => globalThis.gc?.()
  // A listener holds the thread again.
  channel.unref()
}
