import { customerUnknown, missingFields, success } from '../envelope.js'
import type { Answer } from '../envelope.js'
import { Stage } from '../names.js'
import { param } from '../world.js'
import type { Call } from '../world.js'

interface ConsentLanguage {
  id: number
  name: string
  native: string
}

/** Eko's thirteen languages in Eko's order; `pkid` counts from 1. */
const LANGUAGES: readonly ConsentLanguage[] = [
  ['English', 'English'],
  ['Bengali', 'বাংলা'],
  ['Gujarati', 'ગુજરાતી'],
  ['Hindi', 'हिन्दी'],
  ['Kannada', 'ಕನ್ನಡ'],
  ['Malayalam', 'മലയാളം'],
  ['Marathi', 'मराठी'],
  ['Odia', 'ଓଡ଼ିଆ'],
  ['Tamil', 'தமிழ்'],
  ['Telugu', 'తెలుగు'],
  ['Urdu', 'اردو'],
  ['Assamese', 'অসমীয়া'],
  ['Punjabi', 'ਪੰਜਾਬੀ'],
].map(([name = '', native = ''], index) => ({ id: index + 1, name, native }))

/** Consent languages (DigiKhata only). */
export function consentLanguages(call: Call): Answer {
  if (!enrolled(call)) return customerUnknown(call.rules.invalidParams)
  const list = LANGUAGES.map(({ id, name }) => ({ pkid: String(id), consentLanguage: name }))
  return success(2444, 'Consent Language Successfully Retrieved', { consent_language_list: list })
}

/** Consent details (DigiKhata only). The texts are the sandbox's own; the message is Eko's, the same as above. */
export function consentDetails(call: Call): Answer {
  if (!enrolled(call)) return customerUnknown(call.rules.invalidParams)
  const language = LANGUAGES.find(({ id }) => String(id) === param(call, 'consent_language'))
  if (!language) return missingFields(['consent_language'], call.rules.invalidParams)
  return success(2446, 'Consent Language Successfully Retrieved', {
    consent_detail: {
      consentContent: consentContent(language),
      audioUrl: `${call.origin}/consent-audio/${language.id}.wav`,
      consentId: language.id,
      consent: `[${language.native}] Sandbox consent: I agree that my identity is checked by Aadhaar OTP to open my wallet.`,
      consentLanguage: language.name,
    },
  })
}

/** Several paragraphs with CR LF and, but for English, letters outside ASCII: what a hash of the text must survive. */
function consentContent({ native }: ConsentLanguage): string {
  return [
    `[${native}] Sandbox text, not Eko's. My Aadhaar details may be used for one purpose: eKYC for this wallet.`,
    ` I may be identified by an OTP that is sent to the phone linked to my Aadhaar; my name, birth date and address may be read for it.`,
    ` My details are kept no longer than the rules for Aadhaar allow.`,
  ].join('\r\n')
}

function enrolled(call: Call): boolean {
  return call.world.senders.get(call.rail, call.mobile).stage !== Stage.NOT_ENROLLED
}
