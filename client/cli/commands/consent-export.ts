import { writeFile } from 'node:fs/promises'
import type { Command } from 'commander'
import type { ConsentExport } from '../../erasure/index.js'
import { withTarget } from '../command.js'
import { UsageError } from '../io.js'
import type { Answer, Runner } from '../run.js'
import type { Session, TargetOptions } from '../session.js'
import { withJourney } from './erase.js'

interface ExportFlags extends TargetOptions {
  readonly out?: string
}

/** `consent export`, under the command `consent`. */
export function addConsentExport(consent: Command, run: Runner): void {
  withTarget(consent.command('export'))
    .description('Print what proves a sender’s consent, masked, as JSON; also of closed and erased journeys')
    .argument('[journey]', 'its workflow id, instead of --id')
    .option('--json', 'on one line')
    .option('--tenant <name>', 'tenant, instead of ONBOARDING_TENANT')
    .option('--out <file>', 'write it into a new file, for its owner only')
    .action(run((session, flags: ExportFlags, [journey]) => exportConsent(session, flags, journey)))
}

async function exportConsent(session: Session, flags: ExportFlags, journey: string | undefined): Promise<Answer> {
  const workflowId = await session.targetId(withJourney(flags, journey))
  const exported = await (await session.client()).exportConsent(workflowId)
  const text = JSON.stringify(exported, null, 2)
  if (flags.out === undefined) return { json: exported, lines: [text] }
  await writeNew(flags.out, `${text}\n`)
  return { json: { workflowId, file: flags.out, ...counts(exported) }, lines: [told(exported, flags.out)] }
}

async function writeNew(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx', mode: 0o600 })
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException
    throw new UsageError(
      code === 'EEXIST' ? `${path} is there already. Name another file.` : `${path} cannot be written (${code}).`,
    )
  }
}

function counts({ journeys }: ConsentExport): { journeys: number; consents: number } {
  return { journeys: journeys.length, consents: journeys.reduce((sum, { consents }) => sum + consents.length, 0) }
}

function told(exported: ConsentExport, path: string): string {
  const { journeys, consents } = counts(exported)
  return `${consents} consents of ${journeys} journeys are in ${path}.`
}
