import { setTimeout as sleep } from 'node:timers/promises'
import { type JourneyHandle, type NextAction, type OnboardingClient, type Receipt } from '../client/index.js'
import { LOCAL_USER_CODE } from '../stack/local-tenants.js'
import type { Step, TemporalContender } from './contender.js'

/** What is to be done next after a step that went well. */
const NEXT: Readonly<Record<Step, NextAction['do']>> = {
  open: 'ENTER_SENDER_OTP',
  senderOtp: 'REQUEST_CONSENT',
  consent: 'ENTER_AADHAAR',
  aadhaar: 'ENTER_AADHAAR_OTP',
  aadhaarOtp: 'ENTER_PAN',
  pan: 'NOTHING',
}

/** The product by its own client, as a service uses it. */
export function oursContender(client: OnboardingClient): TemporalContender {
  const handleOf = (mobile: string): JourneyHandle => client.handleOf({ rail: 'digikhata', mobile })
  return {
    name: 'ours',
    workflowId: ({ mobile }) => handleOf(mobile).workflowId,
    begin({ mobile, aadhaar, pan }) {
      const handle = handleOf(mobile)
      let next: NextAction = { do: 'WAIT' } as NextAction
      const steps: Readonly<Record<Step, (code: string) => Promise<Pick<Receipt, 'nextAction'>>>> = {
        open: async () => (await client.start({ rail: 'digikhata', mobile, userCode: LOCAL_USER_CODE })).view,
        senderOtp: (otp) => handle.enterSenderOtp({ otp, challengeId: challengeOf(next) }),
        consent: () => handle.requestConsent({ language: 'English' }),
        aadhaar: () => handle.enterAadhaar({ aadhaar, consent: agreed(next) }),
        aadhaarOtp: (otp) => handle.enterAadhaarOtp({ otp, challengeId: challengeOf(next) }),
        pan: () => handle.enterPan({ pan }),
      }
      return {
        async take(step, code) {
          const { nextAction } = await steps[step](code)
          if (nextAction.do !== NEXT[step])
            throw new Error(`The bench expected ${NEXT[step]} after ${step}, not ${nextAction.do}.`)
          next = nextAction
        },
      }
    },
    async signalOtp({ mobile }, code) {
      const handle = handleOf(mobile)
      const { nextAction } = await handle.view()
      const since = performance.now()
      await handle.signal.enterSenderOtp({ otp: code, challengeId: challengeOf(nextAction) })
      while ((await handle.view()).nextAction.do !== NEXT.senderOtp) await sleep(2)
      return performance.now() - since
    },
  }
}

function challengeOf(action: NextAction): string {
  if ('challengeId' in action) return action.challengeId
  throw new Error(`No code is asked for, but ${action.do}.`)
}

function agreed(action: NextAction): {
  consentId: string
  textSha256: string
  mode: 'self'
  acceptedAt: string
} {
  if (action.do !== 'ENTER_AADHAAR') throw new Error(`No consent was shown, but ${action.do} is to be done.`)
  const { consentId, textSha256 } = action.consent
  return { consentId, textSha256, mode: 'self', acceptedAt: new Date().toISOString() }
}
