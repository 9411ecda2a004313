/** Exactly the workflows that a worker registers. */
export { onboardingIncident } from './onboarding-incident.js'
export { onboardingLimit } from './onboarding-limit.js'
export { senderOnboarding } from './sender-onboarding.js'
export { senderRecipients } from './sender-recipients.js'
export { senderTransfer } from './sender-transfer.js'
export { sendTransactionOtp } from './transaction-otp.js'
