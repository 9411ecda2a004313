import { createEkoClient, type EkoAnswer, type EkoCredentials, type OpenedRequest } from '../activities/eko/index.js'
import { LOCAL_USER_CODE } from '../stack/local-tenants.js'
import type { Contender, Step } from './contender.js'
import type { BenchPerson } from './people.js'

/** The calls of Eko alone, signed and sent by the product's own client: what no orchestrator can be quicker than. */
export function directContender(credentials: EkoCredentials): Contender & { close(): Promise<void> } {
  const eko = createEkoClient()
  let calls = 0
  return {
    name: 'direct',
    begin({ mobile, aadhaar, pan }: BenchPerson) {
      let otpRefId: string | undefined
      let english: string | undefined
      const call = async (request: Pick<OpenedRequest, 'operation'> & Partial<OpenedRequest>): Promise<string> => {
        calls += 1
        const answer = await eko.call(credentials, {
          ...{ rail: 'digikhata', userCode: LOCAL_USER_CODE, mobile, clientRefId: `direct${calls.toString(36)}` },
          ...request,
        })
        otpRefId = answer.otpRefId ?? otpRefId
        english = englishOf(answer) ?? english
        return answer.answer
      }
      const withRef = (): Partial<OpenedRequest> => (otpRefId === undefined ? {} : { otpRefId })
      const steps: Readonly<Record<Step, (code: string) => Promise<string>>> = {
        open: () => call({ operation: 'getSender' }),
        senderOtp: (otp) => call({ operation: 'verifySenderOtp', otp, ...withRef() }),
        consent: async () => {
          await call({ operation: 'consentLanguages' })
          return call({ operation: 'consentDetails', ...(english !== undefined && { consentLanguage: english }) })
        },
        aadhaar: () => call({ operation: 'generateAadhaarOtp', aadhaar }),
        aadhaarOtp: (otp) => call({ operation: 'verifyAadhaarOtp', otp, ...withRef() }),
        pan: () => call({ operation: 'validatePan', pan }),
      }
      return {
        async take(step, code) {
          requireRight(step, await steps[step](code))
        },
      }
    },
    close: () => eko.close(),
  }
}

/** The id of the language, of an answer that lists languages. */
export function englishOf({ languages = [] }: Pick<EkoAnswer, 'languages'>): string | undefined {
  return languages.find(({ name }) => name === 'English')?.id
}

/** What Eko answers where the sender makes no mistake. */
const RIGHT: Readonly<Record<Step, readonly string[]>> = {
  open: ['OTP_SENT'],
  senderOtp: ['AADHAAR_PENDING'],
  consent: ['CONSENT'],
  aadhaar: ['OTP_SENT'],
  aadhaarOtp: ['PAN_PENDING'],
  pan: ['ONBOARDED', 'WALLET_EXISTS'],
}

/** @throws Error where a contender was quick because it failed */
export function requireRight(step: Step, answer: string): void {
  if (!RIGHT[step].includes(answer))
    throw new Error(`The bench expected ${RIGHT[step].join(' or ')} from ${step}, not ${answer}.`)
}
