import { AsyncLocalStorage } from 'node:async_hooks'
import { readFileSync } from 'node:fs'
import { createContext, runInContext } from 'node:vm'
import { globalHandlers } from '@temporalio/worker/lib/workflow/vm-shared.js'

/**
 * Evaluates the workflow bundle that its argument names under the SDK's own hooks, and prints what they keep of a promise. A
 * process of its own: the hooks are for a whole thread.
 */
const context = createContext({ __webpack_module_cache__: {}, TextEncoder, TextDecoder, URL, AbortController })
context.AsyncLocalStorage = AsyncLocalStorage
runInContext(readFileSync(process.argv[2] ?? '', 'utf8'), context)
if (process.argv[3] !== 'without preloads') runInContext('__TEMPORAL__.preloadModules()', context)
const store = { childToParent: new Map(), promiseToStack: new Map() }
context.__TEMPORAL_ACTIVATOR__ = { promiseStackStore: store, info: { runId: 'run' } }
globalHandlers.install()
const runId = runInContext('globalThis.kept = new Promise(() => undefined); kept.runId', context)
const traces = store.promiseToStack.size
const error = runInContext('new Error("here").stack', context)
const compiled = runInContext('Promise.constructor("return 1 + 1")()', context)
globalHandlers.uninstall()
process.stdout.write(JSON.stringify({ runId, traces, error, compiled }))
