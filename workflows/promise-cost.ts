/**
 * Preloaded into the workflow bundle, before all else. For Temporal UI's "Call Stack" the SDK compiles three functions and
 * takes a stack trace at each promise of a workflow, and a journey makes a thousand: two thirds of what the workflows' thread
 * did (docs/performance.md). So the functions are compiled once, and there is no trace; the journey's page, its view and the
 * errors' own traces say more.
 */

class Untraced {}

/** By the source that the SDK compiles; it finds the compiler as the constructor of a promise's constructor. */
const COMPILED: Readonly<Record<string, () => unknown>> = {
  'return globalThis.__TEMPORAL_ACTIVATOR__': () => (globalThis as Record<string, unknown>)['__TEMPORAL_ACTIVATOR__'],
  'return globalThis.Error': () => Untraced,
}

const compile = Function
Object.defineProperty(Promise, 'constructor', {
  value: (source: string) => COMPILED[source] ?? compile(source),
})

export {}
