import type { OnboardingClient } from '../../client.js'
import { OnboardingError } from '../../errors.js'
import { LOCAL_SETTINGS_FILE } from '../settings.js'
import type { Session } from '../session.js'
import type { Check } from './check.js'
import { checkKeys, checkTenantsFile } from './files.js'
import { checkEko, checkSignature } from './eko.js'
import { checkEagerDispatch } from './eager-dispatch.js'
import { checkNamespace, checkSearchAttributes, checkServerClock, checkWorkers } from './temporal.js'

export interface Given {
  readonly ekoUrl: string | undefined
  readonly tenantsFile: string | undefined
}

/** Looks at everything that a client can see, one after the other. Sends no credentials to anybody but Temporal. */
export async function runChecks(session: Session, { ekoUrl, tenantsFile }: Given): Promise<Check[]> {
  const checks: Check[] = [
    checkSettings(session),
    ...(await checkKeys(session.env)),
    await checkTenantsFile(tenantsFile, session.env['ONBOARDING_TENANT']),
    checkSignature(),
  ]
  const client = await connected(session)
  if ('verdict' in client) checks.push(client)
  else checks.push(...(await checkTemporal(client.client, session)))
  checks.push(...(await checkEko(ekoUrl)))
  return checks
}

function checkSettings({ env, local }: Session): Check {
  const name = 'Settings'
  const source = local.fromFile.length > 0 ? `; ${local.fromFile.length} of them from ${LOCAL_SETTINGS_FILE}` : ''
  const tenant = env['ONBOARDING_TENANT']
  if (tenant) return { name, verdict: 'ok', found: `tenant ${tenant}${source}` }
  const advice = `Set ONBOARDING_TENANT, or start the local stack, which writes ${LOCAL_SETTINGS_FILE}.`
  return { name, verdict: 'fail', found: 'ONBOARDING_TENANT is not set', advice }
}

async function connected(session: Session): Promise<{ client: OnboardingClient } | Check> {
  try {
    return { client: await session.client() }
  } catch (error) {
    if (!(error instanceof OnboardingError)) throw error
    const advice =
      error.code === 'NOT_CONFIGURED'
        ? 'Mend the settings above first.'
        : 'Start the server (`npm run dev` here), or correct TEMPORAL_ADDRESS and its credentials.'
    return { name: 'Temporal', verdict: 'fail', found: error.message, advice }
  }
}

async function checkTemporal(client: OnboardingClient, session: Session): Promise<Check[]> {
  const { taskQueue, deadlineMs } = await session.settings()
  const { connection, options } = client.temporal
  const view = { client: client.temporal, connection, namespace: options.namespace, taskQueue }
  return connection.withDeadline(Date.now() + Math.max(deadlineMs, 10_000), async () => {
    const info = await connection.workflowService.getSystemInfo({})
    const version = info.serverVersion ?? 'unknown'
    return [
      { name: 'Temporal', verdict: 'ok', found: `server ${version}` },
      await checkNamespace(view),
      await checkSearchAttributes(view),
      ...(await checkWorkers(view)),
      await checkServerClock(view),
      await checkEagerDispatch(view, version),
    ]
  })
}
