import { runChecks } from '../doctor/checks.js'
import { type CommandContext, withDeadline } from '../command.js'
import type { Answer } from '../run.js'
import type { CommonOptions, Session } from '../session.js'
import { table } from '../text.js'

interface DoctorFlags extends CommonOptions {
  readonly ekoUrl?: string
  readonly tenantsFile?: string
}

export function addDoctorCommand({ add, run }: CommandContext): void {
  withDeadline(
    add('doctor', 'Check settings, keys, Temporal, workers, signature, clock; say what to do', [
      'onboard doctor',
      'onboard doctor --eko-url http://127.0.0.1:4010/ekoapi/v3',
    ]),
  )
    .option('--eko-url <url>', 'base URL to reach, without credentials (default: ONBOARDING_EKO_BASE_URL)')
    .option('--tenants-file <file>', 'the workers’ tenants file (default: ONBOARDING_TENANTS_FILE)')
    .action(run(doctor))
}

async function doctor(session: Session, flags: DoctorFlags): Promise<Answer> {
  const checks = await runChecks(session, {
    ekoUrl: flags.ekoUrl ?? session.env['ONBOARDING_EKO_BASE_URL'],
    tenantsFile: flags.tenantsFile ?? session.env['ONBOARDING_TENANTS_FILE'],
  })
  const healthy = checks.every(({ verdict }) => verdict !== 'fail')
  const lines = table(checks.map(({ name, verdict, found }) => [verdict.toUpperCase(), name, found]))
  const advice = checks.filter((check) => check.advice !== undefined && check.verdict !== 'ok')
  return {
    json: { healthy, checks },
    lines: [
      ...lines,
      ...(advice.length > 0 ? ['', 'What to do'] : []),
      ...advice.map(({ name, advice }) => `  ${name}: ${advice}`),
    ],
    done: healthy,
  }
}
