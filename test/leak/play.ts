import {
  type JourneyHandle,
  type NextAction,
  OnboardingError,
  type Rail,
  type StartInput,
  type View,
} from '../../client/index.js'
import { Person, type PersonFacts, waitUntil } from '../../stack/person.js'
import { CommandLine } from './command-line.js'
import type { LeakStack } from './leak-stack.js'
import type { Said } from './said.js'
import { TENANTS, userCodeOf } from './settings.js'

/** A journey of a sender of whom everything is a canary. */
export interface LeakJourney {
  readonly handle: JourneyHandle
  readonly person: Person
  readonly facts: PersonFacts
  readonly rail: Rail
}

export interface Given extends Partial<StartInput> {
  readonly tenant?: string
  readonly unknownDetails?: true
  /** Faults that this sender meets. */
  readonly faults?: readonly Readonly<Record<string, unknown>>[]
}

/** A journey that is not at its end after this is cancelled, ms. */
const WALK_MS = 25_000
const LOOK_MS = 3_000
const SHORT_WAITS = { resendCooldownSeconds: 0, parkFirstSeconds: 1, parkLongestSeconds: 1 }
/** Codes that the sandbox is told of in advance; no journey needs more. */
const CODES_AHEAD = 20

/** What all journeys of a run share. */
export class Play {
  readonly commandLine = new CommandLine(this)
  /** What programs printed that did not start. */
  readonly brokenStarts: string[] = []

  constructor(
    readonly stack: LeakStack,
    readonly said: Said,
  ) {}

  /** A person whom the sandbox sends canaries as codes. */
  async person(rail: Rail): Promise<PersonFacts> {
    const { canaries, sandbox } = this.stack
    const facts = canaries.person()
    for (const purpose of ['SENDER', 'AADHAAR', 'TRANSACTION', 'RECIPIENT', 'REFUND'] as const) {
      const { right } = canaries.codes[purpose === 'SENDER' || purpose === 'AADHAAR' ? purpose : 'MONEY']
      const codes = Array<string>(CODES_AHEAD).fill(right)
      await sandbox.decideCodes({ rail, mobile: facts.mobile }, purpose, codes)
    }
    return facts
  }

  async begin(rail: Rail, given: Given = {}): Promise<LeakJourney> {
    const { tenant = TENANTS.main, unknownDetails, faults = [], policy, ...input } = given
    const facts = await this.person(rail)
    for (const fault of faults) await this.stack.sandbox.addFaults({ ...fault, mobile: facts.mobile })
    const client = await this.stack.connect(tenant)
    const started = await this.said.overhear(client).start({
      ...{ rail, mobile: facts.mobile, userCode: userCodeOf(tenant), policy: { ...SHORT_WAITS, ...policy } },
      ...(!unknownDetails && { details: { ...facts.details } }),
      ...input,
    })
    return this.journeyOf(rail, facts, started.handle)
  }

  journeyOf(rail: Rail, facts: PersonFacts, journey: JourneyHandle): LeakJourney {
    const handle = this.said.overhear(journey)
    return { handle, facts, rail, person: new Person(facts, handle, this.stack.sandbox) }
  }

  /** Does what is asked for until this is asked for. */
  async walkTo<Do extends NextAction['do']>(
    { handle, person }: LeakJourney,
    wanted: Do,
  ): Promise<Extract<NextAction, { do: Do }>> {
    for (;;) {
      const { nextAction, revision, state } = await handle.view()
      if (nextAction.do === wanted) return nextAction as Extract<NextAction, { do: Do }>
      if (nextAction.do === 'NOTHING') throw new Error(`The journey ended as ${state} before ${wanted}.`)
      if (nextAction.do === 'WAIT' || nextAction.do === 'WAIT_UNTIL') await handle.waitForChange(revision)
      else await person.act(nextAction)
    }
  }

  /** To the end, whatever is met: operators help once, and then the journey is cancelled. */
  async bring({ handle, person }: LeakJourney): Promise<View> {
    const end = Date.now() + WALK_MS
    let helped = false
    for (;;) {
      const view = await handle.view()
      if (view.status.kind === 'CLOSED') return view
      const { nextAction } = view
      const lost = nextAction.do === 'CONTACT_SUPPORT' && helped
      if (lost || Date.now() > end) await this.tolerate(handle.cancel({ reason: 'leak test' }))
      else if (nextAction.do === 'CONTACT_SUPPORT') {
        helped = true
        await this.tolerate(handle.reenter({ reason: 'leak test' }))
      } else if (nextAction.do === 'WAIT' || nextAction.do === 'WAIT_UNTIL') {
        await this.tolerate(handle.waitForChange(view.revision, { timeoutMs: LOOK_MS }))
      } else {
        if (nextAction.do === 'REQUEST_NEW_CODE') await waitUntil(nextAction.resendAvailableAt)
        await this.tolerate(person.act(nextAction))
      }
    }
  }

  /** A coded refusal is an answer like any other here; it has been overheard. */
  async tolerate(call: Promise<unknown>): Promise<void> {
    await call.catch((error: unknown) => {
      if (!(error instanceof OnboardingError)) throw error
    })
  }
}
