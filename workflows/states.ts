/** Eko's prepaid wallets. */
export const RAILS = ['digikhata', 'levin'] as const
export type Rail = (typeof RAILS)[number]

export const OPEN_STATES = [
  'SENDER_LOOKUP',
  'SENDER_DETAILS_REQUIRED',
  'SENDER_OTP_REQUIRED',
  'AADHAAR_REQUIRED',
  'AADHAAR_OTP_REQUIRED',
  'PAN_REQUIRED',
] as const
export const CLOSED_STATES = ['COMPLETED', 'REJECTED', 'EXPIRED', 'CANCELLED'] as const
export type OpenState = (typeof OPEN_STATES)[number]
export type ClosedState = (typeof CLOSED_STATES)[number]
export type State = OpenState | ClosedState

export function isClosed(state: State): state is ClosedState {
  return CLOSED_STATES.some((closed) => closed === state)
}

/** Search attributes of every journey, all of type Keyword. */
export const SEARCH_ATTRIBUTES = [
  'OnboardingState',
  'OnboardingStatus',
  'OnboardingRail',
  'OnboardingTenant',
  'OnboardingWaitsFor',
] as const

export const STATUS_KINDS = ['WAITING_FOR_USER', 'CALLING_EKO', 'PARKED', 'NEEDS_ATTENTION', 'CLOSED'] as const
export type StatusKind = (typeof STATUS_KINDS)[number]
