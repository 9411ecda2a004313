import { OnboardingClient } from '../client.js'
import { type Environment, optionsFromEnvironment } from '../environment.js'
import { createSealFor } from '../messages.js'
import { requireIdKey, requireOwnJourney, senderJourneyId } from '../ids.js'
import { type OnboardingClientOptions, resolveOptions, type Settings } from '../options.js'
import type { JourneyHandle } from '../handle.js'
import { type Rail, RAILS } from '../../workflows/messages.js'
import type { SealedField, SecretField } from '../../values/index.js'
import { type Io, UsageError } from './io.js'
import type { CliSettings } from './settings.js'

/** Options that every command has. */
export interface CommonOptions {
  readonly json?: boolean
  readonly tenant?: string
  /** Seconds, as typed. */
  readonly deadline?: string
  readonly actor?: string
}

/** Options that say which journey. */
export interface TargetOptions extends CommonOptions {
  readonly id?: string
  readonly mobile?: string
  readonly rail?: string
}

/** Said wherever a mobile number is found among the arguments. */
export const SHELL_HISTORY_NOTE =
  'a mobile number among the arguments stays in the shell’s history. Use --mobile - to be asked.'

/** One run of one command: its settings, and the client once it is needed. */
export class Session {
  #client: OnboardingClient | undefined

  constructor(
    readonly io: Io,
    readonly local: CliSettings,
    /** How the person calls this program, e.g. `onboard` or `npm run -s onboard --`. */
    readonly program: string,
    readonly common: CommonOptions,
  ) {}

  get env(): Environment {
    const { tenant } = this.common
    return tenant ? { ...this.local.env, ONBOARDING_TENANT: tenant } : this.local.env
  }

  /** The client's options, from settings and flags; no connection is made. */
  async options(): Promise<OnboardingClientOptions> {
    const { deadline, actor = 'onboard-cli' } = this.common
    const options = await optionsFromEnvironment(this.env)
    const seconds = deadline === undefined ? undefined : Number(deadline)
    if (seconds !== undefined && !(seconds > 0 && seconds <= 86_400)) {
      throw new UsageError('--deadline must be a number of seconds, at most 86400.')
    }
    return {
      ...options,
      actor: { type: 'operator', id: actor, channel: 'cli' },
      ...(seconds === undefined ? {} : { deadlineMs: Math.round(seconds * 1_000) }),
    }
  }

  async settings(): Promise<Settings> {
    return resolveOptions(await this.options())
  }

  async client(): Promise<OnboardingClient> {
    this.#client ??= await OnboardingClient.connect({ ...(await this.options()), env: this.env })
    return this.#client
  }

  async close(): Promise<void> {
    this.io.close()
    await this.#client?.close()
  }

  /** The mobile as typed, or asked for where the flag is `-` or missing. */
  async mobile(flag: string | undefined): Promise<string> {
    if (flag === undefined || flag === '-') return this.io.ask('Mobile number of the sender')
    this.io.note(`Note: ${SHELL_HISTORY_NOTE}`)
    return flag
  }

  /** The workflow id that the target options name. Without a rail, both rails are looked at. */
  async targetId({ id, mobile, rail }: TargetOptions): Promise<string> {
    const { tenant, idKey } = await this.settings()
    if (id !== undefined) {
      requireOwnJourney(id, tenant)
      return id
    }
    const key = requireIdKey(idKey)
    const number = await this.mobile(mobile)
    if (rail !== undefined) return senderJourneyId(key, tenant, railOf(rail), number)
    const client = await this.client()
    const found: string[] = []
    for (const each of RAILS) {
      const candidate = senderJourneyId(key, tenant, each, number)
      if (await exists(client.handle(candidate))) found.push(candidate)
    }
    const [only, another] = found
    if (only === undefined) throw new UsageError('This sender has no journey on either rail. Start one with `start`.')
    if (another !== undefined) throw new UsageError('This sender has a journey on both rails. Say which with --rail.')
    return only
  }

  async target(options: TargetOptions): Promise<JourneyHandle> {
    const id = await this.targetId(options)
    return (await this.client()).handle(id)
  }

  /** Checks and seals without a server. */
  async seal(workflowId: string, field: SecretField, value: string): Promise<SealedField> {
    return createSealFor(await this.settings())(workflowId, field, value)
  }
}

export function railOf(text: string): Rail {
  const rail = RAILS.find((known) => known === text)
  if (rail) return rail
  throw new UsageError(`--rail must be one of ${RAILS.join(', ')}.`)
}

async function exists(handle: JourneyHandle): Promise<boolean> {
  return handle.describe().then(
    () => true,
    (error: { code?: string }) => {
      if (error.code === 'NOT_FOUND') return false
      throw error
    },
  )
}
