import type { SandboxControl } from '../stack/sandbox-control.js'
import { type Contender, type Step, STEPS, type Walk } from './contender.js'
import { type BenchPerson, knownPerson } from './people.js'

/** The code that a step asks for; none where it asks for none. */
export function codeFor(step: Step, { mobile }: BenchPerson, sandbox: SandboxControl): Promise<string> {
  if (step === 'senderOtp') return sandbox.latestCode(mobile, 'SENDER')
  if (step === 'aadhaarOtp') return sandbox.latestCode(mobile, 'AADHAAR')
  return Promise.resolve('')
}

/** Takes steps one after the other; answers how long each took, in ms. */
export async function takeSteps(
  walk: Walk,
  steps: readonly Step[],
  person: BenchPerson,
  sandbox: SandboxControl,
): Promise<Map<Step, number>> {
  const times = new Map<Step, number>()
  for (const step of steps) {
    const code = await codeFor(step, person, sandbox)
    const since = performance.now()
    await walk.take(step, code)
    times.set(step, performance.now() - since)
  }
  return times
}

/** One whole journey of a new person. */
export async function wholeJourney(
  contender: Contender,
  sandbox: SandboxControl,
): Promise<{ person: BenchPerson; times: Map<Step, number> }> {
  const person = await knownPerson(sandbox)
  return { person, times: await takeSteps(contender.begin(person), STEPS, person, sandbox) }
}

/** Many whole journeys, so many at once; answers how long they took, in seconds. */
export async function wholeJourneys(
  contender: Contender,
  sandbox: SandboxControl,
  journeys: number,
  atOnce: number,
): Promise<number> {
  const since = performance.now()
  let begun = 0
  const one = async (): Promise<void> => {
    while (begun < journeys) {
      begun += 1
      await wholeJourney(contender, sandbox)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, one))
  return (performance.now() - since) / 1_000
}
