import type { JourneyHandle, NextAction, Receipt, View } from '../client/index.js'
import type { SandboxControl } from './sandbox-control.js'

/** Someone to onboard: generated values that trigger nothing in the sandbox unless chosen to. */
export interface PersonFacts {
  readonly mobile: string
  readonly aadhaar: string
  readonly pan: string
  readonly details: { readonly name: string; readonly dob: string; readonly residenceAddress: readonly string[] }
}

/**
 * A person in front of a screen: reads the next action, takes the code from the sandbox's inbox, types it in. Used by
 * the demo and by tests, so that both go the way that a service goes.
 */
export class Person {
  constructor(
    readonly facts: PersonFacts,
    private readonly handle: JourneyHandle,
    private readonly sandbox: SandboxControl,
  ) {}

  /** Does what the next action asks for. @throws Error where the next action is not a person's to do */
  async act(action: NextAction): Promise<Receipt> {
    const { handle, facts } = this
    switch (action.do) {
      case 'ENTER_SENDER_DETAILS':
        return handle.enterSenderDetails({ ...facts.details, residenceAddress: [...facts.details.residenceAddress] })
      case 'ENTER_SENDER_OTP':
        return handle.enterSenderOtp({ otp: await this.code('SENDER'), challengeId: action.challengeId })
      case 'REQUEST_CONSENT':
        return handle.requestConsent({ language: 'English' })
      case 'ENTER_AADHAAR':
        return handle.enterAadhaar({
          aadhaar: facts.aadhaar,
          consent: {
            consentId: action.consent.consentId,
            textSha256: action.consent.textSha256,
            mode: 'self',
            acceptedAt: new Date().toISOString(),
          },
        })
      case 'ENTER_AADHAAR_OTP':
        return handle.enterAadhaarOtp({ otp: await this.code('AADHAAR'), challengeId: action.challengeId })
      case 'ENTER_PAN':
        return handle.enterPan({ pan: facts.pan })
      case 'REQUEST_NEW_CODE':
        return handle.resendOtp()
      default:
        throw new Error(`A person cannot do this next action: ${action.do}`)
    }
  }

  /** A code that is certainly not the one that was sent. */
  async wrongCode(purpose: 'SENDER' | 'AADHAAR'): Promise<string> {
    const right = await this.code(purpose)
    return right.replace(/\d$/, (last) => String((Number(last) + 1) % 10))
  }

  code(purpose: 'SENDER' | 'AADHAAR'): Promise<string> {
    return this.sandbox.latestCode(this.facts.mobile, purpose)
  }

  /**
   * Does everything asked for until the journey ends; waits where the journey waits.
   *
   * @param onReceipt is told of each step
   */
  async finish(view: View, onReceipt: (receipt: Receipt) => void = () => undefined): Promise<View> {
    let current = view
    while (current.status.kind !== 'CLOSED') {
      const { nextAction } = current
      if (nextAction.do === 'CONTACT_SUPPORT') return current
      if (nextAction.do === 'WAIT' || nextAction.do === 'WAIT_UNTIL') {
        current = await this.handle.waitForChange(current.revision, { timeoutMs: 120_000 })
        continue
      }
      if (nextAction.do === 'REQUEST_NEW_CODE') await waitUntil(nextAction.resendAvailableAt)
      onReceipt(await this.act(nextAction))
      current = await this.handle.view()
    }
    return current
  }
}

/** Waits for a moment that the journey named. */
export function waitUntil(iso: string): Promise<void> {
  const ms = Date.parse(iso) - Date.now()
  return ms <= 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, ms + 5))
}
