import type { AttributeNames } from './engine/flow.js'
import { INCIDENT_WAITING_ATTRIBUTE } from './incident-contract.js'

/** The search attributes of every journey, of whatever kind: the workflow type tells the kinds apart. */
export const JOURNEY_ATTRIBUTES: AttributeNames = {
  rail: 'OnboardingRail',
  tenant: 'OnboardingTenant',
  state: 'OnboardingState',
  status: 'OnboardingStatus',
  waitsFor: INCIDENT_WAITING_ATTRIBUTE,
}
