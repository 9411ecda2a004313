import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker'
import type { ReplayReport } from '../../client/replay.js'
import { CONVERTER_PATHS } from '../../secrets/index.js'
import { REPLAYED_TYPES, type ReplayReport as WorkerReport } from '../../worker/replay.js'
import { type CliRun, runHere } from '../client/support.js'
import { ROOT } from '../support/fresh-build.js'
import { startJourney, until, walkTo } from '../support/journeys.js'
import { startTestStack, type TestStack } from '../support/test-stack.js'

/** The deploy gate, on a namespace with journeys that have ended and journeys under way. */

const JOURNEYS = `WorkflowType = 'senderOnboarding'`

let stack: TestStack
let finished: string
let open: string
let untouched: string
/** Bundles of candidates: one like the sources, one in which a journey waits a second before it begins. */
let same: string
let changed: string
beforeAll(async () => {
  stack = await startTestStack()
  const first = await startJourney(stack, 'digikhata')
  expect((await first.person.finish(first.view)).state).toBe('COMPLETED')
  finished = first.handle.workflowId
  const second = await startJourney(stack, 'levin')
  await walkTo(second, 'ENTER_AADHAAR_OTP')
  open = second.handle.workflowId
  // Nobody polls its queue, so nothing was decided in it.
  const { workflow } = stack.client.temporal
  untouched = 'not-begun'
  await workflow.start('senderOnboarding', { workflowId: untouched, taskQueue: 'nobody', args: [{}] })
  same = await candidate('same', 'return before(input)')
  changed = await candidate('changed', `await sleep('1 second'); return before(input)`)
  const listed = async (): Promise<number> => (await workflow.count(JOURNEYS)).count
  await until(async () => (await listed()) === 3, 'all three are listed')
}, 180_000)
afterAll(() => stack?.stop())

function onboard(...args: string[]): Promise<CliRun> {
  return runHere(['replay', ...args], { env: stack.local.clientEnv })
}

/** The report, as the worker's side and the client's side both name it. */
async function replay(...args: string[]): Promise<ReplayReport & WorkerReport & { passed: boolean }> {
  const { stdout } = await onboard(...args, '--json')
  return JSON.parse(stdout) as ReplayReport & WorkerReport & { passed: boolean }
}

/** A candidate: today's workflows with this in place of a journey, as a bundle. */
async function candidate(name: string, senderOnboarding: string): Promise<string> {
  const folder = join(stack.folder, name)
  await mkdir(folder)
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  const workflows = join(ROOT, 'workflows')
  await writeFile(
    join(folder, 'index.ts'),
    `import { sleep } from '@temporalio/workflow'
     import { senderOnboarding as before } from ${JSON.stringify(join(workflows, 'sender-onboarding.js'))}
     export * from ${JSON.stringify(join(workflows, 'index.js'))}
     export async function senderOnboarding(input: Parameters<typeof before>[0]): Promise<unknown> {
       ${senderOnboarding}
     }`,
  )
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(folder, 'index.ts'),
    workflowInterceptorModules: [join(workflows, 'interceptors.ts')],
    ...CONVERTER_PATHS,
    logger: new DefaultLogger('WARN'),
  })
  const path = join(folder, 'bundle.js')
  await writeFile(path, code)
  return path
}

describe('onboard replay', () => {
  it('passes where every journey under way goes as it went', async () => {
    const { code, stdout } = await onboard()
    // Beside the journeys there are the workflows that keep limits.
    expect(stdout).toMatch(/^\d+ replayed, 0 failed, 1 skipped \(not begun, or removed\)$/m)
    expect(stdout).toMatch(/^\d+ runs match, all taken$/m)
    expect(stdout).toContain('candidate sources')
    expect(code).toBe(0)
    expect(await replay('--query', JOURNEYS)).toMatchObject({ matched: 3, replayed: 2, failed: 0, skipped: 1 })
  })

  it('asks, unless told otherwise, for what a deploy can break: runs of every type that have not ended', async () => {
    const report = await replay('--bundle', changed)
    expect(report).toMatchObject({ passed: false, failed: 1, skipped: 1 })
    expect(report.failures.map(({ workflowId }) => workflowId)).toEqual([open])
    expect(report.query).toContain(`ExecutionStatus = 'Running'`)
    for (const type of REPLAYED_TYPES) expect(report.query).toContain(`'${type}'`)
    const { workflow } = stack.client.temporal
    expect(report.matched).toBe((await workflow.count(`ExecutionStatus = 'Running'`)).count)
    expect((await workflow.count(`ExecutionStatus != 'Running'`)).count).toBeGreaterThan(0)
  })

  it('fails with 1 where the candidate would go another way, and names every such journey', async () => {
    const { code, stdout } = await onboard('--bundle', changed, '--query', JOURNEYS)
    expect(code).toBe(1)
    for (const id of [finished, open]) expect(stdout).toContain(`FAILED  ${id}  run `)
    expect(stdout).not.toContain(untouched)
    expect(stdout).toMatch(/DeterminismViolationError: .*Nondeterminism/)
    expect(stdout).toMatch(/^\d+ replayed, 2 failed/m)

    const report = await replay('--bundle', changed, '--query', JOURNEYS)
    expect(report).toMatchObject({ passed: false, failed: 2, candidate: changed })
    const { runId } = await stack.client.handle(finished).describe()
    expect(report.failures).toContainEqual(expect.objectContaining({ workflowId: finished, runId }))
    // A bundle that was made in the same way, of journeys as they are, passes.
    expect(await replay('--bundle', same)).toMatchObject({ passed: true, failed: 0, failures: [] })
  })

  it('replays what the query names, no more than the limit, open ones first', async () => {
    const ended = await replay('--bundle', same, '--query', `${JOURNEYS} AND ExecutionStatus = 'Completed'`)
    expect(ended).toMatchObject({ replayed: 1, failed: 0, skipped: 0 })
    const query = `${JOURNEYS} AND WorkflowId != '${untouched}'`
    const limited = await replay('--bundle', changed, '--limit', '1', '--query', query)
    expect(limited).toMatchObject({ matched: 2, failed: 1, replayed: 0 })
    expect(limited.failures.map(({ workflowId }) => workflowId)).toEqual([open])
    const { stdout } = await onboard('--bundle', same, '--limit', '1', '--query', query)
    expect(stdout).toMatch(/^2 runs match; 1 taken, of each type and age\. To take more: --limit$/m)
  })

  it('fails where it has replayed nothing, or less than it must, and says why', async () => {
    const nothing = await onboard('--bundle', same, '--query', `WorkflowId = 'nowhere'`)
    expect(nothing.code).toBe(1)
    expect(nothing.stderr).toMatch(/^TOO_FEW_HISTORIES: 0 replayed, at least 1 .*No run in namespace \S+ matches/)
    const begunBy = await onboard('--bundle', same, '--query', `WorkflowId = '${untouched}'`)
    expect(begunBy.code).toBe(1)
    expect(begunBy.stderr).toMatch(/TOO_FEW_HISTORIES.* 1 match the query, of which 1 hold nothing to replay/)
    const few = await onboard('--bundle', same, '--query', JOURNEYS, '--at-least', '3', '--json')
    expect(few.code).toBe(1)
    expect(JSON.parse(few.stdout)).toMatchObject({
      error: {
        code: 'TOO_FEW_HISTORIES',
        details: { matched: 3, replayed: 2, skipped: 1, atLeast: 3, query: JOURNEYS },
      },
    })
  })

  it('passes a namespace in which nothing is under way only where it is told so, and says that nothing is proved', async () => {
    const told = await onboard('--bundle', same, '--query', `WorkflowId = 'nowhere'`, '--at-least', '0')
    expect(told.code).toBe(0)
    expect(told.stdout).toContain('nothing is proved')
  })

  it.each([
    [['--query', `Colour = 'red'`], /does not understand the query/],
    [['--bundle', '/nowhere/bundle.js'], /npm run build/],
    [['--limit', 'all'], /--limit/],
    [['--at-least', '-1'], /--at-least/],
    [['--at-least', '300'], /raise --limit/],
  ])('wrong use ends with 2: %j', async (args, said) => {
    const run = await onboard(...args)
    expect(run.code).toBe(2)
    expect(run.stderr).toMatch(said)
  })

  it('ends with 1 where Temporal is away, and with 2 where a setting is wrong', async () => {
    const away = { ...stack.local.clientEnv, TEMPORAL_ADDRESS: '127.0.0.1:1' }
    const unreachable = await runHere(['replay', '--json'], { env: away })
    expect(unreachable.code).toBe(1)
    expect(JSON.parse(unreachable.stdout)).toMatchObject({ error: { code: 'UNREACHABLE' } })
    const elsewhere = await runHere(['replay', '--json'], {
      env: { ...stack.local.clientEnv, TEMPORAL_NAMESPACE: 'nowhere' },
    })
    expect(elsewhere).toMatchObject({ code: 1, stdout: expect.stringContaining('nowhere') })
    const odd = await runHere(['replay', '--json'], { env: { ...stack.local.clientEnv, TEMPORAL_TLS: 'maybe' } })
    expect(odd.code).toBe(2)
    expect(JSON.parse(odd.stdout)).toMatchObject({ error: { code: 'NOT_CONFIGURED' } })
  })

  it('has every workflow that a worker registers among its types', async () => {
    const registered = await readFile(join(ROOT, 'workflows', 'index.ts'), 'utf8')
    const types = [...registered.matchAll(/export \{ (\w+) \}/g)].map(([, type = '']) => type)
    expect([...REPLAYED_TYPES].sort()).toEqual(types.sort())
  })
})
