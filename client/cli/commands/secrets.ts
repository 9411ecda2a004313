import { sign } from '../../../activities/eko/signature.js'
import { withSecretFiles } from '../../../secrets/index.js'
import { SECRET_FIELDS, type SecretField } from '../../../values/index.js'
import { UsageError } from '../io.js'
import type { CommandContext } from '../command.js'
import type { Answer } from '../run.js'
import type { CommonOptions, Session, TargetOptions } from '../session.js'
import { requireIdKey, senderJourneyId } from '../../ids.js'
import { railOf } from '../session.js'

interface SignFlags extends CommonOptions {
  readonly accessKey?: string
  readonly timestamp?: string
}
interface IdFlags extends CommonOptions {
  readonly rail: string
  readonly mobile?: string
}
interface SealFlags extends TargetOptions {
  readonly field: string
}

/** Where an access key is taken from if it is not among the arguments. */
export const ACCESS_KEY_SETTING = 'ONBOARDING_ACCESS_KEY'
const ACCESS_KEY_FILE = `${ACCESS_KEY_SETTING}_FILE`

/** `id`, `seal` and `sign`: what a person needs beside Temporal's own CLI, or when Eko says 2484. No server is asked. */
export function addSecretCommands({ add, run }: CommandContext): void {
  add('id', 'Print the workflow id of a sender’s journey', [
    'onboard id --rail digikhata',
    'ID=$(echo 9000000001 | onboard id --rail digikhata --mobile -)',
  ])
    .requiredOption('--rail <rail>', 'digikhata or levin')
    .option('--mobile <number>', 'asked for where it is left out or `-`')
    .action(run(printId))

  add('seal', 'Check a secret and print it sealed for a journey, for a message sent by other means', [
    'onboard seal --field otp --id onboarding:digikhata:acme:…',
    'SEALED=$(echo 123456 | onboard seal --field otp --id "$ID")',
  ])
    .requiredOption('--field <field>', SECRET_FIELDS.join(', '))
    .option('--id <workflowId>', 'the journey')
    .option('--rail <rail>', 'the journey’s rail, instead of --id')
    .option('--mobile <number>', 'the journey’s sender, instead of --id; asked for first')
    .action(run(printSealed))

  add('sign', 'Print the `secret-key` header for an access key and a timestamp', [
    'onboard sign --timestamp 1700000000000',
    'pass show eko/access-key | onboard sign --timestamp 1700000000000',
    'onboard sign --access-key test-access-key-123 --timestamp 1700000000000',
  ])
    .option('--access-key <key>', `not advised for real keys; else ${ACCESS_KEY_SETTING} or …_FILE, else asked for`)
    .option('--timestamp <ms>', '`secret-key-timestamp`: milliseconds since 1970 (default: now)')
    .addHelpText(
      'after',
      '\nThe header is base64(HMAC-SHA256(timestamp, key = base64(access_key) as text)). Send exactly this timestamp\n' +
        'as `secret-key-timestamp`; Eko takes it for 2 minutes, and once.',
    )
    .action(run(printSignature))
}

async function printId(session: Session, { rail, mobile }: IdFlags): Promise<Answer> {
  const { tenant, idKey } = await session.settings()
  const key = requireIdKey(idKey)
  const workflowId = senderJourneyId(key, tenant, railOf(rail), await session.mobile(mobile))
  return { json: { workflowId }, lines: [workflowId] }
}

async function printSealed(session: Session, flags: SealFlags): Promise<Answer> {
  const field = fieldOf(flags.field)
  if (flags.id === undefined && flags.rail === undefined) throw new UsageError('Give --id, or --rail and the mobile.')
  const workflowId = await session.targetId(flags)
  const sealed = await session.seal(workflowId, field, await session.io.askSecret(`Value of ${field}`))
  return { json: { workflowId, field, sealed }, lines: [sealed] }
}

function fieldOf(text: string): SecretField {
  const field = SECRET_FIELDS.find((known) => known.toLowerCase() === text.toLowerCase())
  if (field) return field
  throw new UsageError(`--field must be one of ${SECRET_FIELDS.join(', ')}.`)
}

async function printSignature(session: Session, flags: SignFlags): Promise<Answer> {
  const timestamp = flags.timestamp ?? String(Date.now())
  if (!/^\d{13}$/.test(timestamp)) {
    throw new UsageError('--timestamp must be milliseconds since 1970: 13 digits. Eko refuses seconds.')
  }
  const { env, problems, warnings } = withSecretFiles(session.env, [ACCESS_KEY_SETTING])
  const problem = problems[ACCESS_KEY_FILE]
  if (problem !== undefined) throw new UsageError(`${ACCESS_KEY_FILE}: ${problem}.`)
  for (const warning of Object.values(warnings)) session.io.note(`Warning: ${ACCESS_KEY_FILE}: ${warning}`)
  const accessKey = flags.accessKey ?? env[ACCESS_KEY_SETTING] ?? (await session.io.askSecret('Access key'))
  if (accessKey === '') throw new UsageError('The access key must not be empty.')
  const secretKey = sign(accessKey, timestamp)
  if (flags.timestamp === undefined && !flags.json) session.io.note(`secret-key-timestamp: ${timestamp}`)
  return { json: { secretKey, timestamp }, lines: [secretKey] }
}
