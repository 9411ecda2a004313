import { runWorker } from './run.js'

process.exitCode = await runWorker(process.env)
