import type { Answer } from './envelope.js'
import { generateAadhaarOtp, verifyAadhaarOtp } from './handlers/aadhaar.js'
import { consentDetails, consentLanguages } from './handlers/consent.js'
import { validatePan } from './handlers/pan.js'
import { generateSenderOtp, getSender, onboardSender, verifySenderOtp } from './handlers/sender.js'
import { loadWallet } from './handlers/load-wallet.js'
import { addRecipientBank, generateRecipientBankOtp, validateRecipientBankOtp } from './handlers/recipient-bank.js'
import { addRecipient, getRecipients } from './handlers/recipients.js'
import { generateRefundOtp, initiateRefund } from './handlers/refund.js'
import { initiateTransaction, sendTransactionOtp } from './handlers/transaction.js'
import { transactionInquiry } from './handlers/inquiry.js'
import { OperationName, Rail } from './names.js'
import type { Call } from './world.js'

/**
 * How a parameter is judged. `present` may be empty; `integer` also takes digits; `lines` is a list of
 * texts; `absent` must not be sent. */
export type ParamKind = 'scalar' | 'present' | 'integer' | 'lines' | 'absent'

export interface ParamRule {
  name: string
  kind: ParamKind
  required: boolean
  pattern?: RegExp
}

/** One operation on one rail: everything the platform needs to route, validate and carry it out. */
export interface Operation {
  name: OperationName
  /** null: one operation for both rails, whose transaction tells the rail. */
  rail: Rail | null
  method: 'GET' | 'POST'
  /** Below `/ekoapi/v3`; `{customer_id}` is the sender's mobile, `{tid}` and `{transaction-reference}` a reference. */
  path: string
  params: ParamRule[]
  handle: (call: Call) => Answer
}

function need(name: string, kind: ParamKind = 'scalar', pattern?: RegExp): ParamRule {
  return { name, kind, required: true, ...(pattern ? { pattern } : {}) }
}

function may(name: string, kind: ParamKind = 'present', pattern?: RegExp): ParamRule {
  return { ...need(name, kind, pattern), required: false }
}

/** Eko documents no form of codes on the PPI rails but examples of six digits; integers may be shorter. */
const CODE = /^\d{1,8}$/
/** Whole rupees, from one on. */
const POSITIVE = /^0*[1-9]\d*$/
const ORG = [need('org_id'), need('client_ref_id')]
const CODE_PARAMS = [need('otp', 'scalar', CODE), need('otp_ref_id')]
const DETAILS = [need('name'), need('dob'), need('residence_address', 'lines')]
const AADHAAR = need('aadhar', 'scalar', /^\d{12}$/)
const PAN = need('pan_number', 'scalar', /^[A-Z]{5}\d{4}[A-Z]$/)
const WALLET = [need('wallet_token', 'present'), need('wallet_id', 'present')]
const OPTIONAL_WALLET = [may('wallet_token'), may('wallet_id')]

type Row = [OperationName, 'GET' | 'POST', string, ParamRule[], (call: Call) => Answer]

const SENDER = '/sender/{customer_id}'

const DIGIKHATA: Row[] = [
  [OperationName.getSender, 'GET', SENDER, [], getSender],
  [OperationName.onboardSender, 'POST', SENDER, DETAILS, onboardSender],
  [OperationName.generateSenderOtp, 'POST', `${SENDER}/otp`, [], generateSenderOtp],
  [OperationName.verifySenderOtp, 'POST', `${SENDER}/otp/verify`, CODE_PARAMS, verifySenderOtp],
  [OperationName.consentLanguages, 'GET', `${SENDER}/aadhaar/consent/languages`, ORG, consentLanguages],
  [
    OperationName.consentDetails,
    'GET',
    `${SENDER}/aadhaar/consent/details`,
    [...ORG, need('consent_language')],
    consentDetails,
  ],
  [OperationName.generateAadhaarOtp, 'POST', `${SENDER}/aadhaar/otp`, [AADHAAR], generateAadhaarOtp],
  [OperationName.verifyAadhaarOtp, 'POST', `${SENDER}/aadhaar/otp/verify`, CODE_PARAMS, verifyAadhaarOtp],
  [OperationName.validatePan, 'POST', `${SENDER}/pan`, [PAN], validatePan],
]

const LEVIN: Row[] = [
  [OperationName.getSender, 'GET', SENDER, [], getSender],
  [OperationName.onboardSender, 'POST', SENDER, DETAILS, onboardSender],
  [
    OperationName.verifySenderOtp,
    'POST',
    `${SENDER}/otp/verify`,
    [...CODE_PARAMS, need('intent_id', 'scalar', /^19$/)],
    verifySenderOtp,
  ],
  [OperationName.generateAadhaarOtp, 'POST', `${SENDER}/aadhaar/otp`, [AADHAAR, ...WALLET], generateAadhaarOtp],
  [
    OperationName.verifyAadhaarOtp,
    'POST',
    `${SENDER}/aadhaar/otp/verify`,
    [...CODE_PARAMS, may('intent_id', 'scalar', /^20$/), ...OPTIONAL_WALLET],
    verifyAadhaarOtp,
  ],
  [OperationName.validatePan, 'POST', `${SENDER}/pan`, [PAN, ...OPTIONAL_WALLET], validatePan],
]

/** Eko shows account numbers of digits only and 12 or more of them; 102 tells of a wrong length. */
const ACCOUNT = need('account', 'scalar', /^\d+$/)
const RECIPIENT = [need('bank_id', 'integer'), need('recipient_name'), need('recipient_mobile'), ACCOUNT]
const TOKEN = [may('wallet_token'), may('wallet_id')]
const LEVIN_RECIPIENT = [...RECIPIENT, need('recipient_type'), need('ifsc'), may('type'), may('account_type')]
const BANK_CODE_PARAMS = [may('otp', 'scalar', CODE), need('otp_ref_id')]
const LOAD = [need('amount', 'integer', POSITIVE), need('org_id')]

const DIGIKHATA_MONEY: Row[] = [
  [OperationName.getRecipients, 'GET', `${SENDER}/recipients`, [], getRecipients],
  [OperationName.addRecipient, 'POST', `${SENDER}/recipient`, [...RECIPIENT, need('bank_code')], addRecipient],
  [
    OperationName.generateRecipientBankOtp,
    'POST',
    `${SENDER}/recipient/bank/otp`,
    [need('recipient_id', 'integer')],
    generateRecipientBankOtp,
  ],
  [
    OperationName.validateRecipientBankOtp,
    'POST',
    `${SENDER}/recipient/bank/otp/verify`,
    BANK_CODE_PARAMS,
    validateRecipientBankOtp,
  ],
  [OperationName.loadWallet, 'POST', `${SENDER}/wallet/loadwallet`, LOAD, loadWallet],
]

const LEVIN_MONEY: Row[] = [
  [OperationName.getRecipients, 'GET', `${SENDER}/recipients`, TOKEN, getRecipients],
  [OperationName.addRecipient, 'POST', `${SENDER}/recipient`, [...LEVIN_RECIPIENT, ...TOKEN], addRecipient],
  [
    OperationName.addRecipientBank,
    'POST',
    `${SENDER}/bank/recipient`,
    [may('recipient_id', 'integer'), ...TOKEN],
    addRecipientBank,
  ],
]

const TRANSFER = [
  need('customer_id', 'scalar', /^\d{10}$/),
  need('recipient_id', 'integer'),
  need('amount', 'integer', POSITIVE),
  may('service_code', 'integer', /^80$/),
  may('beneficiary_id'),
  ...TOKEN,
]

const TRANSACTION: Row[] = [
  [OperationName.sendTransactionOtp, 'POST', '/otp', TRANSFER, sendTransactionOtp],
  [
    OperationName.initiateTransaction,
    'POST',
    '',
    [
      ...TRANSFER,
      need('timestamp'),
      need('currency', 'scalar', /^INR$/),
      need('channel', 'integer'),
      may('otp', 'scalar', CODE),
      may('otp_ref_id'),
      may('latlong'),
      may('state'),
      may('recipient_id_type'),
    ],
    initiateTransaction,
  ],
]

/** The refund calls take no reference of the caller's: whoever sends one is told (*sandbox policy*). */
const NO_REFERENCE: ParamRule = { name: 'client_ref_id', kind: 'absent', required: false }
const REFUND = '/customer/payment/refund/{tid}'

/** Operations without a rail in their path. */
const COMMON: Row[] = [
  [
    OperationName.transactionInquiry,
    'GET',
    '/tools/reference/transaction/{transaction-reference}',
    [],
    transactionInquiry,
  ],
  [OperationName.generateRefundOtp, 'POST', `${REFUND}/otp`, [NO_REFERENCE], generateRefundOtp],
  [
    OperationName.initiateRefund,
    'POST',
    REFUND,
    [
      NO_REFERENCE,
      need('otp', 'scalar', CODE),
      may('otp_ref_id'),
      may('service_code', 'integer', /^80$/),
      may('state', 'integer'),
    ],
    initiateRefund,
  ],
]

function onRail(rail: Rail, rows: Row[]): Operation[] {
  return rows.map(([name, method, path, params, handle]) => ({
    name,
    rail,
    method,
    path: `/customer/payment/ppi-${rail}${path}`,
    params,
    handle,
  }))
}

/** Every operation of the sandbox. A new one is a row here and a function in `handlers/`. */
export const OPERATIONS: readonly Operation[] = [
  ...onRail(Rail.digikhata, [...DIGIKHATA, ...DIGIKHATA_MONEY, ...TRANSACTION]),
  ...onRail(Rail.levin, [...LEVIN, ...LEVIN_MONEY, ...TRANSACTION]),
  ...COMMON.map(([name, method, path, params, handle]) => ({ name, rail: null, method, path, params, handle })),
]
