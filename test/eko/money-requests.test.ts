import { describe, expect, it } from '@jest/globals'
import { type EkoCredentials, EkoRequestError, type OpenedRequest } from '../../activities/eko/index.js'
import { buildRequest, secretsOf } from '../../activities/eko/request.js'
import { credentials, moneyTables, request, SECRETS, tableName } from './helpers.js'

/** What goes over the wire: written down from Eko's pages, a second time and independently of the tables. */
interface Wire {
  readonly call: string
  readonly sent: Readonly<Record<string, unknown>>
  readonly settings?: readonly ('service_code' | 'org_id')[]
  /** Without these nothing is sent. */
  readonly needs: readonly string[]
}

const SENDER = '/customer/payment/ppi-digikhata/sender/{customer_id}'
const LEVIN_SENDER = '/customer/payment/ppi-levin/sender/{customer_id}'
const INQUIRY = 'GET /tools/reference/transaction/{transaction-reference}'
const REFUND = '/customer/payment/refund/{tid}'
const SERVICE = ['service_code'] as const
const CODE = { otp: SECRETS.otp, otp_ref_id: SECRETS.otpRefId }
const WALLET = { wallet_token: SECRETS.token, wallet_id: 'wallet-id-1' }
const PAYEE = {
  ...{ bank_id: 12, recipient_name: 'Sample Payee', recipient_mobile: SECRETS.recipientMobile },
  account: SECRETS.account,
}
const PAYEE_NAMES = ['bank_id', 'recipient_name', 'recipient_mobile', 'account']
const ORDER = { recipient_id: 10_017_740, amount: 110, customer_id: SECRETS.mobile, beneficiary_id: '4202888' }
const TRANSFER = {
  ...ORDER,
  ...CODE,
  ...{ timestamp: '2026-01-21T07:07:20.562Z', currency: 'INR', channel: 2, latlong: '28.63,77.22', state: '1' },
}
const TRANSFER_NEEDS = ['recipient_id', 'amount', 'timestamp', 'otp', 'otp_ref_id']
const REFUNDING: Wire = {
  call: `POST ${REFUND}`,
  sent: { ...CODE, service_code: 80, state: 1 },
  settings: SERVICE,
  needs: ['otp', 'otp_ref_id'],
}

const WIRES: Readonly<Record<string, Wire>> = {
  'digikhata getRecipients': { call: `GET ${SENDER}/recipients`, sent: {}, settings: SERVICE, needs: [] },
  'levin getRecipients': {
    call: `GET ${LEVIN_SENDER}/recipients`,
    sent: { wallet_token: SECRETS.token },
    needs: [],
  },
  'digikhata addRecipient': {
    call: `POST ${SENDER}/recipient`,
    sent: { ...PAYEE, bank_code: 'KKBK0000878' },
    settings: SERVICE,
    needs: [...PAYEE_NAMES, 'bank_code'],
  },
  'levin addRecipient': {
    call: `POST ${LEVIN_SENDER}/recipient`,
    sent: { ...PAYEE, ifsc: 'KKBK0000878', recipient_type: '3', type: 'ifsc', account_type: '1', ...WALLET },
    needs: [...PAYEE_NAMES, 'ifsc'],
  },
  'levin addRecipientBank': {
    call: `POST ${LEVIN_SENDER}/bank/recipient`,
    sent: { recipient_id: '10017740', wallet_token: SECRETS.token },
    needs: ['recipient_id'],
  },
  'digikhata generateRecipientBankOtp': {
    call: `POST ${SENDER}/recipient/bank/otp`,
    sent: { recipient_id: '10017740' },
    settings: SERVICE,
    needs: ['recipient_id'],
  },
  'digikhata validateRecipientBankOtp': {
    call: `POST ${SENDER}/recipient/bank/otp/verify`,
    sent: CODE,
    settings: SERVICE,
    needs: ['otp', 'otp_ref_id'],
  },
  'digikhata loadWallet': {
    call: `POST ${SENDER}/wallet/loadwallet`,
    sent: { amount: '110', org_id: '1' },
    settings: ['service_code', 'org_id'],
    needs: ['amount'],
  },
  'digikhata sendTransactionOtp': {
    call: 'POST /customer/payment/ppi-digikhata/otp',
    sent: { ...ORDER, service_code: 80 },
    settings: SERVICE,
    needs: ['recipient_id', 'amount'],
  },
  'levin sendTransactionOtp': {
    call: 'POST /customer/payment/ppi-levin/otp',
    sent: { ...ORDER, service_code: 80, ...WALLET },
    settings: SERVICE,
    needs: ['recipient_id', 'amount'],
  },
  'digikhata initiateTransaction': {
    call: 'POST /customer/payment/ppi-digikhata',
    sent: { ...TRANSFER, service_code: 80 },
    settings: SERVICE,
    needs: TRANSFER_NEEDS,
  },
  'levin initiateTransaction': {
    call: 'POST /customer/payment/ppi-levin',
    sent: { ...TRANSFER, recipient_id_type: '1', ...WALLET },
    needs: TRANSFER_NEEDS,
  },
  'digikhata transactionInquiry': { call: INQUIRY, sent: {}, needs: [] },
  'levin transactionInquiry': { call: INQUIRY, sent: {}, needs: [] },
  'digikhata generateRefundOtp': { call: `POST ${REFUND}/otp`, sent: {}, needs: [] },
  'levin generateRefundOtp': { call: `POST ${REFUND}/otp`, sent: {}, needs: [] },
  'digikhata initiateRefund': REFUNDING,
  'levin initiateRefund': REFUNDING,
}

const SETTINGS = { service_code: 81, org_id: '7' }
const CALLER = { initiator_id: '9962981729', user_code: '20810200' }
const FULL = { beneficiaryId: '4202888', location: '28.63,77.22' }

/** The call without what goes under a name on the wire. */
function lacking(call: OpenedRequest, name: string): OpenedRequest {
  const inRecipient: Readonly<Record<string, string>> = {
    ...{ bank_id: 'bankId', recipient_name: 'name', recipient_mobile: 'mobile', account: 'account' },
    ...{ ifsc: 'ifsc', bank_code: 'ifsc' },
  }
  const held: Readonly<Record<string, string>> = {
    ...{ recipient_id: 'recipientId', amount: 'amountRupees', timestamp: 'timestamp' },
    ...{ otp: 'otp', otp_ref_id: 'otpRefId' },
  }
  const recipient = Object.fromEntries(
    Object.entries(call.recipient ?? {}).filter(([key]) => key !== inRecipient[name] || name in held),
  )
  const rest = Object.entries({ ...call, recipient }).filter(([key]) => key !== held[name])
  return Object.fromEntries(rest) as unknown as OpenedRequest
}

const named = moneyTables().map((table) => ({ name: tableName(table), table }))

it('every operation is written down here', () => {
  expect(Object.keys(WIRES).sort()).toEqual(named.map(({ name }) => name).sort())
})

describe.each(named)('$name', ({ name, table }) => {
  const wire = WIRES[name]
  if (!wire) throw new Error(`Write down what ${name} sends.`)
  const call = request(table.rail, table.operation, FULL)
  const sentWith = (extra: Partial<EkoCredentials>) => buildRequest(credentials(undefined, extra), call)
  // Eko takes no client_ref_id with a refund.
  const envelope = wire.call.includes(REFUND) ? CALLER : { ...CALLER, client_ref_id: 'J1a1' }

  it('goes where its page says', () => {
    const { method, urlTemplate } = sentWith({})
    expect(`${method} ${urlTemplate}`).toBe(wire.call)
  })

  it('sends exactly what its page has', () => {
    const { parameters, url, body } = sentWith({})
    expect(parameters).toEqual({ ...envelope, ...wire.sent })
    if (body === undefined) expect(Object.fromEntries(new URL(url).searchParams)).toEqual(parameters)
    else expect(JSON.parse(body)).toEqual(parameters)
  })

  it("sends the tenant's own settings where it takes them, and nowhere else", () => {
    const taken = Object.fromEntries((wire.settings ?? []).map((setting) => [setting, SETTINGS[setting]]))
    const { parameters } = sentWith({ serviceCode: SETTINGS.service_code, orgId: SETTINGS.org_id })
    expect(parameters).toEqual({ ...envelope, ...wire.sent, ...taken })
  })

  if (wire.needs.length > 0) {
    it.each(wire.needs)('sends nothing without %s, and says that it is missing', (missing) => {
      const build = () => buildRequest(credentials(), lacking(call, missing))
      expect(build).toThrow(EkoRequestError)
      expect(build).toThrow(new RegExp(`needs ${missing}\\.$`))
    })
  }
})

describe('What may be missing', () => {
  it('beneficiary, location, and a wallet that is not held: then nothing goes in their place', () => {
    const { wallet: _, ...rest } = request('levin', 'initiateTransaction')
    for (const call of [rest, { ...rest, wallet: { token: '', id: '' } }]) {
      const { parameters } = buildRequest(credentials(), call)
      for (const name of ['beneficiary_id', 'latlong', 'wallet_token', 'wallet_id']) {
        expect(parameters).not.toHaveProperty(name)
      }
    }
    for (const operation of ['sendTransactionOtp', 'addRecipient'] as const) {
      const { parameters } = buildRequest(credentials(), { ...rest, operation })
      for (const name of ['beneficiary_id', 'wallet_token', 'wallet_id']) expect(parameters).not.toHaveProperty(name)
    }
  })

  it('the token of the pages that list one goes empty, as on the page', () => {
    const { wallet: _, ...rest } = request('levin', 'getRecipients')
    for (const operation of ['getRecipients', 'addRecipientBank'] as const) {
      expect(buildRequest(credentials(), { ...rest, operation }).parameters).toHaveProperty('wallet_token', '')
    }
  })

  it('a channel of the caller goes in place of the usual one', () => {
    const { parameters } = buildRequest(credentials(), request('digikhata', 'initiateTransaction', { channel: 1 }))
    expect(parameters.channel).toBe(1)
  })

  it('service_code does not go where no page has it', () => {
    const { parameters } = buildRequest(credentials(), request('levin', 'initiateTransaction'))
    expect(parameters).not.toHaveProperty('service_code')
  })
})

describe('A path that names a transaction', () => {
  const url = (operation: 'transactionInquiry' | 'generateRefundOtp' | 'initiateRefund', extra: object): string =>
    buildRequest(credentials('http://h/v3'), request('digikhata', operation, extra)).url.split('?')[0] ?? ''

  it('has its id, or the reference that it was asked for under', () => {
    expect(url('transactionInquiry', { transaction: { tid: '2886522975' } })).toBe(
      'http://h/v3/tools/reference/transaction/2886522975',
    )
    expect(url('transactionInquiry', { transaction: { clientRefId: 'T-1_a' } })).toBe(
      'http://h/v3/tools/reference/transaction/client_ref_id:T-1_a',
    )
    expect(url('generateRefundOtp', { transaction: { tid: '77' } })).toBe('http://h/v3/customer/payment/refund/77/otp')
    expect(url('initiateRefund', { transaction: { tid: '77' } })).toBe('http://h/v3/customer/payment/refund/77')
  })

  it('is not called without one; a refund knows only the id', () => {
    for (const operation of ['transactionInquiry', 'generateRefundOtp', 'initiateRefund'] as const) {
      expect(() => url(operation, { transaction: undefined })).toThrow(/needs the transaction/)
    }
    for (const operation of ['generateRefundOtp', 'initiateRefund'] as const) {
      expect(() => url(operation, { transaction: { clientRefId: 'T1' } })).toThrow(/needs the transaction/)
    }
  })

  it.each(['', '1/2', '..', '1?x=1', '1#', 'a b', '1%2F', 'client_ref_id:1', 'x'.repeat(41)])(
    'is not called with what would be another path: %p',
    (tid) => {
      expect(() => url('initiateRefund', { transaction: { tid } })).toThrow(EkoRequestError)
      expect(() => url('transactionInquiry', { transaction: { clientRefId: `${tid}/` } })).toThrow(EkoRequestError)
    },
  )

  it('is not called by a path of the tenant that forgot it', () => {
    const pathOverrides = { 'digikhata initiateRefund': '/customer/refund' } as const
    const build = () => buildRequest(credentials(undefined, { pathOverrides }), request('digikhata', 'initiateRefund'))
    expect(build).toThrow(/needs the transaction/)
    const older = { 'digikhata initiateRefund': '/refunds/{tid}/of/{customer_id}' } as const
    const call = request('digikhata', 'initiateRefund')
    expect(buildRequest(credentials('http://h', { pathOverrides: older }), call).url).toBe(
      `http://h/refunds/2886522975/of/${SECRETS.mobile}`,
    )
  })

  it('names no sender beside it', () => {
    for (const operation of ['transactionInquiry', 'generateRefundOtp', 'initiateRefund'] as const) {
      const built = buildRequest(credentials(), request('levin', operation))
      expect(JSON.stringify([built.url, built.parameters])).not.toContain(SECRETS.mobile)
    }
  })
})

it('a recipient’s name, mobile and account, and a location, are never repeated in a text', () => {
  const secrets = secretsOf(credentials(), request('digikhata', 'addRecipient', FULL))
  expect(secrets).toEqual(
    expect.arrayContaining([SECRETS.account, SECRETS.recipientMobile, 'Sample', 'Payee', '28.63,77.22']),
  )
})
