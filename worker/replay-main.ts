import { DefaultLogger } from '@temporalio/worker'
import { ReplayGateError, replayNamespace, type ReplayOptions } from './replay.js'
import { installRuntime } from './runtime.js'

/**
 * The process behind `onboard replay`. Its one argument is JSON: `query`, `bundle`, `limit` of `ReplayOptions`. Standard
 * output gets one line of JSON, the report or `{"error":{"code","message"}}`; standard error gets progress.
 */

/** Between two lines of progress, in milliseconds. */
const PROGRESS_MS = 1_000

type Request = Pick<ReplayOptions, 'query' | 'bundle' | 'limit'>

async function main(request: Request): Promise<void> {
  // The report says what went wrong; the SDK's log would repeat it.
  const runtime = installRuntime({ metricsAddress: undefined }, new DefaultLogger('ERROR', () => undefined))
  let toldAt = Date.now()
  const onProgress: ReplayOptions['onProgress'] = ({ done, total }) => {
    if (Date.now() - toldAt < PROGRESS_MS) return
    toldAt = Date.now()
    process.stderr.write(`${done} of ${total} replayed\n`)
  }
  try {
    const report = await replayNamespace({ ...request, env: process.env, onProgress })
    process.stdout.write(`${JSON.stringify(report)}\n`)
    process.exitCode = report.failed === 0 ? 0 : 1
  } catch (error) {
    if (!(error instanceof ReplayGateError)) throw error
    process.stdout.write(`${JSON.stringify({ error: { code: error.code, message: error.message } })}\n`)
    process.exitCode = error.code === 'UNREACHABLE' ? 1 : 2
  } finally {
    await runtime.shutdown()
  }
}

await main(JSON.parse(process.argv[2] ?? '{}') as Request)
