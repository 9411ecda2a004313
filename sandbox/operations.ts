import type { Answer } from './envelope.js'
import { generateAadhaarOtp, verifyAadhaarOtp } from './handlers/aadhaar.js'
import { consentDetails, consentLanguages } from './handlers/consent.js'
import { validatePan } from './handlers/pan.js'
import { generateSenderOtp, getSender, onboardSender, verifySenderOtp } from './handlers/sender.js'
import { sendTransactionOtp } from './handlers/transaction.js'
import { OperationName, Rail } from './names.js'
import type { Call } from './world.js'

/** How a parameter is judged. `present` may be empty; `integer` also takes digits; `lines` is a list of texts. */
export type ParamKind = 'scalar' | 'present' | 'integer' | 'lines'

export interface ParamRule {
  name: string
  kind: ParamKind
  required: boolean
  pattern?: RegExp
}

/** One operation on one rail: everything the platform needs to route, validate and carry it out. */
export interface Operation {
  name: OperationName
  rail: Rail
  method: 'GET' | 'POST'
  /** Below `/ekoapi/v3`; `{customer_id}` is the sender's mobile. */
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

const TRANSACTION: Row[] = [
  [
    OperationName.sendTransactionOtp,
    'POST',
    '/otp',
    [
      need('customer_id', 'scalar', /^\d{10}$/),
      need('recipient_id', 'integer'),
      need('amount', 'integer', /^0*[1-9]\d*$/),
      may('service_code', 'integer', /^80$/),
      may('beneficiary_id'),
    ],
    sendTransactionOtp,
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
  ...onRail(Rail.digikhata, [...DIGIKHATA, ...TRANSACTION]),
  ...onRail(Rail.levin, [...LEVIN, ...TRANSACTION]),
]
