import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { createEkoClient, type EkoClient, type EkoCredentials } from '../../activities/eko/index.js'
import { type RunningSandbox, SAMPLE_DEVELOPERS, startSandbox } from '../../sandbox/index.js'
import { newPerson } from '../support/people.js'
import { request } from './helpers.js'

/** A clock that stands for so long at a time: two workers sign the same millisecond again and again. */
const STEP_MS = 40
const ROUNDS = 20

let sandbox: RunningSandbox
let access: EkoCredentials
let refused = 0
let workers: EkoClient[] = []

beforeAll(async () => {
  sandbox = await startSandbox()
  const [developer] = SAMPLE_DEVELOPERS
  if (!developer) throw new Error('the sandbox has no developer')
  const { developerKey, accessKey, initiatorId } = developer
  access = { environment: 'sandbox', baseUrl: sandbox.ekoBaseUrl, developerKey, accessKey, initiatorId }
  workers = [1, 2].map(() =>
    createEkoClient({
      now: () => Math.floor(Date.now() / STEP_MS) * STEP_MS,
      onAttempt: ({ class: attempt }) => (refused += attempt === 'REJECTED_BEFORE_EXECUTION' ? 1 : 0),
    }),
  )
})
afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.close()))
  await sandbox.close()
})

it('two workers of one key that sign the same millisecond both get through', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const answers = await Promise.all(
      workers.map((worker) => worker.call(access, request('levin', 'getSender', { mobile: newPerson().mobile }))),
    )
    expect(answers.map(({ answer }) => answer)).toEqual(['NOT_ENROLLED', 'NOT_ENROLLED'])
  }
  // Were it never so, they would not have collided, and nothing would be shown.
  expect(refused).toBeGreaterThan(0)
})
