import { describe, expect, it } from '@jest/globals'
import { type EkoCredentials, EkoRequestError, type OpenedRequest } from '../../activities/eko/index.js'
import { buildRequest } from '../../activities/eko/request.js'
import { credentials, request, SECRETS, tableName, tables } from './helpers.js'

/** What Eko's page of each operation has, besides what every call carries; the values are those of `request()`. */
interface Wire {
  /** Method and path, as on the page. */
  readonly call: string
  /** Sent where the tenant has no settings of its own. */
  readonly sent: Readonly<Record<string, unknown>>
  /** The tenant's settings that are sent too, where it has them. */
  readonly settings: readonly ('service_code' | 'org_id')[]
  /** Without these nothing is sent. */
  readonly needs: readonly string[]
}

const DIGIKHATA = '/customer/payment/ppi-digikhata/sender/{customer_id}'
const LEVIN = '/customer/payment/ppi-levin/sender/{customer_id}'
const DETAILS = {
  name: 'Sample Sender',
  dob: '1990-05-15',
  residence_address: ['1 Sample Road', 'Sampletown', '560001'],
}
const CODE = { otp: SECRETS.otp, otp_ref_id: SECRETS.otpRefId }
const WALLET = { wallet_token: SECRETS.token, wallet_id: 'wallet-id-1' }
const SERVICE = ['service_code'] as const

const WIRES: Readonly<Record<string, Wire>> = {
  'digikhata getSender': { call: `GET ${DIGIKHATA}`, sent: {}, settings: SERVICE, needs: [] },
  'levin getSender': { call: `GET ${LEVIN}`, sent: {}, settings: [], needs: [] },
  'digikhata onboardSender': {
    call: `POST ${DIGIKHATA}`,
    sent: DETAILS,
    settings: SERVICE,
    needs: ['name', 'dob', 'residence_address'],
  },
  'levin onboardSender': {
    call: `POST ${LEVIN}`,
    // "Fixed … Send 80" is on Levin's page.
    sent: { ...DETAILS, service_code: 80 },
    settings: SERVICE,
    needs: ['name', 'dob', 'residence_address'],
  },
  'digikhata generateSenderOtp': { call: `POST ${DIGIKHATA}/otp`, sent: {}, settings: SERVICE, needs: [] },
  'digikhata verifySenderOtp': {
    call: `POST ${DIGIKHATA}/otp/verify`,
    sent: CODE,
    settings: SERVICE,
    needs: ['otp', 'otp_ref_id'],
  },
  'levin verifySenderOtp': {
    call: `POST ${LEVIN}/otp/verify`,
    sent: { ...CODE, intent_id: '19' },
    settings: [],
    needs: ['otp', 'otp_ref_id'],
  },
  'digikhata consentLanguages': {
    call: `GET ${DIGIKHATA}/aadhaar/consent/languages`,
    sent: { org_id: '1' },
    settings: ['service_code', 'org_id'],
    needs: [],
  },
  'digikhata consentDetails': {
    call: `GET ${DIGIKHATA}/aadhaar/consent/details`,
    sent: { org_id: '1', consent_language: '1' },
    settings: ['service_code', 'org_id'],
    needs: ['consent_language'],
  },
  'digikhata generateAadhaarOtp': {
    call: `POST ${DIGIKHATA}/aadhaar/otp`,
    sent: { aadhar: SECRETS.aadhaar },
    settings: SERVICE,
    needs: ['aadhar'],
  },
  'levin generateAadhaarOtp': {
    call: `POST ${LEVIN}/aadhaar/otp`,
    sent: { aadhar: SECRETS.aadhaar, ...WALLET },
    settings: [],
    needs: ['aadhar'],
  },
  'digikhata verifyAadhaarOtp': {
    call: `POST ${DIGIKHATA}/aadhaar/otp/verify`,
    sent: CODE,
    settings: SERVICE,
    needs: ['otp', 'otp_ref_id'],
  },
  'levin verifyAadhaarOtp': {
    call: `POST ${LEVIN}/aadhaar/otp/verify`,
    sent: { ...CODE, intent_id: '20', ...WALLET },
    settings: [],
    needs: ['otp', 'otp_ref_id'],
  },
  'digikhata validatePan': {
    call: `POST ${DIGIKHATA}/pan`,
    sent: { pan_number: SECRETS.pan },
    settings: SERVICE,
    needs: ['pan_number'],
  },
  'levin validatePan': {
    call: `POST ${LEVIN}/pan`,
    sent: { pan_number: SECRETS.pan, ...WALLET },
    settings: [],
    needs: ['pan_number'],
  },
}

const SETTINGS = { service_code: 81, org_id: '7' }
const ENVELOPE = { initiator_id: '9962981729', user_code: '20810200', client_ref_id: 'J1a1' }

/** Where a request holds what goes under a name on the wire. */
const HELD: Readonly<Record<string, keyof OpenedRequest>> = {
  otp: 'otp',
  otp_ref_id: 'otpRefId',
  aadhar: 'aadhaar',
  pan_number: 'pan',
  consent_language: 'consentLanguage',
}
const HELD_IN_DETAILS: Readonly<Record<string, string>> = {
  name: 'name',
  dob: 'dob',
  residence_address: 'residenceAddress',
}

/** The same request without what goes under a name on the wire. */
function lacking(call: OpenedRequest, name: string): OpenedRequest {
  const detail = HELD_IN_DETAILS[name]
  const details = Object.fromEntries(Object.entries(call.details ?? {}).filter(([key]) => key !== detail))
  const rest = Object.entries({ ...call, details }).filter(([key]) => key !== HELD[name])
  return Object.fromEntries(rest) as unknown as OpenedRequest
}

const named = tables().map((table) => ({ name: tableName(table), table }))

it('every operation is written down here', () => {
  expect(Object.keys(WIRES).sort()).toEqual(named.map(({ name }) => name).sort())
})

describe.each(named)('$name', ({ name, table }) => {
  const wire = WIRES[name]
  if (!wire) throw new Error(`Write down what ${name} sends.`)
  const call = request(table.rail, table.operation, { beneficiaryId: '4202888' })
  const sentWith = (extra: Partial<EkoCredentials>) => buildRequest(credentials(undefined, extra), call)

  it('goes where its page says', () => {
    const { method, urlTemplate } = sentWith({})
    expect(`${method} ${urlTemplate}`).toBe(wire.call)
  })

  it('sends exactly what its page has', () => {
    expect(sentWith({}).parameters).toEqual({ ...ENVELOPE, ...wire.sent })
  })

  it("sends the tenant's own settings where it takes them, and nowhere else", () => {
    const taken = Object.fromEntries(wire.settings.map((setting) => [setting, SETTINGS[setting]]))
    const { parameters } = sentWith({ serviceCode: SETTINGS.service_code, orgId: SETTINGS.org_id })
    expect(parameters).toEqual({ ...ENVELOPE, ...wire.sent, ...taken })
  })

  if (wire.needs.length > 0) {
    it.each(wire.needs)('sends nothing without %s, and says that it is missing', (missing) => {
      const build = () => buildRequest(credentials(), lacking(call, missing))
      expect(build).toThrow(EkoRequestError)
      expect(build).toThrow(new RegExp(`needs ${missing}\\.$`))
    })
  }
})

describe('What is beside the page', () => {
  it('a transfer’s code names the sender in its body, also where a path of the tenant names the sender too', () => {
    const pathOverrides = { 'digikhata sendTransactionOtp': '/customer/{customer_id}/otp' } as const
    const call = request('digikhata', 'sendTransactionOtp')
    const { parameters } = buildRequest(credentials(undefined, { pathOverrides }), call)
    expect(parameters).toHaveProperty('customer_id', SECRETS.mobile)
  })

  it('a transfer’s code goes without a beneficiary where there is none', () => {
    const { parameters } = buildRequest(credentials(), request('digikhata', 'sendTransactionOtp'))
    expect(parameters).not.toHaveProperty('beneficiary_id')
  })
})
