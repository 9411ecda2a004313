/**
 * Preloaded into the workflow bundle, before all else. The SDK takes a stack trace at every promise of a workflow, for
 * Temporal UI's "Call Stack", and looks up each of its frames in the source map: with ten frames, V8's default, that was
 * two fifths of what the workflows' thread did (docs/performance.md). Four still name where a defect is.
 */
Error.stackTraceLimit = 4

export {}
