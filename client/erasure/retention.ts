import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { notConfigured } from '../errors.js'
import { fieldErrors } from '../validation.js'

/** Milliseconds of a day. */
export const DAY_MS = 86_400_000

const days = z
  .number()
  .int('Must be a whole number of days.')
  .min(0, 'Must not be negative.')
  .max(36_500, 'Must be at most 36500.')
const basis = z.string().trim().min(1, 'Must name the legal basis.').max(500, 'Must have at most 500 characters.')
const clock = z.strictObject({ days, basis })

const schema = z
  .strictObject({
    /** Temporal's histories of closed journeys, and of transaction OTPs. */
    history: z.strictObject({ days, daysAfterWithdrawal: days.default(0), basis }),
    /** Evidence of erased journeys. */
    evidence: clock,
    /** Sealed values in histories: openable until their sealing key is destroyed, which the key commands do. */
    sealedSecrets: clock,
    /** Logs of workers, Temporal and proxies: the institution's; named here so that a report can name them. */
    logs: clock,
  })
  .superRefine(({ history, evidence, sealedSecrets }, context) => {
    const complain = (path: string[], message: string): void =>
      void context.addIssue({ code: 'custom', path, message, params: { code: 'TOO_SHORT' } })
    if (evidence.days < history.days) complain(['evidence', 'days'], 'Must not be less than history.days.')
    if (history.daysAfterWithdrawal > history.days)
      complain(['history', 'daysAfterWithdrawal'], 'Must not be more than history.days.')
    if (sealedSecrets.days > history.days)
      complain(['sealedSecrets', 'days'], 'Must not be more than history.days: they go with the history at the latest.')
  })

/**
 * How long each kind of data is kept, in days from the end of its journey, and on what legal basis. Both are the
 * institution's decision: there are no defaults, but for `history.daysAfterWithdrawal`: 0.
 */
export type Retention = z.output<typeof schema>

/**
 * A retention as an object, e.g. parsed from JSON.
 * @throws OnboardingError NOT_CONFIGURED with every field that is wrong
 */
export function parseRetention(given: unknown, name = 'retention'): Retention {
  const result = schema.safeParse(given)
  if (result.success) return result.data
  const complaints = Object.entries(fieldErrors(result.error)).map(([path, { message }]) => `${path}: ${message}`)
  throw notConfigured({ [name]: complaints.join(' ') })
}

/**
 * The retention in a JSON file.
 * @throws OnboardingError NOT_CONFIGURED
 */
export async function readRetention(path: string): Promise<Retention> {
  const name = 'ONBOARDING_RETENTION_FILE'
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw notConfigured({ [name]: `${path} cannot be read (${error.code ?? 'unknown error'}).` })
  })
  let given: unknown
  try {
    given = JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) throw notConfigured({ [name]: `${path} is not JSON.` })
    throw error
  }
  return parseRetention(given, name)
}
