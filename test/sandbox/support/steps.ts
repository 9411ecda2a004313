import type { Answered, Caller } from './caller.js'
import { DETAILS } from './caller.js'

export interface Wallet {
  wallet_token: string
  wallet_id: string
}

/** The steps of one sender, as the thinnest honest client would do them: it takes codes from the inbox. */
export class Steps {
  readonly caller: Caller
  readonly rail: string
  readonly mobile: string
  wallet: Wallet | undefined

  constructor(caller: Caller, rail: string, mobile: string) {
    this.caller = caller
    this.rail = rail
    this.mobile = mobile
  }

  get path(): string {
    return `${this.rail}/sender/${this.mobile}`
  }

  lookUp(): Promise<Answered> {
    return this.caller.call('GET', this.path)
  }

  onboard(details: Record<string, unknown> = DETAILS): Promise<Answered> {
    return this.caller.call('POST', this.path, { params: details })
  }

  generateOtp(): Promise<Answered> {
    return this.caller.call('POST', `${this.path}/otp`)
  }

  async verify(otp: unknown, otpRefId: unknown): Promise<Answered> {
    const params = { otp, otp_ref_id: otpRefId, ...(this.rail === 'levin' ? { intent_id: '19' } : {}) }
    return this.keepWallet(await this.caller.call('POST', `${this.path}/otp/verify`, { params }))
  }

  async verifyNewest(): Promise<Answered> {
    const { code, otpRefId } = await this.caller.newestSms(this.mobile, 'SENDER')
    return this.verify(code, otpRefId)
  }

  aadhaarOtp(aadhar = '123456789012'): Promise<Answered> {
    return this.caller.call('POST', `${this.path}/aadhaar/otp`, { params: { aadhar, ...this.walletParams() } })
  }

  async verifyAadhaar(otp: unknown, otpRefId: unknown): Promise<Answered> {
    const params = { otp, otp_ref_id: otpRefId, ...this.walletParams() }
    return this.keepWallet(await this.caller.call('POST', `${this.path}/aadhaar/otp/verify`, { params }))
  }

  async verifyAadhaarNewest(): Promise<Answered> {
    const { code, otpRefId } = await this.caller.newestSms(this.mobile, 'AADHAAR')
    return this.verifyAadhaar(code, otpRefId)
  }

  pan(number: string): Promise<Answered> {
    return this.caller.call('POST', `${this.path}/pan`, { params: { pan_number: number, ...this.walletParams() } })
  }

  /** Levin sends both keys always, empty where no token is held. */
  walletParams(): Record<string, string> {
    return this.rail === 'levin' ? { ...(this.wallet ?? { wallet_token: '', wallet_id: '' }) } : {}
  }

  keepWallet(answered: Answered): Answered {
    const { wallet_token: token, wallet_id: id } = answered.body.data ?? {}
    if (typeof token === 'string' && token !== '') this.wallet = { wallet_token: token, wallet_id: String(id) }
    return answered
  }
}

/** A PAN for each mobile, of the right form. */
export function panOf(mobile: string): string {
  return `TESPT${mobile.slice(-4)}Q`
}

/** The three ids of an answer. */
export function ids({ body }: Answered): unknown[] {
  return [body['status'], body['response_status_id'], body['response_type_id']]
}
