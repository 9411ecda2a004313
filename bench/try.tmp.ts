import { startBenchStack } from './bench-stack.js'
import { latencyRows, LATENCY_HEAD, measureLatency } from './latency.js'
import { measureThroughput } from './throughput.js'
import { table } from './figures.js'
const stack = await startBenchStack({ report: () => undefined })
try {
  await measureLatency(stack, 15)
  console.log(table(LATENCY_HEAD, latencyRows(await measureLatency(stack, 50))).join('\n'))
  const t = await measureThroughput(stack, 20, 160)
  const r = (k: 'server'|'worker'|'client') => (t.ours.cpuMs[k]).toFixed(0) + '/' + t.floor.cpuMs[k].toFixed(0)
  console.log('speed', (t.ours.journeysPerSecond / t.floor.journeysPerSecond).toFixed(3), t.ours.journeysPerSecond.toFixed(1), 'server', r('server'), 'worker', r('worker'), 'client', r('client'))
} finally { await stack.stop() }
