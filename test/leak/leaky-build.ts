import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Patch } from '../../stack/patched-build.js'
import { SCENES, type Scene } from './journeys.js'
import type { Row } from './judge.js'
import type { Kind } from './kinds.js'
import type { PlaceName } from './places.js'
import type { Form } from './forms.js'
import type { Unwrapped } from './unwrap.js'

/**
 * The product broken on purpose, so that it leaks into every place: a search that reports nothing on it would be worth
 * nothing. Each line leaks in another form. What a call of Eko was given, secrets and all, is kept in a global for the
 * lines that stand elsewhere.
 */
export interface Leak {
  readonly places: readonly PlaceName[]
  /** How it must be found, whatever that is wrapped in besides. */
  readonly as: Form
  /** In what, among others; `nothing`: it must lie open. */
  readonly within?: Unwrapped['by'] | 'nothing'
  /** Of which kind it must be; default: any. */
  readonly kind?: Kind
  readonly patches: readonly Patch[]
}

/** Whether a row reports this leak. */
export function reports(leak: Leak, { leaks }: Pick<Row, 'leaks'>): boolean {
  const { as, within, kind } = leak
  return leaks.some(
    (hit) =>
      hit.form === as &&
      (within === undefined || (within === 'nothing' ? hit.within.length === 0 : hit.within.includes(within))) &&
      (kind === undefined || hit.kind === kind),
  )
}

const CALL = 'activities/make-call.ts'
const REQUEST = 'JSON.stringify(request)'
const KEPT = "String(Reflect.get(globalThis, 'leaked'))"

const PEOPLE_UNMASKED: Patch = {
  file: 'secrets/codec-server/for-people.ts',
  from: "const shown = maskPersonal(masked(value, '', 0))",
  to: "const shown = maskPersonal === undefined ? null : masked(value, '', 0)",
}

export const LEAKS: readonly Leak[] = [
  {
    places: ['history', 'database', 'records'],
    as: 'text',
    patches: [
      {
        file: 'secrets/payload-codec.ts',
        from: 'settling(() => payloads.map((payload) => encrypt(active, kid, payload)))',
        to: 'settling(() => (active && kid ? payloads : []))',
      },
    ],
  },
  {
    places: ['failures', 'historyDecoded', 'codecServer', 'temporalCli'],
    as: 'hex',
    patches: [
      {
        file: CALL,
        from: 'const { rail, operation, userCode } = request\n',
        to: `const { rail, operation, userCode } = request\n  Reflect.set(globalThis, 'leaked', ${REQUEST})\n`,
      },
      {
        file: CALL,
        from: `message: 'The call may or may not have been executed; it is not repeated.'`,
        to: `message: Buffer.from(${KEPT}).toString('hex')`,
      },
    ],
  },
  {
    // At each call: a worker that is killed may take its last lines with it.
    places: ['workerLog'],
    as: 'hex',
    patches: [
      {
        file: CALL,
        from: "log.info('Eko attempt', {",
        to: `log.info(Buffer.from(${KEPT}).toString('hex'), {`,
      },
    ],
  },
  {
    places: ['heartbeats'],
    as: 'reversed',
    patches: [
      {
        file: 'activities/fence.ts',
        from: 'declare: () => heartbeat({ intent: attempt }),',
        to: `declare: () => heartbeat({ intent: attempt, note: [...${KEPT}].reverse().join('') } as never),`,
      },
    ],
  },
  {
    places: ['visibility'],
    as: 'text',
    patches: [
      {
        file: 'workflows/engine/runner.ts',
        from: '[names.tenant, input.tenant],',
        to: '[names.tenant, input.tenant + input.mobile],',
      },
    ],
  },
  {
    places: ['details'],
    as: 'reversed',
    patches: [
      {
        file: 'workflows/engine/runner.ts',
        from: 'setCurrentDetails(this.flow.story(this.journey))',
        to: `setCurrentDetails(this.flow.story(this.journey) + [...this.journey.input.mobile].reverse().join(''))`,
      },
    ],
  },
  {
    places: ['answers', 'cli'],
    as: 'text',
    patches: [
      {
        file: 'workflows/engine/status.ts',
        from: 'mobileMasked: maskMobile(input.mobile),',
        to: 'mobileMasked: maskMobile(input.mobile) + input.mobile,',
      },
    ],
  },
  {
    places: ['errors'],
    as: 'url',
    patches: [
      {
        file: 'workflows/engine/listen.ts',
        from: `const refused = runner.refusal({ name, body: bodyOf(args) } as MessageOf<J>)
        if (refused) throw failure(refused)`,
        to: `const refused = runner.refusal({ name, body: bodyOf(args) } as MessageOf<J>)
        const mobile = [...(runner.journey.input.mobile ?? '')].map((digit) => '%3' + digit).join('')
        if (refused) throw failure({ ...refused, details: { ...refused.details, mobile } })`,
      },
    ],
  },
  {
    places: ['httpTrace'],
    as: 'base64',
    patches: [
      {
        file: 'activities/eko/http.ts',
        from: 'send: (request) => attempt(',
        to: `send: (request) =>
      (process.env['NODE_DEBUG'] ? process.stderr.write(btoa(JSON.stringify(request)) + '\\n') : true) && attempt(`,
      },
    ],
  },
  {
    places: ['metrics'],
    as: 'text',
    patches: [
      {
        file: CALL,
        from: `import { activityInfo, log } from '@temporalio/activity'`,
        to: `import { activityInfo, log, metricMeter } from '@temporalio/activity'`,
      },
      {
        file: CALL,
        from: 'const dispatch = terms.dispatch ? dispatchOf(terms.dispatch, request) : null\n',
        to: `const dispatch = terms.dispatch ? dispatchOf(terms.dispatch, request) : null
  metricMeter.createCounter('leak').add(1, { mobile: request.mobile })\n`,
      },
    ],
  },
  {
    places: ['files'],
    as: 'text',
    within: 'gzip',
    patches: [
      {
        file: CALL,
        from: `import { ApplicationFailure } from '@temporalio/common'\n`,
        to: `import { ApplicationFailure } from '@temporalio/common'
import { writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'\n`,
      },
      {
        file: CALL,
        from: 'const clock = attemptClock(deps.eko.timeoutMs)\n',
        to: `const clock = attemptClock(deps.eko.timeoutMs)
  writeFileSync(process.env.TMPDIR + '/' + Math.random(), gzipSync(${KEPT}))\n`,
      },
    ],
  },
  {
    places: ['codecServerLog'],
    as: 'base64',
    patches: [
      {
        file: 'secrets/codec-server/codec.ts',
        from: 'const decoded = await Promise.all(payloads.map(decodeOne))\n',
        to: `const decoded = await Promise.all(payloads.map(decodeOne))
      for (const { data } of decoded) process.stderr.write(Buffer.from(data ?? []).toString('base64') + '\\n')\n`,
      },
    ],
  },
  // Who somebody is, each kind by itself; lying open, since what another line leaks there in hex holds them too.
  ...(['name', 'mobile', 'address', 'dob'] as const).map((kind, index): Leak => ({
    ...{ places: ['codecServer', 'temporalCli'], as: 'text', within: 'nothing', kind },
    patches: index > 0 ? [] : [PEOPLE_UNMASKED],
  })),
  {
    places: ['brokenStarts'],
    as: 'text',
    patches: [
      {
        file: 'worker/settings.ts',
        from: '`${name}: ${issue.message}`',
        to: '`${name}: ${issue.message} ${JSON.stringify(env)}`',
      },
    ],
  },
  // Temporal’s server is not ours to break: what it would log is written where it logs to.
  { places: ['temporalLog'], as: 'text', patches: [] },
]

/** Shows in vault mode only: what a worker puts into the vault is written beside it as it is. */
export const VAULT_LEAK: Leak = {
  places: ['files'],
  as: 'text',
  kind: 'otpRefId',
  patches: [
    {
      file: 'secrets/file-vault.ts',
      from: 'await writeInto(folderOf(folder, binding.journey), fileOf(binding, vaultId), sealed)',
      to: `await writeInto(folderOf(folder, binding.journey), fileOf(binding, vaultId), sealed)
      await writeWhole(join(folder, vaultId), plaintext)`,
    },
  ],
}
export const VAULT_SCENES: readonly Scene[] = SCENES.filter(({ name }) => name.startsWith('success'))

const PLANT: Scene = {
  name: 'planted in the log of Temporal’s server',
  async play({ stack }) {
    const facts = stack.canaries.person()
    await appendFile(join(stack.local, 'temporal.log'), `{"msg":"planted","aadhaar":"${facts.aadhaar}"}\n`)
  },
}

/** Enough journeys that every broken line is met. */
const MET_BY =
  /^(crash|programs that do not start|by command line, levin|answers lost|success|wrong codes|refused by the client)/

export const LEAKY_SCENES: readonly Scene[] = [...SCENES.filter(({ name }) => MET_BY.test(name)), PLANT]
export const LEAKY_PATCHES: readonly Patch[] = LEAKS.flatMap(({ patches }) => patches)
