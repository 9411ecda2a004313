import { execFile, execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { startProcess } from '../../stack/processes.js'
import { isBuildFresh, ROOT } from '../support/fresh-build.js'
import { ALL_STEPS_ONCE, RAILS, steps, USER_CODE } from '../support/journeys.js'
import { newPerson } from '../support/people.js'
import { startTestStack, type TestStack } from '../support/test-stack.js'
import { binOf } from '../tools/command.js'

/** The packed package in an empty project, with its dependencies from the registry: what an integrator gets. */

const execute = promisify(execFile)
const QUEUE = 'packed'

/** Tells all that a program has loaded: ES modules by a hook, CommonJS by `require.cache`, addons by Node's report. */
const SPY = `
import { appendFileSync } from 'node:fs'
import { createRequire, register } from 'node:module'
import { pathToFileURL } from 'node:url'
const hooks = \`
  import { appendFileSync } from 'node:fs'
  export const load = (url, context, next) => { appendFileSync(process.env.LOADED, url + '\\\\n'); return next(url, context) }
\`
register('data:text/javascript,' + encodeURIComponent(hooks), pathToFileURL('./'))
process.on('exit', () => {
  const addons = process.report.getReport().sharedObjects.filter((name) => name.endsWith('.node'))
  appendFileSync(process.env.LOADED, [...Object.keys(createRequire(import.meta.url).cache), ...addons].join('\\n'))
})
`

/** Takes one sender to the end as a service would, with nothing but the package and the sandbox's page. */
const SERVICE = `
import { OnboardingClient } from 'sender-onboarding'

const { rail, sandboxUrl, userCode, mobile, aadhaar, pan, details } = JSON.parse(process.argv[2])
const code = async (purpose) => {
  const { messages } = await (await fetch(\`\${sandboxUrl}/inbox?mobile=\${mobile}&purpose=\${purpose}\`)).json()
  return messages.at(-1).code
}
const client = await OnboardingClient.fromEnvironment({ actor: { type: 'service', id: 'packed' } })
const { handle, view: first } = await client.start({ rail, mobile, userCode, details })
let view = first
while (view.status.kind !== 'CLOSED') {
  const { nextAction } = view
  const { challengeId } = nextAction
  switch (nextAction.do) {
    case 'ENTER_SENDER_OTP':
      await handle.enterSenderOtp({ otp: await code('SENDER'), challengeId })
      break
    case 'REQUEST_CONSENT':
      await handle.requestConsent({ language: 'English' })
      break
    case 'ENTER_AADHAAR': {
      const { consentId, textSha256 } = nextAction.consent
      const consent = { consentId, textSha256, mode: 'self', acceptedAt: new Date().toISOString() }
      await handle.enterAadhaar({ aadhaar, consent })
      break
    }
    case 'ENTER_AADHAAR_OTP':
      await handle.enterAadhaarOtp({ otp: await code('AADHAAR'), challengeId })
      break
    case 'ENTER_PAN':
      await handle.enterPan({ pan })
      break
    default:
      await handle.waitForChange(view.revision)
  }
  view = await handle.view()
}
const { state, capability } = await handle.result()
await client.close()
console.log(JSON.stringify({ state, capability, workflowId: handle.workflowId }))
`

/** Uses the types as an integrator's program would; each error that is expected must be one. */
const TYPED = `
import { ERROR_CODES, type ErrorCode, type NextAction, OnboardingClient, OnboardingError, type View } from 'sender-onboarding'
import { startSandbox, type LedgerJson } from 'sender-onboarding/sandbox'
import { readWorkerConfig, runWorker } from 'sender-onboarding/worker'

export async function start(client: OnboardingClient): Promise<View['state']> {
  const { handle, joined, view } = await client.start({ rail: 'levin', mobile: '9000000001', userCode: '1' })
  // @ts-expect-error There is no such rail.
  await client.start({ rail: 'paytm', mobile: '9000000001', userCode: '1' })
  // @ts-expect-error A code needs its challenge.
  await handle.enterSenderOtp({ otp: '123456' })
  const { outcome, nextAction } = await handle.enterPan({ pan: 'ABCPX1234Z' })
  // @ts-expect-error There is no such outcome.
  if (outcome === 'MAYBE') return view.state
  return joined && nextAction.do === 'NOTHING' ? nextAction.state : (await handle.result()).state
}

export function screen(action: NextAction): string {
  switch (action.do) {
    case 'ENTER_AADHAAR':
      return action.consent.textSha256
    case 'ENTER_SENDER_OTP':
    case 'ENTER_AADHAAR_OTP':
      return \`\${action.challengeId} \${action.attemptsLeft.toFixed()}\`
    default:
      // @ts-expect-error Not every action has a challenge.
      return action.challengeId
  }
}

export const whatToDo = (error: unknown): string => {
  const code: ErrorCode = error instanceof OnboardingError ? error.code : 'TEMPORAL_ERROR'
  return ERROR_CODES[code].action
}
export const ledgerOf = async (url: string): Promise<LedgerJson['sms']> => {
  const ledger = (await (await fetch(url)).json()) as LedgerJson
  return ledger.sms
}
export const main = async (): Promise<number> => {
  const sandbox = await startSandbox({ port: 0 })
  const { taskQueue } = readWorkerConfig({})
  return taskQueue === sandbox.url ? 0 : runWorker(process.env)
}
`

/** What a client has no business with. */
const FOREIGN = [
  /@temporalio\/worker\//,
  /@temporalio\/core-bridge\//,
  /\.node$/,
  /dist\/(worker|sandbox|activities)\//,
]

const COMPILER_OPTIONS = {
  ...{ module: 'nodenext', moduleResolution: 'nodenext', target: 'es2022', types: ['node'], noEmit: true },
  ...{ strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, skipLibCheck: true },
}

let stack: TestStack
let project: string

beforeAll(async () => {
  if (!isBuildFresh()) execFileSync('npm', ['run', '-s', 'build'], { cwd: ROOT, stdio: 'pipe' })
  project = await mkdtemp(join(tmpdir(), 'tarball-'))
  const { stdout } = await execute('npm', ['pack', '--json', '--pack-destination', project], { cwd: ROOT })
  const [packed] = JSON.parse(stdout) as { filename: string }[]
  await writeFile(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  const quietly = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline', '--loglevel', 'error']
  const { devDependencies: versions } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
    devDependencies: Record<string, string>
  }
  const wanted = [`./${packed?.filename ?? ''}`, `@types/node@${versions['@types/node'] ?? ''}`]
  await execute('npm', ['install', ...quietly, ...wanted], { cwd: project })
  const files = { 'spy.mjs': SPY, 'service.mjs': SERVICE, 'typed.ts': TYPED }
  for (const [name, text] of Object.entries(files)) await writeFile(join(project, name), text)
  await writeFile(
    join(project, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: COMPILER_OPTIONS, files: ['typed.ts'] }),
  )
  stack = await startTestStack()
}, 300_000)
afterAll(async () => {
  await stack?.stop()
  if (project) await rm(project, { recursive: true, force: true })
})

/** What an integrator's process has in its environment, and nothing of this one. */
function environment(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const { PATH = '', HOME = '' } = process.env
  return { PATH, HOME, ...more }
}

async function node(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  const { stdout } = await execute(process.execPath, args, { cwd: project, env: environment(env), maxBuffer: 1 << 26 })
  return stdout
}

describe('the tarball, installed into an empty project', () => {
  it.each(RAILS)(
    'takes a sender of %s to COMPLETED, as client and as worker, and the client loads neither native worker nor sandbox',
    async (rail) => {
      const worker = startProcess({
        name: 'packed worker',
        command: process.execPath,
        args: [
          '--input-type=module',
          '-e',
          `import { runWorker } from 'sender-onboarding/worker'; process.exitCode = await runWorker(process.env)`,
        ],
        cwd: project,
        env: {
          NODE_OPTIONS: undefined,
          TEMPORAL_ADDRESS: stack.local.temporal.address,
          ONBOARDING_ENVIRONMENT: 'sandbox',
          ONBOARDING_TENANTS_FILE: stack.local.tenantsFile,
          ONBOARDING_SEALING_KEYS_FILE: join(stack.folder, 'keys', 'sealing-keys.json'),
          ONBOARDING_ID_KEY_FILE: join(stack.folder, 'keys', 'id-key'),
          ONBOARDING_CODEC_KEYS_FILE: join(stack.folder, 'keys', 'codec-keys.json'),
          ONBOARDING_TASK_QUEUE: QUEUE,
        },
      })
      try {
        await worker.waitForLine(/"worker":"ready"/)
        const person = newPerson()
        const loaded = join(project, `loaded-${rail}`)
        const given = { rail, sandboxUrl: stack.local.sandboxUrl, userCode: USER_CODE, ...person }
        const env = { ...stack.local.clientEnv, ONBOARDING_TASK_QUEUE: QUEUE, LOADED: loaded }
        const said = await node(['--import', './spy.mjs', 'service.mjs', JSON.stringify(given)], env)
        const { workflowId, ...end } = JSON.parse(said) as { workflowId: string }
        expect(end).toEqual({ state: 'COMPLETED', capability: 'full' })
        expect(steps(await stack.sandbox.ledger(person.mobile))).toEqual(ALL_STEPS_ONCE)
        expect(await stack.sandbox.sender(rail, person.mobile)).toMatchObject({ stage: 'ACTIVE' })

        const modules = (await readFile(loaded, 'utf8')).split('\n')
        expect(modules.some((name) => name.endsWith('sender-onboarding/dist/client/client.js'))).toBe(true)
        expect(modules.some((name) => /@temporalio\/client\//.test(name))).toBe(true)
        expect(modules.filter((name) => FOREIGN.some((pattern) => pattern.test(name)))).toEqual([])

        const status = await execute(
          join(project, 'node_modules', '.bin', 'onboard'),
          ['status', '--id', workflowId, '--json'],
          { cwd: project, env: environment(env) },
        )
        expect(JSON.parse(status.stdout)).toMatchObject({ state: 'COMPLETED', rail })
      } finally {
        await worker.stop()
      }
    },
    180_000,
  )

  it('what must not be loaded by the client would be seen', async () => {
    const loaded = join(project, 'loaded-worker')
    await node(['--import', './spy.mjs', '--input-type=module', '-e', `await import('sender-onboarding/worker')`], {
      LOADED: loaded,
    })
    const modules = (await readFile(loaded, 'utf8')).split('\n')
    for (const pattern of FOREIGN) expect(modules.some((name) => pattern.test(name))).toBe(true)
  })

  it('has a worker and a sandbox that can be imported, and the sandbox answers', async () => {
    const said = await node([
      '--input-type=module',
      '-e',
      `import { startSandbox } from 'sender-onboarding/sandbox'
       import * as worker from 'sender-onboarding/worker'
       const sandbox = await startSandbox({ port: 0 })
       const ledger = await (await fetch(sandbox.url + '/ledger')).json()
       await sandbox.close()
       console.log(JSON.stringify({ worker: Object.keys(worker), calls: ledger.calls }))`,
    ])
    expect(JSON.parse(said)).toEqual({ worker: expect.arrayContaining(['runWorker', 'startWorker']), calls: [] })
  })

  it('has types that a strict program compiles with, and that refuse what is wrong', async () => {
    const tsc = await node([binOf(ROOT, 'typescript', 'tsc'), '-p', 'tsconfig.json']).catch(
      (error: { stdout?: unknown }) => String(error.stdout),
    )
    expect(tsc).toBe('')
  }, 120_000)
})
