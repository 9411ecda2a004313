import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ConnectOptions, OnboardingClient } from '../../client/index.js'
import { type LocalStack, startLocalStack } from '../../stack/local-stack.js'
import { SandboxControl } from '../../stack/sandbox-control.js'
import { isBuildFresh } from './fresh-build.js'

/** Short waits, so that what a test waits for comes soon. */
const TEST_WORKER_ENV = {
  ONBOARDING_EKO_TIMEOUT_MS: '2000',
  ONBOARDING_STICKY_TIMEOUT_MS: '500',
  ONBOARDING_BREAKER_OPEN_SECONDS: '1',
  ONBOARDING_INCIDENT_PROBE_SECONDS: '1',
}

export interface TestStackOptions {
  readonly dialect?: string
  readonly workerEnv?: Readonly<Record<string, string>>
  /** Default true. Without, payloads are written in plain, as before the codec. */
  readonly encrypted?: boolean
  /** Default false: Temporal's own tools show ciphertext. */
  readonly codecServer?: boolean
  /** Default false: Temporal has no Web UI. */
  readonly ui?: boolean
  /** Default false: the server keeps its data in memory. */
  readonly persistent?: boolean
}

/** The local stack as processes of their own in a folder of its own, and what a test needs beside it. */
export interface TestStack {
  readonly local: LocalStack
  readonly folder: string
  readonly sandbox: SandboxControl
  /** Of the tenant `acme`, unless overridden. */
  readonly client: OnboardingClient
  /** One more client; it is closed with the stack. */
  connect(overrides?: Partial<ConnectOptions>): Promise<OnboardingClient>
  /** Stops every process and removes the folder. */
  stop(): Promise<void>
}

export async function startTestStack(options: TestStackOptions = {}): Promise<TestStack> {
  const folder = await mkdtemp(join(tmpdir(), 'e2e-'))
  const clients: OnboardingClient[] = []
  let local: LocalStack | undefined
  const stop = async (): Promise<void> => {
    await Promise.all(clients.splice(0).map((client) => client.close()))
    await local?.stop()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const { persistent = false, encrypted = true, codecServer = false, ui = false, dialect } = options
    local = await startLocalStack({
      folder,
      persistent,
      encrypted,
      codecServer,
      ui,
      usualPorts: false,
      built: isBuildFresh(),
      report: () => undefined,
      ...(dialect !== undefined && { dialect }),
      workerEnv: { ...TEST_WORKER_ENV, ...options.workerEnv },
    })
    const { clientEnv, sandboxUrl } = local
    const connect = async (overrides: Partial<ConnectOptions> = {}): Promise<OnboardingClient> => {
      const client = await OnboardingClient.fromEnvironment({
        env: clientEnv,
        actor: { type: 'service', id: 'test' },
        deadlineMs: 30_000,
        ...overrides,
      })
      clients.push(client)
      return client
    }
    return { local, folder, sandbox: new SandboxControl(sandboxUrl), client: await connect(), connect, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
