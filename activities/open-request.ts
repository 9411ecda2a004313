import type { CallName, CallOutcome, CallRequest, MoneyCallName } from '../workflows/calls.js'
import {
  type Parsed,
  parseAadhaar,
  parseAccountNumber,
  parseAddress,
  parseDob,
  parseIfsc,
  parseMobile,
  parseName,
  parseOtp,
  parsePan,
  parseRecipientName,
  type SecretField,
  wholeRupees,
} from '../values/index.js'
import type { NewRecipient, SenderDetails } from '../workflows/messages.js'
import type { Opener } from '../secrets/index.js'
import type { Subject } from './dispatch-place.js'
import type { OpenedRequest } from './eko/index.js'
import type { Tenant } from './tenants.js'

export type OpenResult =
  { readonly ok: true; readonly request: OpenedRequest } | { readonly ok: false; readonly outcome: CallOutcome }

export interface OpenContext {
  readonly opener: Opener
  readonly tenant: Tenant
  /** The workflow id that the secrets must be sealed for. */
  readonly journey: string
  readonly allowPlaintextCodes: boolean
  readonly clientRefId: string
  readonly now: number
}

/** Thrown inside this file only, to leave the opening of one request at its first refusal. */
class Refused extends Error {
  constructor(readonly outcome: CallOutcome) {
    super('refused')
  }
}

/** Opens and checks the secrets of a call. Whatever is wrong is an answer: nothing was sent, no attempt is spent. */
export async function openRequest(
  call: CallName | MoneyCallName,
  sealed: CallRequest,
  context: OpenContext,
): Promise<OpenResult> {
  try {
    return { ok: true, request: await open(call, sealed, context) }
  } catch (error) {
    if (error instanceof Refused) return { ok: false, outcome: error.outcome }
    throw error
  }
}

/** Whom a dispatch is for; without the Aadhaar number where that cannot be opened. */
export async function subjectOf({ mobile, aadhaar }: CallRequest, opener: Opener, journey: string): Promise<Subject> {
  if (aadhaar === undefined) return { mobile }
  const opened = await opener.open({ field: 'aadhaar', journey }, aadhaar)
  const number = opened.ok ? parseAadhaar(opened.plaintext, 'format') : opened
  return { mobile, ...(number.ok && { aadhaar: number.value }) }
}

async function open(call: CallName | MoneyCallName, sealed: CallRequest, context: OpenContext): Promise<OpenedRequest> {
  const { tenant } = context
  if (sealed.notAfter !== undefined && sealed.notAfter <= context.now) throw refusedInput('CODE_EXPIRED')
  const { rail, userCode, mobile, details, consentLanguage } = sealed
  const checkedPerson = details && checkedDetails(details, context.now)
  const { strictness } = tenant
  // At the same time: each is a few trips to another thread.
  const [otp, otpRefId, aadhaar, pan, token] = await allInOrder([
    given(sealed.otp, (code) => openCode(code, context)),
    given(sealed.otpRefId, (ref) => openRef(ref, context)),
    given(sealed.aadhaar, async (one) => checked(parseAadhaar(await openField('aadhaar', one, context), strictness))),
    given(sealed.pan, async (one) => checked(parsePan(await openField('pan', one, context), strictness))),
    given(sealed.wallet, (wallet) => openToken(wallet.token, context)),
  ])
  return {
    ...{ rail, operation: call, userCode, mobile, clientRefId: context.clientRefId },
    ...(checkedPerson && { details: checkedPerson }),
    ...(consentLanguage !== undefined && { consentLanguage }),
    ...(otp !== undefined && { otp }),
    ...(otpRefId !== undefined && { otpRefId }),
    ...(aadhaar !== undefined && { aadhaar }),
    ...(pan !== undefined && { pan }),
    ...moneyOf(sealed, context),
    ...(sealed.wallet && token !== undefined && { wallet: { id: sealed.wallet.id, token } }),
  }
}

async function given<T, R>(value: T | undefined, open: (value: T) => Promise<R>): Promise<R | undefined> {
  return value === undefined ? undefined : open(value)
}

/** All of them; or the refusal of the first of them, whichever was quicker. */
async function allInOrder<T extends readonly unknown[]>(promises: {
  readonly [K in keyof T]: Promise<T[K]>
}): Promise<T> {
  await Promise.allSettled(promises)
  return Promise.all(promises) as unknown as Promise<T>
}

/** What a call about money says besides; a transfer is dated when it is asked for. */
function moneyOf(sealed: CallRequest, { now }: OpenContext): Partial<OpenedRequest> {
  const { recipientId, amountPaise, beneficiaryId, channel, location, transaction, recipient } = sealed
  return {
    ...(recipientId !== undefined && { recipientId }),
    ...(amountPaise !== undefined && { amountRupees: checked(wholeRupees(amountPaise)), timestamp: isoTime(now) }),
    ...(beneficiaryId !== undefined && { beneficiaryId }),
    ...(channel !== undefined && { channel }),
    ...(location !== undefined && { location }),
    ...(transaction !== undefined && { transaction }),
    ...(recipient !== undefined && { recipient: checkedRecipient(recipient) }),
  }
}

/** The client checks it too; a signal may come from anywhere. */
function checkedRecipient({ name, mobile, account, ifsc, bankId }: NewRecipient): NewRecipient {
  return {
    name: checked(parseRecipientName(name)),
    mobile: checked(parseMobile(mobile)),
    account: checked(parseAccountNumber(account)),
    ifsc: checked(parseIfsc(ifsc)),
    bankId,
  }
}

function isoTime(now: number): string {
  return new Date(now).toISOString()
}

/** The client checks details too; a signal may come from anywhere. */
function checkedDetails(details: SenderDetails, now: number): SenderDetails {
  const name = parseName(details.name)
  const dob = parseDob(details.dob, now)
  const residenceAddress = parseAddress(details.residenceAddress)
  if (name.ok && dob.ok && residenceAddress.ok) {
    return { name: name.value, dob: dob.value, residenceAddress: residenceAddress.value }
  }
  const fieldErrors: Record<string, string> = {}
  let inputCode = 'INVALID'
  for (const [field, parsed] of Object.entries({ residenceAddress, dob, name })) {
    if (parsed.ok) continue
    fieldErrors[field] = parsed.message
    inputCode = parsed.code
  }
  throw new Refused({ class: 'INPUT_REFUSED', answer: 'INPUT_REFUSED', inputCode, fieldErrors })
}

async function openCode(otp: string, context: OpenContext): Promise<string> {
  const plain = context.allowPlaintextCodes && /^\d{4,8}$/.test(otp)
  return checked(parseOtp(plain ? otp : await openField('otp', otp, context)))
}

async function openField(field: SecretField, sealed: string, { opener, journey }: OpenContext): Promise<string> {
  const opened = await opener.open({ field, journey }, sealed)
  if (!opened.ok) throw refusedInput(opened.code)
  return opened.plaintext
}

/** A reference that can no longer be opened makes its code unusable, which is not the user's mistake. */
async function openRef(sealed: string, { opener, journey }: OpenContext): Promise<string> {
  const opened = await opener.open({ field: 'otpRefId', journey }, sealed)
  if (!opened.ok) throw refusedInput('OTP_REF_UNREADABLE')
  return opened.plaintext
}

/** A wallet token that can no longer be opened is as good as a refused one. */
async function openToken(sealed: string | null, { opener, journey }: OpenContext): Promise<string> {
  if (sealed === null) return ''
  const opened = await opener.open({ field: 'walletToken', journey }, sealed)
  if (!opened.ok) throw new Refused({ class: 'INPUT_REFUSED', answer: 'WALLET_TOKEN_REFUSED' })
  return opened.plaintext
}

function checked<T>(parsed: Parsed<T>): T {
  if (!parsed.ok) throw refusedInput(parsed.code)
  return parsed.value
}

function refusedInput(inputCode: string): Refused {
  return new Refused({ class: 'INPUT_REFUSED', answer: 'INPUT_REFUSED', inputCode })
}
