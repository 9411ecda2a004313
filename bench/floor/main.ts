import { fileURLToPath } from 'node:url'
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker'
import type { EkoCredentials } from '../../activities/eko/index.js'
import { FLOOR_QUEUE } from './queue.js'
import { floorActivities } from './activities.js'

/**
 * A worker of the floor, as the SDK has it by default; with FLOOR_TUNED, with what makes our worker's bundle and connection
 * faster. Settings: FLOOR_ADDRESS, FLOOR_CREDENTIALS, FLOOR_CACHE, FLOOR_TUNED.
 */

Runtime.install({ logger: new DefaultLogger('WARN') })
const credentials = JSON.parse(process.env['FLOOR_CREDENTIALS'] ?? '') as EkoCredentials
const isTuned = process.env['FLOOR_TUNED'] !== undefined
const workflowsPath = pathOf('./workflow.ts')
const connection = await NativeConnection.connect({
  address: process.env['FLOOR_ADDRESS'] ?? '',
  ...(isTuned && { grpcCompression: { codec: 'none' } }),
})
const worker = await Worker.create({
  connection,
  taskQueue: FLOOR_QUEUE,
  workflowsPath,
  ...(isTuned && { bundlerOptions: { preloadModules: [pathOf('../../workflows/promise-cost.ts'), workflowsPath] } }),
  activities: floorActivities(credentials),
  maxCachedWorkflows: Number(process.env['FLOOR_CACHE']),
})
process.stdout.write('{"floor":"ready"}\n')
await worker.run()
await connection.close()

function pathOf(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url))
}
