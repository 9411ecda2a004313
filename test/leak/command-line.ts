import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { runCli } from '../../client/cli/run.js'
import type { Rail } from '../../client/index.js'
import { KEY_FILES } from '../../secrets/index.js'
import { runProgram } from '../support/program.js'
import { learnKeys } from './leak-stack.js'
import type { Play } from './play.js'
import { SETTINGS_NOT_USED, TENANTS, userCodeOf } from './settings.js'

/** Everything that `onboard` and Temporal’s own tool printed in a run. */
export class CommandLine {
  readonly printed: string[] = []

  constructor(private readonly play: Play) {}

  /** Runs one command; `lines` are typed when it asks. Answers its exit code. */
  async onboard(args: readonly string[], ...lines: readonly string[]): Promise<number | null> {
    const { folder, temporary } = this.play.stack
    const [stdout, stderr] = [new PassThrough(), new PassThrough()]
    const said = Promise.all([text(stdout), text(stderr)])
    const code = await runCli({
      ...{ argv: args, folder, stdout, stderr, stdin: Readable.from(lines.map((line) => Buffer.from(`${line}\n`))) },
      env: { TMPDIR: temporary, ...SETTINGS_NOT_USED },
    })
    stdout.end()
    stderr.end()
    this.printed.push(...(await said))
    return code
  }

  /** The same as a process of its own, built as the workers are. */
  async #process(args: readonly string[], ...lines: readonly string[]): Promise<void> {
    const { build, folder, temporary } = this.play.stack
    const { PATH = '' } = process.env
    const { out, err } = await runProgram(process.execPath, [build.program('client/cli/main'), ...args], {
      cwd: folder,
      env: { PATH, HOME: folder, TMPDIR: temporary, ...SETTINGS_NOT_USED },
      input: lines.map((line) => `${line}\n`).join(''),
    })
    this.printed.push(out, err)
  }

  /** A journey from its start to its end, with mistakes on the way, and every command that shows something of it. */
  async journey(rail: Rail): Promise<void> {
    const { play } = this
    const { client, canaries } = play.stack
    const facts = await play.person(rail)
    const { mobile, aadhaar, pan, details } = facts
    const of = ['--rail', rail, '--mobile', '-']
    const step = async (command: string, ...lines: string[]): Promise<void> => {
      const code = await this.onboard([command, ...of], mobile, ...lines)
      if (code !== 0)
        throw new Error(`onboard ${command} ended with ${String(code)}: ${this.printed.slice(-2).join('')}`)
    }
    const starting = ['start', '--user-code', userCodeOf(TENANTS.main), ...of]
    await this.onboard(starting, mobile)
    await this.onboard(['details', ...of, '--from', '-'], `${mobile}`, JSON.stringify(details))
    const id = client.journeyId({ rail, mobile })
    const { residenceAddress, name, dob } = details
    await this.onboard(['details', '--id', id, '--name', name, '--dob', dob, '--address', residenceAddress.join(';')])
    const journey = play.journeyOf(rail, facts, client.handle(id))
    await play.walkTo(journey, 'ENTER_SENDER_OTP')
    await this.onboard(['otp', ...of], mobile, `${aadhaar}x`)
    await this.onboard(['otp', ...of], mobile, canaries.codes.SENDER.wrong)
    await this.#process(['pan', ...of, '--json'], mobile, `${pan}${aadhaar}`)
    await step('otp', await play.stack.sandbox.latestCode(mobile, 'SENDER'))
    await step('consent')
    await this.onboard(['aadhaar', ...of, '--consent-accepted'], mobile, `${aadhaar}0`)
    if ((await this.onboard(['aadhaar', ...of, '--consent-accepted'], mobile, aadhaar)) !== 0)
      throw new Error(`onboard aadhaar failed: ${this.printed.slice(-2).join('')}`)
    await this.#process(['status', '--id', id, '--json'])
    await this.onboard(['explain', '--id', id])
    await step('aadhaar-otp', await play.stack.sandbox.latestCode(mobile, 'AADHAAR'))
    await step('pan', pan)
    await this.#look(id, of, facts)
    await this.#keys(rail)
    await this.erase(id, 'leak test')
  }

  async #look(id: string, of: readonly string[], facts: { readonly mobile: string; readonly aadhaar: string }) {
    const { mobile, aadhaar } = facts
    const { right } = this.play.stack.canaries.codes.SENDER
    for (const command of [['status'], ['status', '--json'], ['explain'], ['explain', '--json']]) {
      await this.onboard([...command, '--id', id])
    }
    for (const command of [['list'], ['list', '--json'], ['incidents'], ['incidents', '--json'], ['doctor']]) {
      await this.onboard(command)
    }
    await this.onboard(['find', '--mobile', '-'], mobile)
    await this.onboard(['id', '--rail', 'levin', '--mobile', '-', '--json'], mobile)
    await this.onboard(['seal', '--field', 'aadhaar', '--id', id], aadhaar)
    await this.onboard(['seal', '--field', 'pan', '--id', id, '--json'], aadhaar)
    await this.onboard(['seal', '--field', 'otp', ...of], mobile, right)
    await this.onboard(['sign', '--json'])
    await this.onboard(['otp', '--id', id], right)
    await this.onboard(['transaction-otp', '--help'])
    await this.onboard(['consent', 'export', id])
  }

  /** A deployment's keys through their whole life, in a folder of their own; each of them is searched for. */
  async #keys(rail: Rail): Promise<void> {
    const { canaries, local } = this.play.stack
    const folder = join(local, 'keys', `spare-${rail}`)
    const keys = async (action: string, ...args: string[]): Promise<void> => {
      const code = await this.onboard(['keys', action, '--folder', folder, ...args])
      if (code !== 0) throw new Error(`onboard keys ${action} ended with ${String(code)}: ${this.printed.at(-1) ?? ''}`)
      if (action !== 'destroy') await learnKeys(folder, canaries)
    }
    await keys('generate')
    await keys('generate', '--kind', 'codec', '--json')
    await keys('rotate', '--now')
    await keys('rotate', '--kind', 'codec')
    await keys('publish', '--to', join(local, `published-${rail}.json`), '--json')
    for (const json of [[], ['--json']]) await keys('list', ...json)
    const kids = async (file: string): Promise<string[]> => {
      const { keys: all } = JSON.parse(await readFile(join(folder, file), 'utf8')) as { keys: { kid: string }[] }
      return all.map(({ kid }) => kid)
    }
    await keys('destroy', '--kid', (await kids(KEY_FILES.sealing)).at(-1) ?? '')
    // Has only just been retired, so it is refused.
    const codec = (await kids(KEY_FILES.codec)).at(-1) ?? ''
    await this.onboard(['keys', 'destroy', '--folder', folder, '--kind', 'codec', '--kid', codec])
  }

  /** What is kept of an erased journey is among the files that are searched. */
  async erase(id: string, reason: string, actor = 'op-1'): Promise<void> {
    const code = await this.onboard(['erase', '--id', id, '--reason', reason, '--actor', actor, '--json'])
    if (code !== 0) throw new Error(`onboard erase ended with ${String(code)}: ${this.printed.slice(-2).join('')}`)
  }
}
