/** The onboarding journey as a pure state machine: the engine, bound to its flow. No Temporal, no clock, no I/O. */
import * as engine from '../../workflows/engine/advance.js'
import { wakeAt as wakeAtOf } from '../../workflows/engine/clock.js'
import { admit as admitTo } from '../../workflows/engine/gate.js'
import { statusOf as statusIn } from '../../workflows/engine/status.js'
import type { Advanced, Journey, JourneyEvent, Opening } from '../../workflows/journey.js'
import type { Message, OnboardingInput, Refusal, Status } from '../../workflows/messages.js'
import { ONBOARDING } from '../../workflows/onboarding-flow.js'

/** A new journey: it first wants tenant, rail and policy resolved. */
export function openJourney(opening: Opening): Journey {
  return ONBOARDING.open(opening)
}

/** A journey that goes on in a new run. */
export function resumeJourney(carried: Journey, opening: Opening): Journey {
  return engine.resumeJourney(ONBOARDING, carried, opening)
}

/** One step of the machine. Never throws, whatever arrives. */
export function advance(journey: Journey, event: JourneyEvent, now: number): Advanced {
  return engine.advance(ONBOARDING, journey, event, now)
}

/** The gate on arrival. */
export function admit(journey: Journey, message: Message, now: number): Refusal | null {
  return admitTo(ONBOARDING, journey, message, now)
}

export function statusOf(journey: Journey): Status {
  return statusIn(ONBOARDING, journey)
}

/** The next moment at which something happens by itself, in ms; null where only messages move the journey. */
export function wakeAt(journey: Journey): number | null {
  return wakeAtOf(ONBOARDING, journey)
}

/** Whether `input` would start a journey like this one. */
export function compareInput(journey: Journey, input: OnboardingInput): Refusal | null {
  return engine.compareInput(ONBOARDING, journey, input)
}

/** Whether the journey has come to a state that a user can be shown. */
export function isUserFacing(journey: Journey): boolean {
  return engine.isUserFacing(ONBOARDING, journey)
}

export { lookUpOf } from '../../workflows/engine/advance.js'
export { isBusy } from '../../workflows/engine/gate.js'
