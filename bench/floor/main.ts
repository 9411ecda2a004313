import { fileURLToPath } from 'node:url'
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker'
import type { EkoCredentials } from '../../activities/eko/index.js'
import { FLOOR_QUEUE } from './queue.js'
import { floorActivities } from './activities.js'

/** A worker of the floor, as the SDK has it by default. Settings: FLOOR_ADDRESS, FLOOR_CREDENTIALS, FLOOR_CACHE. */

Runtime.install({ logger: new DefaultLogger('WARN') })
const credentials = JSON.parse(process.env['FLOOR_CREDENTIALS'] ?? '') as EkoCredentials
const connection = await NativeConnection.connect({ address: process.env['FLOOR_ADDRESS'] ?? '' })
const worker = await Worker.create({
  connection,
  taskQueue: FLOOR_QUEUE,
  workflowsPath: fileURLToPath(new URL('./workflow.ts', import.meta.url)),
  activities: floorActivities(credentials),
  maxCachedWorkflows: Number(process.env['FLOOR_CACHE']),
})
process.stdout.write('{"floor":"ready"}\n')
await worker.run()
await connection.close()
