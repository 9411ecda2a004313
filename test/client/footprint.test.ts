import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from '@jest/globals'
import { ROOT } from './support.js'

/** Loader hooks that tell the program which ES modules are loaded; CommonJS shows in `require.cache`. */
const HOOKS = `
  let port
  export const initialize = (data) => { port = data.port }
  export const load = (url, context, next) => { port.postMessage(url); return next(url, context) }
`

/** Imports a module in a new process and answers every file and native addon that is loaded then. */
function loadedBy(file: string): string[] {
  const program = `
    import { createRequire, register } from 'node:module'
    import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads'
    const { port1, port2 } = new MessageChannel()
    register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(HOOKS)}), {
      parentURL: import.meta.url, data: { port: port2 }, transferList: [port2],
    })
    await import(${JSON.stringify(pathToFileURL(join(ROOT, file)).href)})
    const modules = []
    for (let told; (told = receiveMessageOnPort(port1)); ) modules.push(told.message)
    const addons = process.report.getReport().sharedObjects.filter((name) => name.endsWith('.node'))
    console.log(JSON.stringify([...modules, ...Object.keys(createRequire(import.meta.url).cache), ...addons]))
    process.exit(0)
  `
  const args = ['--import', import.meta.resolve('tsx'), '--input-type=module', '-e', program]
  const run = spawnSync(process.execPath, args, { cwd: ROOT })
  expect(run.stderr.toString()).toBe('')
  return JSON.parse(run.stdout.toString()) as string[]
}

/** Rooms of the house and packages that belong to the worker's side. */
const FORBIDDEN = [
  /@temporalio\/(worker|core-bridge|workflow|activity)\//,
  /\.node$/,
  /\/(worker|sandbox|stack|test|bench)\/[\w/-]+\.ts$/,
  /\/activities\/(?!eko\/signature\.ts$)[\w/-]+\.ts$/,
  /\/workflows\/(engine\/[\w-]+|onboarding-flow|sender-onboarding|transaction-otp|index)\.ts$/,
]

it('what must not be loaded would be seen', () => {
  const loaded = loadedBy('worker/index.ts')
  for (const forbidden of FORBIDDEN.slice(0, 3)) expect(loaded.filter((name) => forbidden.test(name))).not.toEqual([])
})

it.each(['client/index.ts', 'client/cli/run.ts'])(
  'importing %s loads neither the native worker nor the sandbox, nor any room behind another door',
  (file) => {
    const loaded = loadedBy(file)
    // The method sees what is there: our own files, Temporal's client, and its gRPC library.
    expect(loaded.some((name) => name.endsWith('/client/client.ts'))).toBe(true)
    expect(loaded.some((name) => /@temporalio\/client\/lib\/workflow-client\.js$/.test(name))).toBe(true)
    expect(loaded.some((name) => /@grpc\/grpc-js\/build\/src\/index\.js$/.test(name))).toBe(true)
    expect(loaded.filter((name) => FORBIDDEN.some((forbidden) => forbidden.test(name)))).toEqual([])
  },
)
