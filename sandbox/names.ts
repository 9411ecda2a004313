/** The closed sets of names that the sandbox's HTTP surface speaks. */

/** Wallet rails, as they appear in Eko's paths after `ppi-`. */
export const Rail = { digikhata: 'digikhata', levin: 'levin' } as const
export type Rail = (typeof Rail)[keyof typeof Rail]
export const RAILS: readonly Rail[] = Object.values(Rail)

/** Which generation of Eko's documents the answers follow. */
export const Dialect = { portal2026: 'portal-2026', docs2025: 'docs-2025', wlc: 'wlc' } as const
export type Dialect = (typeof Dialect)[keyof typeof Dialect]
export const DIALECTS: readonly Dialect[] = Object.values(Dialect)

/** How far a sender has come on one rail. Eko names no such stages; these are the sandbox's own words. */
export const Stage = {
  NOT_ENROLLED: 'NOT_ENROLLED',
  OTP_PENDING: 'OTP_PENDING',
  AADHAAR_PENDING: 'AADHAAR_PENDING',
  PAN_PENDING: 'PAN_PENDING',
  ACTIVE: 'ACTIVE',
} as const
export type Stage = (typeof Stage)[keyof typeof Stage]
export const STAGES: readonly Stage[] = Object.values(Stage)

/** What a code in an SMS may be used for. RECIPIENT: the bank of a recipient (DigiKhata). */
export const Purpose = {
  SENDER: 'SENDER',
  AADHAAR: 'AADHAAR',
  TRANSACTION: 'TRANSACTION',
  RECIPIENT: 'RECIPIENT',
  REFUND: 'REFUND',
} as const
export type Purpose = (typeof Purpose)[keyof typeof Purpose]
export const PURPOSES: readonly Purpose[] = Object.values(Purpose)

/** Eko's operations, without the rail. */
export const OperationName = {
  getSender: 'getSender',
  onboardSender: 'onboardSender',
  generateSenderOtp: 'generateSenderOtp',
  verifySenderOtp: 'verifySenderOtp',
  consentLanguages: 'consentLanguages',
  consentDetails: 'consentDetails',
  generateAadhaarOtp: 'generateAadhaarOtp',
  verifyAadhaarOtp: 'verifyAadhaarOtp',
  validatePan: 'validatePan',
  getRecipients: 'getRecipients',
  addRecipient: 'addRecipient',
  addRecipientBank: 'addRecipientBank',
  generateRecipientBankOtp: 'generateRecipientBankOtp',
  validateRecipientBankOtp: 'validateRecipientBankOtp',
  loadWallet: 'loadWallet',
  sendTransactionOtp: 'sendTransactionOtp',
  initiateTransaction: 'initiateTransaction',
  transactionInquiry: 'transactionInquiry',
  generateRefundOtp: 'generateRefundOtp',
  initiateRefund: 'initiateRefund',
} as const
export type OperationName = (typeof OperationName)[keyof typeof OperationName]
export const OPERATION_NAMES: readonly OperationName[] = Object.values(OperationName)

/** Steps of KYC that a sender has truly done. */
export const KycStep = {
  ENROLLED: 'ENROLLED',
  MOBILE_VERIFIED: 'MOBILE_VERIFIED',
  AADHAAR_VERIFIED: 'AADHAAR_VERIFIED',
  PAN_VERIFIED: 'PAN_VERIFIED',
} as const
export type KycStep = (typeof KycStep)[keyof typeof KycStep]
