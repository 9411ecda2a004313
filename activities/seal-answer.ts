import { createHash } from 'node:crypto'
import type { CallOutcome } from '../workflows/calls.js'
import type { ConsentText } from '../workflows/messages.js'
import type { Sealer } from '../secrets/index.js'
import type { EkoAnswer } from './eko/index.js'

/** What leaves the activity: Eko's answer with its secrets sealed for this journey. */
export async function sealAnswer(
  answer: EkoAnswer,
  sealer: Sealer,
  journey: string,
  language: string,
): Promise<CallOutcome> {
  const { otpRefId, wallet, consentContent, reason: _logged, ...open } = answer
  return {
    ...open,
    ...(otpRefId !== undefined && { otpRefId: await sealer.seal({ field: 'otpRefId', journey }, otpRefId) }),
    ...(wallet && {
      wallet: {
        id: wallet.id,
        expiresAt: wallet.expiresAt,
        token: wallet.token === '' ? null : await sealer.seal({ field: 'walletToken', journey }, wallet.token),
      },
    }),
    ...(consentContent && { consent: consentText({ language, ...consentContent }) }),
  }
}

/** Eko gives its text no version; the hash of the exact text stands in for one. */
function consentText(content: { consentId: string; language: string; text: string }): ConsentText {
  const textSha256 = createHash('sha256').update(content.text, 'utf8').digest('hex')
  return { ...content, version: `sha256:${textSha256.slice(0, 12)}`, textSha256 }
}
