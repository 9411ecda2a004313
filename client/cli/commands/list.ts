import { RAILS } from '../../../workflows/messages.js'
import type { ListFilter } from '../../list.js'
import { UsageError } from '../io.js'
import { type CommandContext, withDeadline } from '../command.js'
import type { Answer } from '../run.js'
import type { CommonOptions, Session } from '../session.js'
import { summaryLines } from '../text.js'

interface ListFlags extends CommonOptions {
  readonly kind?: string
  readonly state?: string
  readonly status?: string
  readonly rail?: string
  readonly limit?: string
}
interface FindFlags extends CommonOptions {
  readonly mobile?: string
  readonly clientRef?: string
}

/** `list` and `find`. */
export function addListCommands({ add, run }: CommandContext): void {
  withDeadline(
    add('list', 'List the tenant’s journeys, newest first', [
      'onboard list',
      'onboard list --state AADHAAR_OTP_REQUIRED --rail digikhata',
      'onboard list --status NEEDS_ATTENTION --json',
      'onboard list --kind transfer --status NEEDS_ATTENTION',
    ]),
  )
    .option('--kind <kind>', 'onboarding (default), transfer or recipients')
    .option('--state <state>', 'e.g. SENDER_OTP_REQUIRED, COMPLETED')
    .option('--status <status>', 'WAITING_FOR_USER, PARKED, NEEDS_ATTENTION or CLOSED')
    .option('--rail <rail>', 'digikhata or levin')
    .option('--limit <count>', 'at most this many (default: 50)')
    .action(run(list))

  withDeadline(
    add('find', 'Find a sender’s journeys by mobile, or the journey behind a client_ref_id', [
      'onboard find',
      'echo 9000000001 | onboard find --mobile -',
      'onboard find --client-ref 3fa85f64c10120',
    ]),
  )
    .option('--mobile <number>', 'asked for where it is left out or `-`')
    .option('--client-ref <ref>', 'a client_ref_id, as Eko’s support names it')
    .action(run(find))
}

async function list(session: Session, flags: ListFlags): Promise<Answer> {
  const { kind, state, status, rail, limit } = flags
  const filter = {
    ...(kind ? { kind: kind.toUpperCase() } : {}),
    ...(state ? { state: state.toUpperCase() } : {}),
    ...(status ? { status: status.toUpperCase() } : {}),
    ...(rail ? { rail } : {}),
    ...(limit ? { limit: Number(limit) } : {}),
  }
  const journeys = await (await session.client()).list(filter as ListFilter)
  return { json: { journeys }, lines: summaryLines(journeys) }
}

async function find(session: Session, { mobile, clientRef }: FindFlags): Promise<Answer> {
  if (mobile !== undefined && clientRef !== undefined) throw new UsageError('Give --mobile or --client-ref, not both.')
  const client = await session.client()
  if (clientRef !== undefined) {
    const journeys = await client.findByClientRef(clientRef)
    return { json: { journeys }, lines: summaryLines(journeys), done: journeys.length > 0 }
  }
  const number = await session.mobile(mobile)
  const journeys = []
  for (const rail of RAILS) {
    const description = await client
      .handleOf({ rail, mobile: number })
      .describe()
      .catch((error: { code?: string }) => {
        if (error.code === 'NOT_FOUND') return null
        throw error
      })
    if (description) journeys.push(description)
  }
  return { json: { journeys }, lines: summaryLines(journeys), done: journeys.length > 0 }
}
