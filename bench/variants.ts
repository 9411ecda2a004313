import { join } from 'node:path'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { type Patch, patchedBuild } from '../stack/patched-build.js'
import { startBenchStack } from './bench-stack.js'
import { short } from './figures.js'
import { measureHistories } from './history.js'
import { measureLatency, otpRatios } from './latency.js'
import { measureThroughput } from './throughput.js'

/** The product with one thing switched off. For measuring only: each of them breaks a promise. */
export interface Variant {
  readonly name: string
  readonly encrypted?: false
  /** The floor’s worker with what makes ours faster. */
  readonly floorTuned?: true
  readonly patches: readonly Patch[]
}

const RUNNER = 'workflows/engine/runner.ts'
const LIMITS = 'activities/limits/index.ts'
const SEALING = 'secrets/sealing.ts'

const ONE_OFF: readonly Variant[] = [
  { name: 'without payload codec', encrypted: false, patches: [] },
  {
    // What looks like sealed and is in the clear, so that the messages are the same.
    name: 'without sealing',
    patches: [
      {
        file: SEALING,
        from: 'return encryptJwe(plaintext, { kid, field, journey }, key)',
        to: `void [encryptJwe, key]
      const parts = [{ alg: 'ECDH-ES', enc: 'A256GCM', kid, field, journey, epk: {} }, plaintext].map((part) =>
        Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url'))
      return [parts[0], '', 'A'.repeat(16), parts[1], 'A'.repeat(22)].join('.')`,
      },
      {
        file: SEALING,
        from: 'plaintext: decryptJwe(sealed, key)',
        to: "plaintext: Buffer.from([sealed, decryptJwe, key][0].split('.')[3] ?? '', 'base64url').toString()",
      },
    ],
  },
  {
    name: 'without fence',
    patches: [
      {
        file: 'activities/fence.ts',
        from: 'declare: () => heartbeat({ intent: attempt }),',
        to: 'declare: () => Promise.resolve(),',
      },
    ],
  },
  {
    name: 'without search attributes',
    patches: [
      {
        file: RUNNER,
        from: 'if (changed.length > 0) upsertSearchAttributes(',
        to: 'if (changed.length < 0) upsertSearchAttributes(',
      },
    ],
  },
  {
    name: 'without details in Temporal UI',
    patches: [{ file: RUNNER, from: 'setCurrentDetails(this.flow.story(this.journey))', to: '' }],
  },
  {
    name: 'without timers',
    patches: [{ file: RUNNER, from: 'if (at === null || (this.timer && this.timer.at <= at)) return', to: 'return' }],
  },
  {
    name: 'without limits across journeys',
    patches: [
      {
        file: LIMITS,
        from: 'const [mobile, aadhaar] = [ofMobile(dispatch), ofAadhaar(dispatch)]\n      if',
        to: 'return { granted: true }\n      const [mobile, aadhaar] = [ofMobile(dispatch), ofAadhaar(dispatch)]\n      if',
      },
      {
        file: LIMITS,
        from: 'const limit = { ...ids.userCode(',
        to: 'return Promise.resolve({ granted: true })\n      const limit = { ...ids.userCode(',
      },
    ],
  },
]

export const VARIANTS: readonly Variant[] = [
  { name: 'as shipped', patches: [] },
  { name: 'as shipped, the floor tuned alike', floorTuned: true, patches: [] },
  ...ONE_OFF,
  { name: 'without any of these', encrypted: false, patches: ONE_OFF.flatMap(({ patches }) => patches) },
]

export const VARIANTS_HEAD = [
  'ratio to the floor of the same run',
  'code p50',
  'code p95',
  'journeys/s at 20',
  'CPU of the server',
  'CPU of the worker',
  'events',
]

/** Each variant with a server of its own, beside the floor. */
export async function variantRows(
  journeys: number,
  note: (line: string) => void,
  variants = VARIANTS,
): Promise<string[][]> {
  const rows: string[][] = []
  for (const variant of variants) {
    note(`Variant: ${variant.name} …`)
    rows.push(await variantRow(variant, journeys, note))
  }
  return rows
}

async function variantRow(
  { name, encrypted, floorTuned, patches }: Variant,
  journeys: number,
  report: (line: string) => void,
): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-variant-'))
  try {
    const build = await patchedBuild(folder, { patches })
    const stack = await startBenchStack({
      report,
      workerProgram: build.program('worker/main'),
      clientModule: build.compiled('client/index.ts'),
      ...(encrypted !== undefined && { encrypted }),
      ...(floorTuned !== undefined && { floorTuned }),
    })
    try {
      await measureLatency(stack, 10)
      const otp = otpRatios(await measureLatency(stack, journeys))
      const { floor, ours } = await measureThroughput(stack, 20, journeys * 3)
      const histories = await measureHistories(stack)
      const ratios = [
        ...[otp.p50, otp.p95, ours.journeysPerSecond / floor.journeysPerSecond],
        ...[ours.cpuMs.server / floor.cpuMs.server, ours.cpuMs.worker / floor.cpuMs.worker],
        histories.ours.events / histories.floor.events,
      ]
      return [name, ...ratios.map(short)]
    } finally {
      await stack.stop()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
