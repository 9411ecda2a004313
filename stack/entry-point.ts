import { fileURLToPath } from 'node:url'

/** How to run one of our programs as a process: the TypeScript source from a clone, the JavaScript from a build. */
export function entryPoint(program: 'worker/main' | 'sandbox/main' | 'client/cli/main'): {
  command: string
  args: string[]
} {
  const fromSource = import.meta.url.endsWith('.ts')
  const file = fileURLToPath(new URL(`../${program}.${fromSource ? 'ts' : 'js'}`, import.meta.url))
  return { command: process.execPath, args: fromSource ? ['--import', import.meta.resolve('tsx'), file] : [file] }
}
