import { z } from 'zod'
import type { Profile } from '../../workflows/messages.js'
import { maskName, paiseFromRupees } from '../../values/index.js'
import type { Envelope } from './envelope.js'
import { dataField, textOf } from './envelope.js'
import { safeText } from './support.js'

/** Text, a number, or null for whatever else: an answer with a part missing is still an answer. */
const text = z.unknown().transform(textOf)
const list = z.array(z.unknown()).catch([])

const languageSchema = z.object({ pkid: text, consentLanguage: text })
const consentSchema = z.object({ consentId: text, consentLanguage: text, consent: text, consentContent: text })

/** The consent as Eko words it; `text` is all of it, exactly as it is to be shown. */
export interface ConsentContent {
  readonly consentId: string
  readonly language?: string
  readonly text: string
}

/** Most entries taken of a list. Eko's longest has 13. */
const MAX_ENTRIES = 100

/** The reference that a code's verification needs. Opaque: never parsed, also where it looks like a number. */
export function otpRefIdOf({ data }: Envelope): string | undefined {
  return textOf(data.otp_ref_id) ?? undefined
}

/** Levin's session of the sender, where the answer brought any part of one. */
export function walletOf({ data }: Envelope): { token: string; id: string; expiresAt: number | null } | undefined {
  const token = textOf(data.wallet_token) ?? ''
  const id = textOf(data.wallet_id) ?? ''
  return token === '' && id === '' ? undefined : { token, id, expiresAt: expiryOf(token) }
}

const jwtPayload = z.object({ exp: z.number().positive().max(100_000_000_000) })

/** When a token says it expires, in ms since the epoch: the `exp` of a JWT (RFC 7519 §4.1.4); null for anything else. */
export function expiryOf(token: string): number | null {
  const payload = /^[\w-]+\.([\w-]+)\.[\w-]*$/.exec(token)?.[1]
  if (payload === undefined) return null
  try {
    const parsed = jwtPayload.safeParse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')))
    return parsed.success ? Math.floor(parsed.data.exp * 1_000) : null
  } catch {
    return null // not a JWT, and so without a known expiry
  }
}

/** The hint at the Aadhaar-linked mobile, e.g. `******3210`; at most its last four digits are kept. */
export function mobileHintOf({ data }: Envelope): string | undefined {
  const hint = textOf(data.mobile_hint)
  if (hint === null || !/^[\d*xX•+ -]{4,20}$/.test(hint)) return undefined
  return hint.replace(/\d(?=(?:\D*\d){4})/g, '*')
}

/** The wallet's profile: names masked, rupees as paise; null for an amount that Eko left out or garbled. */
export function profileOf({ data }: Envelope): Profile | undefined {
  const profile = dataField(data, 'customer_profile')
  if (typeof profile !== 'object' || profile === null || Array.isArray(profile)) return undefined
  const fields = profile as Record<string, unknown>
  return {
    nameMasked: maskName((textOf(fields.name) ?? textOf(data.sender_name) ?? '').slice(0, 100)),
    balancePaise: paise(fields.balance),
    totalMonthlyLimitPaise: paise(fields.total_monthly_limit),
    nextAllowedLimitPaise: paise(fields.next_allowed_limit) ?? paise(data.next_allowed_limit),
  }
}

function paise(value: unknown): number | null {
  const parsed = paiseFromRupees(value)
  return parsed.ok ? parsed.value : null
}

/** Both `kyc_state` values of a profile answer; they are known to contradict each other. */
export function kycStatesOf({ data }: Envelope): { data: string | null; profile: string | null } {
  const short = (value: unknown) => textOf(value)?.slice(0, 20) ?? null
  return { data: short(data.kyc_state), profile: short(dataField(data, 'customer_profile.kyc_state')) }
}

/** The languages that the consent can be had in. */
export function languagesOf({ data }: Envelope): { id: string; name: string }[] {
  return list
    .parse(data.consent_language_list)
    .slice(0, MAX_ENTRIES)
    .flatMap((entry) => {
      const parsed = languageSchema.safeParse(entry)
      if (!parsed.success || parsed.data.pkid === null || parsed.data.consentLanguage === null) return []
      return [{ id: parsed.data.pkid, name: parsed.data.consentLanguage }]
    })
}

/** The consent's text: its heading, where there is one, and its content. */
export function consentOf({ data }: Envelope): ConsentContent | undefined {
  const parsed = consentSchema.safeParse(data.consent_detail)
  if (!parsed.success) return undefined
  const { consentId, consentLanguage, consent, consentContent } = parsed.data
  if (consentId === null || consentContent === null) return undefined
  return {
    consentId,
    ...(consentLanguage === null ? {} : { language: consentLanguage }),
    text: consent === null ? consentContent : `${consent}\n\n${consentContent}`,
  }
}

/** Names on the wire that differ from ours by more than their case. */
const OUR_NAMES: Readonly<Record<string, string>> = {
  aadhar: 'aadhaar',
  pan_number: 'pan',
  customer_id: 'mobile',
  bank_code: 'ifsc',
  latlong: 'location',
}

/** Why fields were refused: our field name to a text that is safe to show. Names that are no names are left out. */
export function fieldErrorsOf(envelope: Envelope, secrets: readonly string[]): Record<string, string> {
  const refusals = Object.entries(envelope.invalid)
    .filter(([name]) => /^[a-z][a-z_]{0,39}$/.test(name))
    .slice(0, MAX_ENTRIES)
    .map(([name, reason]) => [ourName(name), safeText(textOf(reason) ?? envelope.message, secrets)] as const)
  if (refusals.length > 0) return Object.fromEntries(refusals)
  // 132 is about one field and does not always name it.
  return envelope.status === 132 ? { name: safeText(envelope.message, secrets) } : {}
}

function ourName(wireName: string): string {
  const known = Object.hasOwn(OUR_NAMES, wireName) ? OUR_NAMES[wireName] : undefined
  return known ?? wireName.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}
