/** What is searched, by kind: each is a column of the table. */
export const KINDS = {
  aadhaar: { title: 'Aadhaar number', short: 'Aadhaar' },
  senderOtp: { title: 'OTP of the sender’s mobile, right and wrong ones', short: 'OTP' },
  aadhaarOtp: { title: 'OTP of UIDAI, right and wrong ones', short: 'OTP-A' },
  moneyOtp: { title: 'OTP of transfers, refunds and recipients, right and wrong ones', short: 'OTP-M' },
  pan: { title: 'PAN', short: 'PAN' },
  walletToken: { title: 'Levin’s wallet_token, and its signature alone', short: 'wallet' },
  otpRefId: { title: 'otp_ref_id', short: 'ref_id' },
  accessKey: { title: 'access_key of the developer', short: 'access' },
  developerKey: { title: 'developer_key', short: 'devkey' },
  sealingKey: { title: 'private sealing key', short: 'sealing' },
  codecKey: { title: 'key of the payload codec', short: 'codec' },
  idKey: { title: 'id key', short: 'id-key' },
  access: { title: 'capability and bearer token of the codec server', short: 'bearer' },
  apiKey: { title: 'secrets that merely stand in the environment of every program', short: 'setting' },
  name: { title: 'the sender’s name', short: 'name' },
  mobile: { title: 'the sender’s mobile', short: 'mobile' },
  address: { title: 'the sender’s address', short: 'address' },
  dob: { title: 'the sender’s date of birth', short: 'dob' },
  account: { title: 'a recipient’s bank account', short: 'account' },
  walletId: { title: 'Levin’s wallet_id: names a wallet and opens none', short: 'wallet_id' },
  inClear: { title: 'secrets that somebody sent in the clear and past the codec (raw gRPC)', short: 'raw-sent' },
  throughCodec: { title: 'secrets that somebody sent in the clear, through the codec', short: 'sent' },
  strayCode: { title: 'a code that somebody sent in the clear in a field of another name', short: 'stray' },
  asId: { title: 'secrets used as submissionId, actor, reason, name of a signal', short: 'as-id' },
} as const
export type Kind = keyof typeof KINDS
export const ALL_KINDS = Object.keys(KINDS) as Kind[]

/** A sender’s own data: names and mobiles are needed by those who serve the sender, and are encrypted towards Temporal. */
export const PERSONAL: readonly Kind[] = ['name', 'mobile', 'address', 'dob', 'account', 'walletId']
/** What nobody should have sent this way: it was refused, and stands where it was put by the sender of the message. */
export const MISTAKES: readonly Kind[] = ['inClear', 'throughCodec', 'strayCode', 'asId']
