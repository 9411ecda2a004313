import { cpus, totalmem, release, type, arch } from 'node:os'
import { megabytes } from './figures.js'

/** The machine, in a line. */
export function machineText(): string {
  const all = cpus()
  const model = all[0]?.model.trim() ?? 'unknown processor'
  return `${all.length} × ${model} (${arch()}), ${megabytes(totalmem())}, ${type()} ${release()}, Node ${process.version}`
}
