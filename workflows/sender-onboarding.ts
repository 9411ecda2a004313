import { runJourney } from './engine/run-journey.js'
import { resultOf } from './journey-view.js'
import type { Journey } from './journey.js'
import type { OnboardingInput, OnboardingResult } from './messages.js'
import { ONBOARDING } from './onboarding-flow.js'

/**
 * One durable journey of one sender through the KYC.
 *
 * @param carried the journey so far, where a long one goes on in a new run
 */
export async function senderOnboarding(input: OnboardingInput, carried?: Journey): Promise<OnboardingResult> {
  return resultOf(await runJourney(ONBOARDING, input, carried))
}
