import { readFileSync } from 'node:fs'
import { z } from 'zod'

/** One API user of the platform, as Eko would know it after onboarding. */
export interface Developer {
  /** Sent as the header `developer_key`. */
  developerKey: string
  /** Signs requests; never sent. */
  accessKey: string
  /** The only `initiator_id` that this developer may send. */
  initiatorId: string
  /** Agents whose `user_code` this developer may send. */
  userCodes: string[]
  /** The only `org_id` accepted by the consent operations; any when absent. */
  orgId?: string
}

/**
 * Two API users that exist in the sandbox only. The identifiers of the first are the public staging examples of Eko's
 * pages, the keys are made up and open nothing anywhere else.
 */
export const SAMPLE_DEVELOPERS: readonly Developer[] = [
  {
    developerKey: 'sandbox-developer-key-one',
    accessKey: 'sandbox-access-key-one',
    initiatorId: '9962981729',
    userCodes: ['20810200', '20810210'],
    orgId: '1',
  },
  {
    developerKey: 'sandbox-developer-key-two',
    accessKey: 'sandbox-access-key-two',
    initiatorId: '6000000902',
    userCodes: ['20810300', '20810310'],
    orgId: '2',
  },
]

const developersSchema = z
  .array(
    z.strictObject({
      developerKey: z.string().min(1),
      accessKey: z.string().min(1),
      initiatorId: z.string().min(1),
      userCodes: z.array(z.string().min(1)).min(1),
      orgId: z.string().min(1).optional(),
    }),
  )
  .min(1)

/**
 * Reads API users from a JSON file: an array of {@link Developer}.
 * @throws Error that names the file and every wrong field, without the values (they are keys).
 */
export function readDevelopers(file: string): Developer[] {
  let parsed: unknown
  try {
    parsed = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new Error(
      `Cannot read the developers file ${file}: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
  const result = developersSchema.safeParse(parsed)
  if (!result.success) {
    throw new Error(`The developers file ${file} is not usable:\n${z.prettifyError(result.error)}`)
  }
  return result.data.map(({ orgId, ...rest }) => (orgId === undefined ? rest : { ...rest, orgId }))
}
