import { BENEFICIARY_EXISTS, COOLING, RECIPIENT_EXISTS, RECIPIENT_REFUSAL } from './money-rows.js'
import { CODE_REFUSALS, common } from './shared-rows.js'
import { type RailTables, went } from './table.js'

/** "Generate Add Recipient Bank OTP", DigiKhata: registers the bank and sends the sender a code for it. */
export const generateRecipientBankOtp: RailTables = {
  digikhata: {
    rail: 'digikhata',
    operation: 'generateRecipientBankOtp',
    method: 'POST',
    path: '/customer/payment/ppi-digikhata/sender/{customer_id}/recipient/bank/otp',
    parameters: [
      { name: 'recipient_id', from: 'recipientIdText' },
      { name: 'service_code', from: 'serviceCode', optional: true },
    ],
    repeatable: false,
    onUnknown: 'UNCERTAIN_DISPATCH',
    dependency: 'EKO_TRANSPORT',
    rows: [
      went(
        'Beneficiary added',
        { type: 1741, status: 0, data: { beneficiary_id: 'filled', otp_ref_id: 'filled' } },
        'BANK_ADDED',
        'ask for the code',
      ),
      RECIPIENT_EXISTS,
      BENEFICIARY_EXISTS,
      RECIPIENT_REFUSAL,
      COOLING,
      ...common(),
    ],
  },
  levin: null,
}

/**
 * "Validate OTP to Add Recipient", DigiKhata. Its page shows a success with the ids of a refused code, 2131 twice; only the
 * message sets them apart. Eko's own web client asks for `status` 0, so both are taken. Never submitted again: the code may
 * be used up.
 */
export const validateRecipientBankOtp: RailTables = {
  digikhata: {
    rail: 'digikhata',
    operation: 'validateRecipientBankOtp',
    method: 'POST',
    path: '/customer/payment/ppi-digikhata/sender/{customer_id}/recipient/bank/otp/verify',
    parameters: [
      { name: 'otp', from: 'otp' },
      { name: 'otp_ref_id', from: 'otpRefId' },
      { name: 'service_code', from: 'serviceCode', optional: true },
    ],
    repeatable: false,
    onUnknown: 'READ_RECIPIENTS',
    dependency: 'EKO_TRANSPORT',
    rows: [
      went('OTP validated', { type: 2131, status: 0 }, 'BANK_VERIFIED', 'send a transaction OTP after the hour'),
      went(
        'Validate OTP',
        { type: 2131, status: 2131, text: /^validate otp[.!]?$/i, data: { description: 'absent' } },
        'BANK_VERIFIED',
        'send a transaction OTP after the hour',
      ),
      ...CODE_REFUSALS,
      RECIPIENT_REFUSAL,
      COOLING,
      ...common(),
    ],
  },
  levin: null,
}
