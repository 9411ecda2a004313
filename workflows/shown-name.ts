import { maskIdentifiers } from '../values/mask.js'

/** Longest name that is kept, in characters. */
const MAX_NAME = 64
/** What is looked at of a name; a sender can make one as long as a payload. */
const MAX_READ = 4 * MAX_NAME

/**
 * A message's name that we do not know, as it may stand in a view and in evidence: whoever sends a signal chooses its name.
 * Numbers of people go first, while the gaps between their digits still stand.
 */
export function shownName(name: string): string {
  return maskIdentifiers(name.slice(0, MAX_READ))
    .replace(/[^\w-]/g, '?')
    .slice(0, MAX_NAME)
}
