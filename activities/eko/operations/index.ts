import type { Rail } from '../../../workflows/messages.js'
import { consentDetails, consentLanguages } from './consent.js'
import { generateAadhaarOtp } from './generate-aadhaar-otp.js'
import { generateSenderOtp } from './generate-sender-otp.js'
import { getSender } from './get-sender.js'
import { onboardSender } from './onboard-sender.js'
import { sendTransactionOtp } from './send-transaction-otp.js'
import type { EkoOperation, OperationTable, RailTables } from './table.js'
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
  sendTransactionOtp,
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
  ValueName,
} from './table.js'
