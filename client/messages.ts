import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import {
  createSealer,
  createVaultSealer,
  KeyFileError,
  LONGEST_JOURNEY_SECONDS,
  NoSealingKeyError,
  type Sealer,
} from '../secrets/index.js'
import {
  parseAadhaar,
  parseAddress,
  parseDob,
  parseName,
  parseOtp,
  parsePan,
  type Parsed,
  type SealedField,
  sealedHeader,
  type SecretField,
  vaultReference,
} from '../values/index.js'
import type { ConsentGiven, Envelope, MessageName, Messages, SenderDetails } from '../workflows/messages.js'
import { invalidInput, notConfigured, OnboardingError } from './errors.js'
import { actorSchema, type Settings } from './options.js'
import { check, submissionIdSchema, textSchema, valueSchema } from './validation.js'

/** A code, as the user typed it or already sealed as `otp`, and the challenge on whose screen it was typed. */
export interface CodeInput extends Envelope {
  readonly otp: string
  /** From `nextAction.challengeId`: a code for an older challenge is refused without spending an attempt. */
  readonly challengeId: string
}

/** What an operator's message takes; `actor` may come from the client's option. */
export interface OperatorInput extends Envelope {
  readonly reason: string
}

/** What the SDK takes for each message: secrets in the clear, which it checks and seals, or sealed already. */
export interface MessageInputs {
  enterSenderDetails: Envelope & SenderDetails
  enterSenderOtp: CodeInput
  requestConsent: Envelope & { readonly language: string }
  enterAadhaar: Envelope & { readonly aadhaar: string; readonly consent: ConsentGiven }
  enterAadhaarOtp: CodeInput
  enterPan: Envelope & { readonly pan: string }
  resendOtp: Envelope
  reenter: OperatorInput
  retryNow: OperatorInput
  takeOver: OperatorInput & { readonly userCode: string }
  withdrawConsent: OperatorInput
  cancel: OperatorInput
}

/** A message ready to be sent: nothing in it is in the clear that should not be. */
export interface Prepared<Name extends string = string, Body extends object = object> {
  readonly name: Name
  readonly body: Body
  readonly submissionId: string
}

/** How a message is checked, and which of its fields is sealed under its own name. */
export interface MessageForm {
  readonly schema: z.ZodType
  readonly secret?: 'otp' | 'aadhaar' | 'pan'
}

/** What every message needs that is prepared here. */
export interface PrepareContext {
  readonly actor: Settings['actor']
  readonly sealFor: SealFor
}

const id = textSchema(64)
export const envelope = {
  submissionId: submissionIdSchema.optional(),
  actor: actorSchema.optional(),
}
export const operator = { ...envelope, actor: actorSchema, reason: textSchema(200) }
export const codeSchema = z.strictObject({ ...envelope, otp: z.string(), challengeId: id })
export const operatorSchema = z.strictObject(operator)

/** Name, date of birth and address, as values that Eko takes. */
export const detailsSchema = z.strictObject({
  name: valueSchema(parseName),
  dob: valueSchema((input) => parseDob(input, Date.now())),
  residenceAddress: valueSchema(parseAddress),
})
export const userCodeSchema = textSchema(64, /^\w+$/)

const consentSchema = z.strictObject({
  consentId: id,
  textSha256: z.string().regex(/^[0-9a-f]{64}$/, 'Must be the SHA-256 of the text: 64 hex digits.'),
  mode: z.enum(['self', 'assisted']),
  agent: id.optional(),
  channel: id.optional(),
  acceptedAt: z.iso.datetime({ offset: true, error: 'Must be a time in ISO 8601, e.g. 2026-01-31T10:00:00Z.' }),
})

const SCHEMAS: Readonly<Record<MessageName, z.ZodType>> = {
  enterSenderDetails: detailsSchema.extend(envelope),
  enterSenderOtp: codeSchema,
  requestConsent: z.strictObject({ ...envelope, language: id }),
  enterAadhaar: z.strictObject({ ...envelope, aadhaar: z.string(), consent: consentSchema }),
  enterAadhaarOtp: codeSchema,
  enterPan: z.strictObject({ ...envelope, pan: z.string() }),
  resendOtp: z.strictObject(envelope),
  reenter: operatorSchema,
  retryNow: operatorSchema,
  takeOver: z.strictObject({ ...operator, userCode: userCodeSchema }),
  withdrawConsent: operatorSchema,
  cancel: operatorSchema,
}

/** The secret in a message; the field has the name under which it is sealed. */
const SECRET_IN: Readonly<Partial<Record<MessageName, 'otp' | 'aadhaar' | 'pan'>>> = {
  enterSenderOtp: 'otp',
  enterAadhaar: 'aadhaar',
  enterAadhaarOtp: 'otp',
  enterPan: 'pan',
}

/** Of what was sealed elsewhere, where secrets belong into a vault: it would put ciphertext into history. */
const SEALED_INLINE = {
  code: 'NOT_IN_VAULT',
  message: 'Is sealed inline, but this client keeps secrets in a vault. Give the secret itself, or a reference.',
} as const

/** What sealing needs of the settings. */
export type SealSettings = Pick<Settings, 'sealingKeys' | 'strictness'> &
  Partial<Pick<Settings, 'secretStore' | 'vaultSeconds'>>

/** Seals for one client. */
export type SealFor = (journey: string, field: SecretField, value: string) => Promise<SealedField>

/**
 * Checks, normalises and seals a secret for a journey. What is sealed already is taken as it is, if it was sealed for
 * this journey and field.
 * @throws OnboardingError INVALID_INPUT, NOT_CONFIGURED, SEALED_FOR_ANOTHER_JOURNEY, SEALED_FOR_ANOTHER_FIELD
 */
export function createSealFor(settings: SealSettings): SealFor {
  const { strictness, secretStore = 'inline' } = settings
  const inVault = secretStore !== 'inline'
  let sealer: Sealer | undefined
  return async (journey, field, value) => {
    const header = sealedHeader(value)
    if (header) {
      const details = { workflowId: journey, field }
      if (header.journey !== journey) throw new OnboardingError('SEALED_FOR_ANOTHER_JOURNEY', { details })
      if (header.field !== field) throw new OnboardingError('SEALED_FOR_ANOTHER_FIELD', { details })
      if (inVault && !vaultReference(value)) throw invalidInput({ [field]: SEALED_INLINE })
      return value
    }
    const parsed = parseSecret(field, value, strictness)
    if (!parsed.ok) throw invalidInput({ [field]: { code: parsed.code, message: parsed.message } })
    sealer ??= sealerOf(settings)
    return sealer.seal({ field, journey }, parsed.value).catch((error: unknown) => {
      if (error instanceof NoSealingKeyError || error instanceof KeyFileError)
        throw notConfigured({ [inVault ? 'secretStore' : 'sealingKeys']: error.message }, error)
      if (!inVault) throw error
      throw new OnboardingError('VAULT_UNAVAILABLE', { details: { workflowId: journey, field }, cause: error })
    })
  }
}

function sealerOf({ sealingKeys, secretStore = 'inline', vaultSeconds }: SealSettings): Sealer {
  if (secretStore !== 'inline') return createVaultSealer(secretStore, vaultSeconds ?? LONGEST_JOURNEY_SECONDS)
  if (sealingKeys) return createSealer(sealingKeys)
  throw notConfigured({
    sealingKeys: 'Are needed to send a secret. Set ONBOARDING_SEALING_PUBLIC_KEYS_FILE or the option `sealingKeys`.',
  })
}

/** Longest opaque secret taken (an `otp_ref_id`, a wallet token), in characters. */
const MAX_OPAQUE = 4_096

function parseSecret(
  field: SecretField,
  value: string,
  strictness: Settings['strictness'],
): Parsed<string> | { readonly ok: false; readonly code: string; readonly message: string } {
  switch (field) {
    case 'otp':
      return parseOtp(value)
    case 'aadhaar':
      return parseAadhaar(value, strictness)
    case 'pan':
      return parsePan(value, strictness)
    case 'otpRefId':
    case 'walletToken':
      return typeof value === 'string' && value.length > 0 && value.length <= MAX_OPAQUE
        ? { ok: true, value }
        : { ok: false, code: 'INVALID', message: `Must be text of 1 to ${MAX_OPAQUE} characters.` }
  }
}

/** A message of the onboarding journey as it may be sent. @throws OnboardingError before anything is sent */
export function prepareMessage<Name extends MessageName>(
  name: Name,
  input: MessageInputs[Name],
  journey: string,
  context: PrepareContext,
): Promise<Prepared<Name, Messages[Name]>> {
  const secret = SECRET_IN[name]
  return prepare(name, { schema: SCHEMAS[name], ...(secret && { secret }) }, input, journey, context)
}

/**
 * A message as it may be sent: checked, normalised, its secret sealed, with a submission id.
 * @throws OnboardingError before anything is sent
 */
export async function prepare<Name extends string, Body extends object>(
  name: Name,
  { schema, secret }: MessageForm,
  input: unknown,
  journey: string,
  { actor, sealFor }: PrepareContext,
): Promise<Prepared<Name, Body>> {
  const given: unknown = input ?? {}
  const withActor = isRecord(given) && given['actor'] === undefined && actor ? { ...given, actor } : given
  const checked = check(schema, withActor) as Record<string, unknown>
  const submissionId = typeof checked['submissionId'] === 'string' ? checked['submissionId'] : randomUUID()
  const sealed = secret ? { [secret]: await sealFor(journey, secret, checked[secret] as string) } : {}
  return { name, submissionId, body: { ...checked, ...sealed, submissionId } as unknown as Body }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
