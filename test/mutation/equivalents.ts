/** A flip after which the product does the same as before: no test can notice it. */
export interface Equivalent {
  /** The flip's id. */
  readonly id: string
  readonly reason: string
}

const OPERATIONS = 'activities/eko/operations'

const WALLET =
  'a call always has wallet fields: without a token they go as empty text, so that "required" never refuses'
const KYC_STATE =
  'the row above takes every wallet that is not opened yet; what is left has a state of zero or none, which this says again for readers'

const walletFields = [
  'generate-aadhaar-otp generateAadhaarOtp',
  'verify-aadhaar-otp verifyAadhaarOtp',
  'validate-pan validatePan',
]

const TRANSITIONS = 'workflows/transitions.ts'

/** Every flip that is not counted, each with its reason. An entry that fits no flip, or a killed one, is a mistake. */
export const EQUIVALENTS: readonly Equivalent[] = [
  ...walletFields.flatMap((where) => {
    const [file = '', operation = ''] = where.split(' ')
    return ['wallet_token', 'wallet_id'].map((name) => ({
      id: `${OPERATIONS}/${file}.ts › levin ${operation} › parameter ${name} › required → optional`,
      reason: WALLET,
    }))
  }),
  ...['getRecipients', 'addRecipientBank'].map((operation) => ({
    id: `${OPERATIONS}/recipients.ts › levin ${operation} › parameter wallet_token › required → optional`,
    reason: WALLET,
  })),
  ...['send-transaction-otp', 'initiate-transaction'].map((file) => ({
    id: `${OPERATIONS}/${file}.ts › parameters › parameter customer_id › required → optional`,
    reason: 'a call always has the mobile: it is checked before the parameters are put together',
  })),
  ...['match without data', 'data without kyc_state'].map((change) => ({
    id: `${OPERATIONS}/verify-sender-otp.ts › digikhata verifySenderOtp › Success! › ${change}`,
    reason: KYC_STATE,
  })),
  {
    id: `${OPERATIONS}/shared-rows.ts › AUTHENTICATION › Developer key, signature or security headers refused › match without http`,
    reason: 'HTTP 200 is what a row asks for that names no status; it stands there to be read beside the row above',
  },
  {
    id: `${TRANSITIONS} › generateSenderOtp UNKNOWN_OUTCOME › action uncertainDispatch → dispatchSenderOtp`,
    reason: 'where the call that sends a code is the one that answered, both actions are the same one',
  },
]
