import { join } from 'node:path'
import {
  addCodecKey,
  createFileKeyStore,
  destroyCodec,
  destroySealing,
  ensureKeysFolder,
  generateSealingKey,
  isRotationDue,
  KEY_FILES,
  KEY_KINDS,
  KeyFileError,
  type KeyKind,
  KeyRefusal,
  type KeySet,
  type KeyStore,
  LEAD_SECONDS,
  LONGEST_JOURNEY_SECONDS,
  publicSet,
  publishKeys,
  readIdKey,
  requirePublishTarget,
  requireRetired,
  rotateCodec,
  rotateSealing,
  usualLead,
  windowFrom,
} from '../../../secrets/index.js'
import { readRetention, sealedSecretsWarnings } from '../../erasure/index.js'
import { OnboardingError } from '../../errors.js'
import { UsageError } from '../io.js'
import type { CommandContext } from '../command.js'
import type { Answer } from '../run.js'
import type { CommonOptions, Session } from '../session.js'
import { keyLines, keyList, keyName } from './key-list.js'

interface KeyFlags extends CommonOptions {
  readonly kind?: string
  readonly folder?: string
  readonly kid?: string
  readonly to?: string
  readonly lead?: string
  readonly longestJourney?: string
  readonly now?: boolean
}

const ACTIONS = ['generate', 'rotate', 'list', 'publish', 'destroy'] as const

/** Longest lead and longest journey taken, in seconds. */
const MOST_SECONDS = 2_592_000

/** `keys`. */
export function addKeysCommand({ add, run }: CommandContext): void {
  add('keys', 'Generate, rotate, list, publish and destroy the keys of a deployment', [
    'onboard keys generate --folder keys',
    'onboard keys list --folder keys',
    'onboard keys rotate --folder keys',
    'onboard keys publish --folder keys --to /var/www/sealing-keys.public.json',
    'onboard keys destroy --folder keys --kid 4Yb…',
    'onboard keys generate --kind codec --folder keys',
    'onboard keys rotate --kind codec --folder keys',
    'onboard keys destroy --kind codec --folder keys --kid 7Qx…',
  ])
    .argument('<action>', ACTIONS.join(', '))
    .option('--kind <kind>', `${KEY_KINDS.join(' or ')} (default: sealing)`)
    .option('--folder <path>', 'the folder of the keys (default: the files that the settings name)')
    .option('--kid <id>', 'destroy: which key')
    .option('--to <path>', 'publish, rotate, destroy: where the public set is written, in place of an older one only')
    .option(
      '--lead <seconds>',
      `rotate: from making a sealing key to its first use (default: ${LEAD_SECONDS}; 0 where no key is sealed to meanwhile)`,
    )
    .option(
      '--longest-journey <seconds>',
      `generate, rotate: the longest journey of any tenant (default: ${LONGEST_JOURNEY_SECONDS})`,
    )
    .option('--now', 'rotate: although the newest sealing key is younger than a day')
    .addHelpText('after', ABOUT)
    .action(run(keys))
}

const ABOUT = `
generate makes what is missing in a folder: the id key, a codec key, a sealing key with times. With --kind codec it adds a
codec key that only decrypts until it is rotated to.
rotate is for a daily job: it makes a new sealing key where the newest has been used for a day, publishes the public set
and destroys keys whose journeys have all ended for a day. With --kind codec it lets the added key encrypt.
destroy takes a sealing key at any time: whoever is under way is asked again for what was sealed to it. A codec key is
refused as long as any run under way in the namespace holds something that was encrypted with it.`

async function keys(session: Session, flags: KeyFlags, [action]: readonly string[]): Promise<Answer> {
  try {
    const act = actionOf(action)
    refuseSealingFlags(flags)
    return await act(session, flags)
  } catch (error) {
    if (error instanceof KeyFileError) throw new UsageError(error.message)
    if (!(error instanceof KeyRefusal)) throw error
    const { code, message } = error
    return { json: { error: { code, message } }, lines: [`${code}: ${message}`], done: false }
  }
}

function actionOf(name: string | undefined): (session: Session, flags: KeyFlags) => Promise<Answer> {
  switch (ACTIONS.find((known) => known === name)) {
    case 'generate':
      return generate
    case 'rotate':
      return rotate
    case 'list':
      return list
    case 'publish':
      return publish
    case 'destroy':
      return destroy
    case undefined:
      throw new UsageError(`What to do with keys must be one of ${ACTIONS.join(', ')}.`)
  }
}

/** What says something of sealing keys only, as the flag is written. */
const SEALING_ONLY = { to: '--to', lead: '--lead', longestJourney: '--longest-journey', now: '--now' } as const

/** A flag that has no effect was meant to have one. */
function refuseSealingFlags(flags: KeyFlags): void {
  if (flags.kind === undefined || kindOf(flags) === 'sealing') return
  const names = Object.keys(SEALING_ONLY) as (keyof typeof SEALING_ONLY)[]
  const given = names.filter((name) => flags[name] !== undefined).map((name) => SEALING_ONLY[name])
  if (given.length > 0) throw new UsageError(`${given.join(', ')}: of sealing keys only, not with --kind codec.`)
}

async function generate(session: Session, flags: KeyFlags): Promise<Answer> {
  if (kindOf(flags) === 'codec') {
    const { store, paths } = filesOf(session, flags)
    if (paths.id === undefined)
      throw new UsageError('Give --folder, or set ONBOARDING_ID_KEY_FILE: the key’s id carries its mark.')
    const idKey = await readIdKey(paths.id)
    const ring = await store.change('codec', (before) => addCodecKey(before, idKey))
    const kid = ring.keys.at(-1)?.kid ?? ''
    return {
      json: { generated: kid },
      lines: [`${kid}: bring the file to all workers, clients and codec servers, restart them, then rotate.`],
    }
  }
  if (flags.folder === undefined) throw new UsageError('Say where the keys go: --folder <path>.')
  const window = windowFrom({ now: Date.now(), longestJourney: longestJourneyOf(flags) })
  const { created } = await ensureKeysFolder(flags.folder, window)
  return {
    json: { created },
    lines:
      created.length > 0 ? created.map((file) => `made ${join(flags.folder ?? '', file)}`) : ['Nothing was missing.'],
  }
}

async function rotate(session: Session, flags: KeyFlags): Promise<Answer> {
  const { store, paths, secret } = filesOf(session, flags)
  const now = Date.now()
  if (kindOf(flags) === 'codec') {
    const ring = await store.change('codec', (before) => rotateCodec(before, now))
    const kid = ring.keys[0]?.kid ?? ''
    return {
      json: { active: kid },
      lines: [`${kid} encrypts from now on, in every process that is started with this file.`],
    }
  }
  const to = flags.to ?? paths.sealingPublic
  if (to === undefined)
    throw new UsageError(
      'Say where the public set goes: --to <path>, --folder, or ONBOARDING_SEALING_PUBLIC_KEYS_FILE.',
    )
  const longestJourney = longestJourneyOf(flags)
  await requirePublishTarget(to, secret)
  const before = await store.read('sealing')
  const wanted = flags.now === true || isRotationDue(before, now)
  const lead = seconds('--lead', flags.lead, usualLead(before, now))
  const fresh = wanted
    ? (await generateSealingKey(windowFrom({ now, lead, longestJourney }))).privateKeys.keys[0]
    : undefined
  let destroyed: readonly string[] = []
  const set = await store.change('sealing', (current) => {
    const rotated = rotateSealing(current, fresh ?? null, now, longestJourney)
    destroyed = rotated.destroyed
    return rotated.set
  })
  await publishChanged(to, set, secret)
  const warnings = await clockWarnings(session, set, now)
  for (const warning of warnings) session.io.note(`Warning: ${warning}`)
  return {
    json: { made: fresh?.kid ?? null, destroyed, published: to, warnings },
    lines: [
      fresh ? `made ${keyName(fresh)}` : 'The newest key is younger than a day: none was made.',
      ...destroyed.map((kid) => `destroyed ${kid}: the journeys that could use it have ended`),
      `published ${to}`,
    ],
  }
}

/** Where the retention file is named here: whether the keys keep its clock. They rotate in any case. */
async function clockWarnings({ env }: Session, set: KeySet, now: number): Promise<string[]> {
  const path = env['ONBOARDING_RETENTION_FILE']?.trim()
  if (!path) return []
  try {
    return sealedSecretsWarnings(await readRetention(path), set, now)
  } catch (error) {
    if (!(error instanceof OnboardingError)) throw error
    return [error.message]
  }
}

async function list(session: Session, flags: KeyFlags): Promise<Answer> {
  const { store, paths } = filesOf(session, flags)
  const wanted = KEY_KINDS.filter(
    (kind) => paths[kind] !== undefined && (flags.kind === undefined || kind === kindOf(flags)),
  )
  if (wanted.length === 0)
    throw new UsageError('No file of keys is named. Give --folder, or set ONBOARDING_…_KEYS_FILE.')
  const listed = await keyList(store, wanted, Date.now())
  return { json: { keys: listed }, lines: keyLines(listed) }
}

async function publish(session: Session, flags: KeyFlags): Promise<Answer> {
  if (kindOf(flags) === 'codec') throw new UsageError('Codec keys are secret: there is nothing to publish.')
  const { store, paths, secret } = filesOf(session, flags)
  const to = flags.to ?? paths.sealingPublic
  if (to === undefined) throw new UsageError('Say where the public set goes: --to <path>.')
  const set = publicSet(await store.read('sealing'))
  await publishKeys(to, set, secret)
  return { json: { published: to, keys: set.keys.length }, lines: [`published ${to}: ${set.keys.length} keys`] }
}

async function destroy(session: Session, flags: KeyFlags): Promise<Answer> {
  const { kid } = flags
  if (kid === undefined) throw new UsageError('Say which key: --kid <id>. See: onboard keys list')
  const { store, paths, secret } = filesOf(session, flags)
  const now = Date.now()
  if (kindOf(flags) === 'sealing') {
    const to = flags.to ?? paths.sealingPublic
    if (to !== undefined) await requirePublishTarget(to, secret)
    const set = await store.change('sealing', (before) => destroySealing(before, kid, now))
    if (to !== undefined) await publishChanged(to, set, secret)
    return {
      json: { destroyed: kid, published: to ?? null },
      lines: [
        `destroyed ${kid}: what was sealed to it cannot be opened any more.`,
        'Journeys under way ask again for what they need of it. Remove its copies, too: backups, other hosts.',
      ],
    }
  }
  requireRetired(await store.read('codec'), kid, now)
  const { runs } = await requireUnused(session, kid)
  await store.change('codec', (before) => destroyCodec(before, kid, now))
  return {
    json: { destroyed: kid, runs },
    lines: [
      `destroyed ${kid}: none of ${runs} runs under way uses it. What closed journeys wrote with it cannot be read any more.`,
      'Bring the file to all workers, clients and codec servers, and restart them. Remove the key’s copies, too.',
    ],
  }
}

/** Publishes what has been changed already: whoever is told that it failed must know that the keys did change. */
async function publishChanged(to: string, set: KeySet, secret: readonly string[]): Promise<void> {
  try {
    await publishKeys(to, publicSet(set), secret)
  } catch (error) {
    if (!(error instanceof KeyFileError)) throw error
    throw new KeyRefusal(
      'NOT_PUBLISHED',
      `The keys have changed, but their public set was not written: ${error.message} Then: onboard keys publish --to …`,
    )
  }
}

async function requireUnused(session: Session, kid: string): Promise<{ runs: number }> {
  const { runs, usedBy, more } = await (await session.client()).usesOfCodecKey(kid)
  if (usedBy.length === 0) return { runs }
  const named = usedBy.map(({ workflowId }) => workflowId)
  throw new KeyRefusal(
    'KEY_IN_USE',
    `${kid} is needed by ${more ? 'at least ' : ''}${named.length} runs under way, which could not go on without it: ` +
      `${named.join(', ')}. Wait until they have ended, or cancel them.`,
  )
}

interface KeyFilesNamed {
  readonly store: KeyStore
  readonly paths: { readonly [Name in 'sealing' | 'sealingPublic' | 'codec' | 'id']: string | undefined }
  /** Every file that may hold a key of this deployment: no public set goes there. */
  readonly secret: readonly string[]
}

function filesOf({ env }: Session, { folder }: KeyFlags): KeyFilesNamed {
  const named = (setting: string): string | undefined => env[setting]?.trim() || undefined
  const bySetting = {
    sealing: named('ONBOARDING_SEALING_KEYS_FILE'),
    sealingPublic: named('ONBOARDING_SEALING_PUBLIC_KEYS_FILE'),
    codec: named('ONBOARDING_CODEC_KEYS_FILE'),
    id: named('ONBOARDING_ID_KEY_FILE'),
  }
  const paths =
    folder === undefined
      ? bySetting
      : {
          sealing: join(folder, KEY_FILES.sealing),
          sealingPublic: join(folder, KEY_FILES.sealingPublic),
          codec: join(folder, KEY_FILES.codec),
          id: join(folder, KEY_FILES.id),
        }
  const secret = [paths, bySetting].flatMap(({ sealing, codec, id }) => [sealing, codec, id])
  return { store: createFileKeyStore(paths), paths, secret: secret.filter((path) => path !== undefined) }
}

function kindOf({ kind = 'sealing' }: KeyFlags): KeyKind {
  const known = KEY_KINDS.find((each) => each === kind)
  if (known) return known
  throw new UsageError(`--kind must be one of ${KEY_KINDS.join(', ')}.`)
}

function longestJourneyOf({ longestJourney }: KeyFlags): number {
  return seconds('--longest-journey', longestJourney, LONGEST_JOURNEY_SECONDS)
}

function seconds(option: string, text: string | undefined, standard: number): number {
  if (text === undefined) return standard
  const value = /^\d{1,8}$/.test(text) ? Number(text) : NaN
  if (value <= MOST_SECONDS) return value
  throw new UsageError(`${option} must be a whole number of seconds, at most ${MOST_SECONDS}.`)
}
