/** Exactly the workflows that a worker registers. */
export { senderOnboarding } from './sender-onboarding.js'
export { sendTransactionOtp } from './transaction-otp.js'
