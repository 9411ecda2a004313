import type { OnboardingClient, Rail, View } from '../../client/index.js'
import { NO_COOLDOWN, until, USER_CODE } from './journeys.js'
import { newPerson } from './people.js'
import { SAMPLE_DEVELOPERS } from '../../sandbox/index.js'

/** Journeys started at the same time: as many as the limit of one user_code answers at once. */
const AT_ONCE = 10
/** Parked journeys come back when they are told to, and hardly later. */
const POLICY = { ...NO_COOLDOWN, parkFirstSeconds: 1 }

/** Developer key and an agent of each of the local stack's tenants. */
export const DEVELOPERS = SAMPLE_DEVELOPERS.map(({ developerKey, userCodes }) => ({
  developerKey,
  userCode: userCodes[0] ?? '',
}))

/** Starts journeys of fresh senders, on both rails in turn, and gives what each start was answered. */
export async function startCrowd(client: OnboardingClient, size: number, userCode = USER_CODE): Promise<View[]> {
  const views: View[] = []
  let next = 0
  const starter = async (): Promise<void> => {
    while (next < size) {
      const rail: Rail = next % 2 === 0 ? 'digikhata' : 'levin'
      next += 1
      const { mobile, details } = newPerson()
      const { view } = await client.start({ rail, mobile, userCode, policy: POLICY, details: { ...details } })
      views.push(view)
    }
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, size) }, starter))
  return views
}

/** How many live journeys of the client's tenant fit a clause of visibility. */
export async function countJourneys(client: OnboardingClient, clause: string): Promise<number> {
  const own = `WorkflowType = 'senderOnboarding' AND OnboardingTenant = '${client.tenant}'`
  return (await client.temporal.workflow.count(`${own} AND ${clause}`)).count
}

/**
 * Waits until so many journeys have gone on to their first code. It waits as long as more of them still do: at a capped
 * rate a crowd takes its time.
 */
export async function allGoOn(client: OnboardingClient, size: number): Promise<void> {
  const onward = (): Promise<number> => countJourneys(client, `OnboardingState = 'SENDER_OTP_REQUIRED'`)
  for (let before = -1; before < size;) {
    const had = before
    await until(async () => (await onward()) > had, `more than ${had} of ${size} journeys have gone on`)
    before = await onward()
  }
}

/** Most events in any window of so many ms. */
export function mostIn(times: readonly number[], windowMs: number): number {
  const sorted = [...times].sort((one, other) => one - other)
  let most = 0
  for (let last = 0, first = 0; last < sorted.length; last += 1) {
    while ((sorted[last] ?? 0) - (sorted[first] ?? 0) >= windowMs) first += 1
    most = Math.max(most, last - first + 1)
  }
  return most
}
