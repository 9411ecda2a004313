import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { findTemporalCli } from '../../stack/temporal-server.js'
import { startTestStack, type TestStack } from '../support/test-stack.js'
import { ALL_STEPS_ONCE, steps } from '../support/journeys.js'
import { newPerson } from '../support/people.js'
import type { NextAction } from '../../client/index.js'
import { codeBlocks, read, ROOT, section } from './support.js'

/** What the README shows is done here as it stands there, against a stack like the one of `npm run dev`. */

let stack: TestStack
/** Like a clone in which `npm run dev` is up. */
let clone: string
let path: string

beforeAll(async () => {
  stack = await startTestStack({ codecServer: true })
  clone = await mkdtemp(join(tmpdir(), 'clone-'))
  for (const name of ['package.json', 'node_modules', 'client', 'secrets', 'values'])
    await symlink(join(ROOT, name), join(clone, name))
  await symlink(stack.folder, join(clone, '.local'))
  const cli = await findTemporalCli(() => undefined)
  await symlink(cli.path, join(clone, 'temporal'))
  path = [clone, dirname(process.execPath), process.env['PATH'] ?? ''].join(':')
})
afterAll(async () => {
  await stack.stop()
  await rm(clone, { recursive: true, force: true })
})

const environment = (): NodeJS.ProcessEnv => ({ PATH: path, HOME: process.env['HOME'] ?? '', CI: '1' })

/** Runs a block of the README in bash, after those before it: variables and functions last. */
async function paste(block: string, typed = ''): Promise<string> {
  const state = join(clone, 'state.sh')
  const script = `touch ${state}; . ${state}\nset -e\n${block}\n{ declare -fp; declare -xp; echo "ID='$ID'"; } > ${state}`
  const bash = spawn('bash', ['-c', script], { cwd: clone, env: environment(), stdio: ['pipe', 'pipe', 'pipe'] })
  bash.stdin.end(`${typed}\n`)
  const [out, err, code] = await Promise.all([text(bash.stdout), text(bash.stderr), ended(bash)])
  if (code !== 0) throw new Error(`The block ended with ${code}:\n${block}\n${out}${err}`)
  return out
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once('close', resolve))
}

describe("the README's journey by Temporal's own command line tool", () => {
  it('comes to COMPLETED, pasted block by block', async () => {
    const part = section(await read('README.md'), '## Use it from any other language')
    const blocks = codeBlocks(part, 'sh')
    const mobile = /echo (\d{10}) \|/.exec(blocks.join('\n'))?.[1] ?? ''
    const number = /\d{12}/.exec(part)?.[0] ?? ''
    const pan = /[A-Z]{5}\d{4}[A-Z]/.exec(part)?.[0] ?? ''
    const handle = stack.client.handleOf({ rail: 'digikhata', mobile })
    const typed: Partial<Record<NextAction['do'], () => Promise<string>>> = {
      ENTER_SENDER_OTP: () => stack.sandbox.latestCode(mobile, 'SENDER'),
      ENTER_AADHAAR: () => Promise.resolve(number),
      ENTER_AADHAAR_OTP: () => stack.sandbox.latestCode(mobile, 'AADHAAR'),
      ENTER_PAN: () => Promise.resolve(pan),
    }
    await paste(blocks[0] ?? '')
    const asked = [...part.matchAll(/`(ENTER_\w+|REQUEST_CONSENT)`:|Here it is `(\w+)`/g)].map(
      ([, one, two]) => (one ?? two) as NextAction['do'],
    )
    expect(asked).toHaveLength(blocks.length - 2)
    for (const [at, wanted] of asked.entries()) {
      await handle.waitForNextAction(wanted)
      await paste(blocks[at + 1] ?? '', await typed[wanted]?.())
    }
    expect(await paste(blocks.at(-1) ?? '')).toContain('COMPLETED')
    expect(await handle.result()).toMatchObject({ state: 'COMPLETED', capability: 'full' })
    expect(steps(await stack.sandbox.ledger(mobile))).toEqual(ALL_STEPS_ONCE)
  }, 180_000)

  it('shows the next action by `next`, and an update answers at once', async () => {
    const part = section(await read('README.md'), '## Use it from any other language')
    const [first = ''] = codeBlocks(part, 'sh')
    const { mobile } = newPerson()
    expect(await paste(`${first.replaceAll(/\b6000000002\b/g, mobile)}\nsleep 1; next`)).toContain(
      'ENTER_SENDER_DETAILS',
    )
    const update = /`(temporal workflow update execute [^`]*)`/.exec(part)?.[1] ?? ''
    expect(update).not.toBe('')
    await expect(paste(update)).rejects.toThrow(/does not take this message in its state/)
  }, 60_000)
})

describe("the README's program", () => {
  it.each(['digikhata', 'levin'])(
    'takes a sender of %s to COMPLETED',
    async (rail) => {
      const [program = ''] = codeBlocks(await read('README.md'), 'ts')
      const file = join(clone, 'example.mts')
      const here = pathToFileURL(join(ROOT, 'client', 'index.ts')).href
      await writeFile(file, program.replace("'sender-onboarding'", `'${here}'`))
      const { mobile, aadhaar, pan, details } = newPerson()
      const answers: readonly (readonly [RegExp, () => Promise<string> | string])[] = [
        [/Name, as on the ID: $/, () => details.name],
        [/Date of birth .*: $/, () => details.dob],
        [/Address: $/, () => 'Pune'],
        [/Code from the SMS: $/, () => stack.sandbox.latestCode(mobile, 'SENDER')],
        [/Do you agree\?.*: $/, () => 'yes'],
        [/Aadhaar number: $/, () => aadhaar],
        [/Code from UIDAI: $/, () => stack.sandbox.latestCode(mobile, 'AADHAAR')],
        [/PAN: $/, () => pan],
      ]
      const child = spawn(process.execPath, ['--import', 'tsx', '--env-file=.local/onboard.env', file, rail, mobile], {
        cwd: clone,
        env: environment(),
      })
      let said = ''
      let unanswered = ''
      const answer = async (chunk: Buffer): Promise<void> => {
        said += chunk.toString()
        unanswered += chunk.toString()
        const found = answers.find(([question]) => question.test(unanswered))
        if (!found) return
        unanswered = ''
        child.stdin.write(`${await found[1]()}\n`)
      }
      child.stdout.on('data', (chunk: Buffer) => void answer(chunk).catch(() => child.kill()))
      const [err, code] = await Promise.all([text(child.stderr), ended(child)])
      expect({ code, err }).toEqual({ code: 0, err: '' })
      expect(said).toContain('The journey ended: COMPLETED, full')
      expect(steps(await stack.sandbox.ledger(mobile))).toEqual(ALL_STEPS_ONCE)
    },
    90_000,
  )
})
