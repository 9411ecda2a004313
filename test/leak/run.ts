import type { SecretStoreMode } from '../../secrets/index.js'
import type { Patch } from '../../stack/patched-build.js'
import { Canaries } from './canaries.js'
import { gatherFiles, gatherLive, nothingFound } from './gather.js'
import { CRASH, SCENES, type Scene } from './journeys.js'
import { type Judgement, judge } from './judge.js'
import { startLeakStack } from './leak-stack.js'
import { Play } from './play.js'
import { Said } from './said.js'

export interface LeakRun extends Judgement {
  readonly mode: SecretStoreMode
  readonly journeys: number
  readonly seconds: number
}

export interface LeakRunOptions {
  readonly mode: SecretStoreMode
  readonly report?: (line: string) => void
  /** What is broken on purpose. */
  readonly patches?: readonly Patch[]
  /** @default all of them, and journeys by command line */
  readonly scenes?: readonly Scene[]
  /** Default: the folder is removed. */
  readonly keep?: boolean
}

/** Scenes at the same time. */
const AT_ONCE = 6

/** Plays all scenes on a stack of its own, ends it, and searches everything that it has left. */
export async function runLeakTest(options: LeakRunOptions): Promise<LeakRun> {
  const { mode, patches, scenes = SCENES, keep = false } = options
  const since = Date.now()
  const elapsed = (): number => Math.round((Date.now() - since) / 1_000)
  const report = (line: string): void => options.report?.(`${elapsed()} s: ${line}`)
  const canaries = new Canaries()
  const stack = await startLeakStack({ mode, canaries, ...(patches && { patches }) })
  try {
    report(`Everything is up in ${mode} mode`)
    const play = new Play(stack, new Said())
    await playAll(scenes, play)
    report(`${scenes.length} kinds of journeys have been played`)
    const found = nothingFound()
    await gatherLive(play, found)
    found.cli.push(...play.commandLine.printed.map((text) => Buffer.from(text)))
    found.brokenStarts.push(...play.brokenStarts.map((text) => Buffer.from(text)))
    report('Histories, lists, outputs have been gathered')
    const sent = stack.recorder.sent()
    await stack.end()
    await gatherFiles(stack, found)
    report('Everything has ended; searching')
    const judgement = judge(found, canaries.secrets, sent)
    const journeys = canaries.secrets.get('mobile')?.size ?? 0
    return { ...judgement, mode, journeys, seconds: elapsed() }
  } finally {
    await stack.end()
    if (keep) report(`Left in ${stack.folder}`)
    else await stack.remove()
  }
}

async function playAll(scenes: readonly Scene[], play: Play): Promise<void> {
  const waiting = [...scenes]
  const failures: string[] = []
  let crashIsOver: Promise<void> = Promise.resolve()
  const act = async (scene: Scene): Promise<void> => {
    if (!scene.withstandsCrash) await crashIsOver
    await scene.play(play).catch((error: unknown) => {
      failures.push(`${scene.name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    })
  }
  const one = async (): Promise<void> => {
    for (let scene = waiting.shift(); scene; scene = waiting.shift()) {
      const acted = act(scene)
      if (scene.name === CRASH) crashIsOver = acted
      await acted
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, one))
  if (failures.length > 0) throw new Error(`Journeys that did not play as they should:\n${failures.join('\n')}`)
}
