import { setTimeout as sleep } from 'node:timers/promises'
import {
  isClosed,
  type JourneyHandle,
  type MessageInputs,
  type MessageName,
  OnboardingError,
  type Receipt,
} from '../../client/index.js'
import type { Act } from './facts.js'

/** Sends a life’s messages until each is answered, and keeps what became of them. */

/** Nobody knows what became of the message, or nobody could be asked: the same submission again gets the answer. */
const PASSING: readonly string[] = ['UNREACHABLE', 'DEADLINE', 'TEMPORAL_ERROR']
const PAUSE_MS = 200
/** How long the outcome of a signal that the server took may be missing, ms. */
const SIGNAL_WITHIN_MS = 30_000

export function isPassing(error: unknown): boolean {
  return error instanceof OnboardingError && PASSING.includes(error.code)
}

/** Again and again while the trouble passes, and until the run is over. */
export async function persist<T>(over: AbortSignal, ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (!isPassing(error) || over.aborted) throw error
      await sleep(PAUSE_MS)
    }
  }
}

type Note = Pick<Act, 'purpose' | 'challengeId' | 'otpRefId' | 'typed'>

export class Post {
  readonly acts: Act[] = []
  #sent = 0

  constructor(
    private readonly label: string,
    private readonly over: AbortSignal,
  ) {}

  nextId(): string {
    this.#sent += 1
    return `${this.label}-${this.#sent}`
  }

  /** Sends a message as an update, until it is answered or refused, or the run is over. */
  async send<Name extends MessageName>(
    handle: JourneyHandle,
    message: Name,
    input: MessageInputs[Name],
    note: Note = {},
    submissionId = this.nextId(),
  ): Promise<Act> {
    const act = this.#begin(message, submissionId, 'update', note)
    const method = handle[message] as (input: MessageInputs[Name]) => Promise<Receipt>
    await this.#settle(act, async () => {
      act.outcome = (await method({ ...input, submissionId })).outcome
    })
    return act
  }

  /** Sends it once, with little patience; answers whether it was left in doubt. */
  async sendImpatiently<Name extends MessageName>(
    impatient: JourneyHandle,
    message: Name,
    input: MessageInputs[Name],
    submissionId: string,
  ): Promise<boolean> {
    const method = impatient[message] as (input: MessageInputs[Name]) => Promise<Receipt>
    return method({ ...input, submissionId }).then(
      () => false,
      (error: unknown) => isPassing(error),
    )
  }

  /** Sends a message as a signal, and asks for its receipt until there is one, or its refusal shows. */
  async signal<Name extends MessageName>(
    handle: JourneyHandle,
    message: Name,
    input: MessageInputs[Name],
    note: Note = {},
  ): Promise<Act> {
    const submissionId = this.nextId()
    const refused = `refused:${message}`
    const act = this.#begin(message, submissionId, 'signal', note)
    await this.#settle(act, async () => {
      const lines = async (): Promise<readonly { what: string; code: string }[]> => {
        const { timeline } = await handle.view()
        return timeline.filter(({ what }) => what === refused || what === `message:${message}`)
      }
      const before = (await lines()).length
      const method = handle.signal[message] as (input: MessageInputs[Name]) => Promise<unknown>
      await method({ ...input, submissionId })
      const end = Date.now() + SIGNAL_WITHIN_MS
      while (Date.now() < end && !this.over.aborted) {
        const receipt = await persist(this.over, () => handle.receipt(message, submissionId))
        if (receipt) {
          act.outcome = receipt.outcome
          return
        }
        const newest = (await persist(this.over, lines)).slice(before).at(-1)
        if (newest?.what === refused) {
          act.refusal = newest.code
          return
        }
        const { state } = await persist(this.over, () => handle.view())
        // A closed journey would tell only through a worker; that the signal was taken stands in the story, or in the history.
        if (isClosed(state)) {
          if (newest) act.outcome = state
          return
        }
        await sleep(PAUSE_MS)
      }
    })
    return act
  }

  #begin(message: MessageName, submissionId: string, via: Act['via'], note: Note): Act {
    const at = new Date().toISOString()
    const act: Act = { message, submissionId, at, via, ...note, outcome: null, refusal: null }
    this.acts.push(act)
    return act
  }

  /** Refusals are answers; what passes is tried again; only when the run is over is a message left without one. */
  async #settle(act: Act, ask: () => Promise<void>): Promise<void> {
    try {
      await persist(this.over, ask)
    } catch (error) {
      if (!(error instanceof OnboardingError)) throw error
      if (!isPassing(error)) act.refusal = error.code
    }
  }
}
