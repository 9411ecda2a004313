import type { Rail } from '../../../workflows/messages.js'
import { consentDetails, consentLanguages } from './consent.js'
import { generateAadhaarOtp } from './generate-aadhaar-otp.js'
import { generateSenderOtp } from './generate-sender-otp.js'
import { getSender } from './get-sender.js'
import { initiateTransaction } from './initiate-transaction.js'
import { loadWallet } from './load-wallet.js'
import { onboardSender } from './onboard-sender.js'
import { generateRecipientBankOtp, validateRecipientBankOtp } from './recipient-bank-otp.js'
import { addRecipient, addRecipientBank, getRecipients } from './recipients.js'
import { generateRefundOtp, initiateRefund } from './refund.js'
import { sendTransactionOtp } from './send-transaction-otp.js'
import type { EkoOperation, OperationTable, RailTables } from './table.js'
import { transactionInquiry } from './transaction-inquiry.js'
import { validatePan } from './validate-pan.js'
import { verifyAadhaarOtp } from './verify-aadhaar-otp.js'
import { verifySenderOtp } from './verify-sender-otp.js'

/** What every answer of every operation means. */
export const OPERATION_TABLES: Readonly<Record<EkoOperation, RailTables>> = {
  getSender,
  onboardSender,
  generateSenderOtp,
  verifySenderOtp,
  consentLanguages,
  consentDetails,
  generateAadhaarOtp,
  verifyAadhaarOtp,
  validatePan,
  getRecipients,
  addRecipient,
  addRecipientBank,
  generateRecipientBankOtp,
  validateRecipientBankOtp,
  loadWallet,
  sendTransactionOtp,
  initiateTransaction,
  transactionInquiry,
  generateRefundOtp,
  initiateRefund,
}

/** The table of an operation, or null where the rail has no such operation (e.g. Levin's consent languages). */
export function operationTable(rail: Rail, operation: EkoOperation): OperationTable | null {
  return OPERATION_TABLES[operation][rail]
}

export type {
  CallDependency,
  EkoOperation,
  Match,
  Need,
  OperationTable,
  Parameter,
  RailTables,
  Row,
  TxStatus,
  ValueName,
} from './table.js'
