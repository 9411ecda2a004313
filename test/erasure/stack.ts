import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ConnectOptions, OnboardingClient } from '../../client/index.js'
import { ensureKeysFolder, KEY_FILES } from '../../secrets/index.js'
import { entryPoint } from '../../stack/entry-point.js'
import { LOCAL_TENANTS, writeLocalTenants } from '../../stack/local-tenants.js'
import { type ManagedProcess, startProcess } from '../../stack/processes.js'
import { SandboxControl } from '../../stack/sandbox-control.js'
import { findTemporalCli, startTemporalServer } from '../../stack/temporal-server.js'
import { isBuildFresh } from '../support/fresh-build.js'
import type { TestStack } from '../support/test-stack.js'

/**
 * Temporal deletes a closed run when its queues have noted that it closed, every 30 s: too long for tests that erase what
 * ended just now. Only that note is taken sooner here.
 */
const NOTES_SOON = {
  'history.transferProcessorUpdateAckInterval': '"50ms"',
  'history.visibilityProcessorUpdateAckInterval': '"50ms"',
}

/** As `startTestStack`, with a server that deletes soon. */
export async function startErasureStack(): Promise<TestStack> {
  const folder = await mkdtemp(join(tmpdir(), 'erasure-'))
  const started: { stop(): Promise<void> }[] = []
  const stop = async (): Promise<void> => {
    for (const part of started.splice(0).reverse()) await part.stop()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const keys = join(folder, 'keys')
    await ensureKeysFolder(keys)
    const cli = await findTemporalCli(() => undefined)
    const temporal = await startTemporalServer({
      ...{ cliPath: cli.path, usualPorts: false, headless: true, dynamicConfig: NOTES_SOON },
    })
    started.push(temporal)
    const sandbox = startProcess({ name: 'sandbox', ...withArgs('sandbox/main', '--json-ready', '--port', '0') })
    started.push(sandbox)
    const [line] = await sandbox.waitForLine(/^\{"sandbox":"ready".*\}$/)
    const { url: sandboxUrl, ekoBaseUrl } = JSON.parse(line) as { url: string; ekoBaseUrl: string }
    const tenantsFile = join(folder, 'tenants.json')
    await writeLocalTenants(tenantsFile, ekoBaseUrl)
    const common = {
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: temporal.namespace,
      ONBOARDING_ENVIRONMENT: 'sandbox',
      ONBOARDING_ID_KEY_FILE: join(keys, KEY_FILES.id),
      ONBOARDING_CODEC_KEYS_FILE: join(keys, KEY_FILES.codec),
    }
    const clientEnv = {
      ...common,
      ONBOARDING_TENANT: LOCAL_TENANTS[0],
      ONBOARDING_SEALING_PUBLIC_KEYS_FILE: join(keys, KEY_FILES.sealingPublic),
      ONBOARDING_STRICTNESS: 'format',
    }
    const startWorker = async (name: string, env: Readonly<Record<string, string>> = {}): Promise<ManagedProcess> => {
      const worker = startProcess({
        name,
        ...withArgs('worker/main'),
        env: {
          ...common,
          ONBOARDING_TENANTS_FILE: tenantsFile,
          ONBOARDING_SEALING_KEYS_FILE: join(keys, KEY_FILES.sealing),
          ONBOARDING_STICKY_TIMEOUT_MS: '500',
          ...env,
        },
      })
      started.push(worker)
      await worker.waitForLine(/"worker":"ready"/)
      return worker
    }
    const worker = await startWorker('worker')
    const connect = async (overrides: Partial<ConnectOptions> = {}): Promise<OnboardingClient> => {
      const client = await OnboardingClient.fromEnvironment({
        ...{ env: clientEnv, actor: { type: 'service', id: 'test' }, deadlineMs: 30_000 },
        ...overrides,
      })
      started.push({ stop: () => client.close() })
      return client
    }
    const local = {
      ...{ temporal, sandboxUrl, sandbox, worker, codecServer: undefined, clientEnv, tenantsFile, startWorker, stop },
    }
    return { local, folder, sandbox: new SandboxControl(sandboxUrl), client: await connect(), connect, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function withArgs(entry: 'sandbox/main' | 'worker/main', ...more: string[]): { command: string; args: string[] } {
  const { command, args } = entryPoint(entry, isBuildFresh())
  return { command, args: [...args, ...more] }
}
