import { startBenchStack } from './bench-stack.js'
import { megabytes, short } from './figures.js'
import { openJourneys } from './memory.js'
import { residentBytes, settledBytes } from './process-use.js'
import { codeFor } from './walk.js'

export const PARKED_HEAD = ['waiting journeys', '']

/**
 * Many journeys that all wait for a code, with the cache as it is by default; then the worker is killed, and another one
 * is started, which has to answer a code.
 */
export async function parkedRows(journeys: number, note: (line: string) => void): Promise<string[][]> {
  const stack = await startBenchStack({ report: note })
  try {
    const { local, pids, ours, sandbox, client } = stack
    const [serverBefore, workerBefore] = [await residentBytes(pids.server), await settledBytes(pids.ours)]
    const since = performance.now()
    const opened = await openJourneys(stack, ours, journeys, (count) => {
      if (count % 500 === 0) note(`${count} of ${journeys} journeys wait`)
    })
    const seconds = (performance.now() - since) / 1_000
    const [server, worker] = [await residentBytes(pids.server), await settledBytes(pids.ours)]
    // Its code is still good, however long it took to begin them all; the next worker has none of them in its cache.
    const last = opened.at(-1)
    if (!last) throw new Error('No journey waits.')
    local.worker.kill('SIGKILL')
    await local.worker.exited
    const restarted = performance.now()
    await local.startWorker('restarted')
    const ready = performance.now()
    const handle = client.handleOf({ rail: 'digikhata', mobile: last.mobile })
    const code = await codeFor('senderOtp', last, sandbox)
    const { nextAction } = await handle.view()
    if (nextAction.do !== 'ENTER_SENDER_OTP') throw new Error(`The journey wants ${nextAction.do}, not a code.`)
    const receipt = await handle.enterSenderOtp({ otp: code, challengeId: nextAction.challengeId })
    if (receipt.nextAction.do !== 'REQUEST_CONSENT') throw new Error(`The code brought ${receipt.nextAction.do}.`)
    return [
      ['journeys that wait for a code', `${journeys}, begun at ${short(journeys / seconds)} a second`],
      ['server memory, before and with them', `${megabytes(serverBefore)}, ${megabytes(server)}`],
      ['worker memory, before and with them', `${megabytes(workerBefore)}, ${megabytes(worker)}`],
      ['server memory per waiting journey', `${short((server - serverBefore) / journeys / 1024)} KB`],
      ['another worker, from its start until it polls', `${short(ready - restarted)} ms`],
      ['… until it has answered a code', `${short(performance.now() - restarted)} ms`],
    ]
  } finally {
    await stack.stop()
  }
}
