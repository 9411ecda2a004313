import { spawn, type ChildProcess } from 'node:child_process'

/**
 * Kills what this process started when this process is gone, however it went: a return, an exception, a signal,
 * even SIGKILL. One small shell reads process group ids from a pipe that only this process holds; when the pipe
 * closes, it kills the groups that are still on its list.
 */
const SCRIPT = `
groups=' '
while read -r verb group; do
  case "$verb" in
    add) groups="$groups$group " ;;
    drop)
      kept=' '
      for one in $groups; do [ "$one" = "$group" ] || kept="$kept$one "; done
      groups=$kept ;;
  esac
done
for one in $groups; do kill -s KILL -- "-$one" 2>/dev/null; done
exit 0
`

const guarded = new Set<number>()
let shell: ChildProcess | undefined

const startShell = (): ChildProcess => {
  const child = spawn('/bin/sh', ['-c', SCRIPT], { detached: true, stdio: ['pipe', 'ignore', 'ignore'], cwd: '/' })
  if (child.pid === undefined || child.stdin === null) {
    throw new Error('the local stack needs a POSIX shell at /bin/sh; on Windows run it inside WSL')
  }
  // A write to a guardian that somebody killed fails here; the exit handler below still covers an orderly end.
  const forget = (): void => {
    if (shell === child) shell = undefined
  }
  child.stdin.on('error', forget)
  child.on('error', forget)
  child.on('exit', forget)
  child.unref()
  const pipe = child.stdin as typeof child.stdin & { unref?: () => void }
  pipe.unref?.()
  return child
}

/** Sends a signal to a process group; false when nobody is left in it. */
export const signalGroup = (group: number, signal: NodeJS.Signals): boolean => {
  try {
    process.kill(-group, signal)
    return true
  } catch (error) {
    // EPERM is what macOS answers for a group whose only member is a zombie.
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ESRCH' || code === 'EPERM') return false
    throw error
  }
}

const killAll = (): void => {
  for (const group of guarded) signalGroup(group, 'SIGKILL')
}

/** Starts the guardian before there is something to guard, so that a missing shell fails before a child exists. */
export const prepareGuardian = (): void => {
  if (shell !== undefined) return
  shell = startShell()
  for (const group of guarded) shell.stdin?.write(`add ${group}\n`)
}

/** From now on the group does not outlive this process. */
export const guard = (group: number): void => {
  prepareGuardian()
  if (guarded.size === 0) process.once('exit', killAll)
  guarded.add(group)
  shell?.stdin?.write(`add ${group}\n`)
}

/** The group has ended; with the last one the guardian ends too. */
export const unguard = (group: number): void => {
  if (!guarded.delete(group)) return
  shell?.stdin?.write(`drop ${group}\n`)
  if (guarded.size > 0) return
  process.removeListener('exit', killAll)
  shell?.stdin?.end()
  shell = undefined
}
