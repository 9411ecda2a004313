import type { Rule } from './rule.js'
import { CALL_RULES } from './rules/calls.js'
import { CLASS_RULES } from './rules/classes.js'
import { GATE_RULES } from './rules/gate.js'
import { JOURNEY_RULES } from './rules/journey.js'
import { LIMIT_RULES } from './rules/limits.js'
import { MONEY_RULES } from './rules/money.js'
import { OUTCOME_RULES } from './rules/outcomes.js'
import { PARKING_RULES } from './rules/parking.js'

/** The rules of the failure policy, each with the one test that fails when it is switched off. */
export const RULES: readonly Rule[] = [
  ...CLASS_RULES,
  ...CALL_RULES,
  ...OUTCOME_RULES,
  ...LIMIT_RULES,
  ...PARKING_RULES,
  ...GATE_RULES,
  ...JOURNEY_RULES,
  ...MONEY_RULES,
]
