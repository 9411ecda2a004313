import { SearchAttributeType, type SearchAttributeUpdatePair, defineSearchAttributeKey } from '@temporalio/common'
import {
  CancellationScope,
  condition,
  setCurrentDetails,
  sleep,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow'
import type { CallOutcome, ResolveOutcome, ResolveRequest } from './calls.js'
import { failure } from './failures.js'
import { onboardingInput } from './guards.js'
import { wakeAt } from './journey-clock.js'
import { inputErrors } from './journey-input.js'
import { refusal } from './journey-gate.js'
import { statusOf, viewOf } from './journey-view.js'
import type { Advanced, Journey, JourneyEvent, PendingCall, Settlement } from './journey.js'
import {
  isClosed,
  type Message,
  MESSAGES,
  type OnboardingInput,
  type OpenAnswer,
  type OpenRequest,
  type Receipt,
  type Refusal,
} from './messages.js'
import { admit, advance, compareInput, isBusy, isUserFacing, openJourney } from './onboarding-journey.js'
import { storyOf, timerSummary } from './story.js'

interface Waiter<T> {
  readonly resolve: (value: T) => void
  readonly reject: (error: Error) => void
}

/** Holds a journey and carries it through Temporal: promises of updates, one timer, search attributes, the story. */
export class JourneyRunner {
  journey: Journey
  private readonly waiters = new Map<number, Waiter<Receipt>[]>()
  private openers: { readonly waiter: Waiter<OpenAnswer>; readonly joined: boolean }[] = []
  private timer: { readonly at: number; readonly scope: CancellationScope } | null = null
  private timerFired = false
  private readonly published = new Map<string, string>()

  constructor(input: OnboardingInput) {
    const { workflowId, runId } = workflowInfo()
    this.journey = openJourney({ workflowId, runId, input, now: Date.now() })
  }

  /** The gate on arrival, for validators. */
  refusal(message: Message): Refusal | null {
    return admit(this.journey, message, Date.now())
  }

  /** Takes a message without waiting for what becomes of it. */
  submit(name: string, body: unknown, via: 'signal' | 'update'): Advanced {
    if (Object.hasOwn(MESSAGES, name)) {
      return this.apply({ type: 'arrived', message: { name, body } as Message, via })
    }
    const known = name.replace(/[^\w-]/g, '?').slice(0, 64)
    return this.apply({ type: 'arrivedUnreadable', name: known, refusal: refusal('UNKNOWN_MESSAGE') })
  }

  /** Takes a message; settles when its outcome is recorded, or when the journey parks or needs attention. */
  submitAndWait(name: string, body: unknown): Promise<Receipt> {
    const { sequence, settled } = this.submit(name, body, 'update')
    const at = sequence ?? -1
    return new Promise((resolve, reject) => {
      const settlement = settled.find((other) => other.sequence === at)
      if (settlement) settle({ resolve, reject }, settlement)
      else this.waiters.set(at, [...(this.waiters.get(at) ?? []), { resolve, reject }])
    })
  }

  openRefusal(request: OpenRequest): Refusal | null {
    const input = (request as OpenRequest | null)?.input
    const fieldErrors = onboardingInput(input)
    if (!input || Object.keys(fieldErrors).length > 0) return refusal('INVALID_MESSAGE', { fieldErrors })
    const conflict = compareInput(this.journey, input)
    if (conflict) return conflict
    const errors = inputErrors(input, this.journey.workflowId)
    return Object.keys(errors).length > 0 ? refusal('INVALID_MESSAGE', { fieldErrors: errors }) : null
  }

  /** Answers with the first state that a user can be shown. */
  open({ input }: OpenRequest): Promise<OpenAnswer> {
    const joined = input.opener === undefined || input.opener !== this.journey.input.opener
    return new Promise((resolve, reject) => {
      this.openers.push({ waiter: { resolve, reject }, joined })
      this.answerOpeners()
    })
  }

  /** One round: does what the journey wants done, or waits until something happens. */
  async step(
    resolve: (request: ResolveRequest) => Promise<ResolveOutcome>,
    call: (journey: Journey, call: PendingCall) => Promise<CallOutcome>,
  ): Promise<void> {
    const { journey } = this
    this.publish()
    if (journey.resolving) {
      const { tenant, rail, policy } = journey.input
      const { userCode } = journey.resolving
      this.apply({ type: 'resolved', outcome: await resolve({ tenant, rail, userCode, ...(policy && { policy }) }) })
    } else if (journey.call && !journey.call.parked) {
      this.apply({ type: 'callEnded', outcome: await call(journey, journey.call) })
    } else {
      this.armTimer()
      const revision = journey.revision
      await condition(() => this.timerFired || this.journey.revision !== revision)
      const fired = this.timerFired
      this.timerFired = false
      if (fired && !isBusy(this.journey)) this.apply({ type: 'clock' })
    }
  }

  /** Tells Temporal UI where the journey stands. Search attributes go out only when they change, in one upsert. */
  publish(): void {
    setCurrentDetails(storyOf(viewOf(this.journey)))
    const { state, input } = this.journey
    const status = statusOf(this.journey).kind
    const wanted: [string, string][] = [
      ['OnboardingRail', input.rail],
      ['OnboardingTenant', input.tenant],
      ...(status === 'CALLING_EKO'
        ? []
        : ([
            ['OnboardingState', state],
            ['OnboardingStatus', status],
          ] as [string, string][])),
    ]
    const changed = wanted.filter(([name, value]) => this.publishedValue(name) !== value)
    if (changed.length > 0) upsertSearchAttributes(changed.map(([name, value]) => keyword(name, value)))
    for (const [name, value] of changed) this.published.set(name, value)
  }

  private publishedValue(name: string): string | undefined {
    return (
      this.published.get(name) ??
      workflowInfo().typedSearchAttributes.get(defineSearchAttributeKey(name, SearchAttributeType.KEYWORD))
    )
  }

  private apply(event: JourneyEvent): Advanced {
    const advanced = advance(this.journey, event, Date.now())
    this.journey = advanced.journey
    for (const settlement of advanced.settled) {
      for (const waiter of this.waiters.get(settlement.sequence) ?? []) settle(waiter, settlement)
      this.waiters.delete(settlement.sequence)
    }
    this.answerOpeners()
    return advanced
  }

  private answerOpeners(): void {
    if (this.openers.length === 0 || !isUserFacing(this.journey)) return
    const { rejection } = this.journey
    const refused = isClosed(this.journey.state) && rejection !== null
    for (const { waiter, joined } of this.openers) {
      if (refused) waiter.reject(failure({ code: rejection, message: 'The journey was rejected at its start.' }))
      else waiter.resolve({ joined, view: viewOf(this.journey) })
    }
    this.openers = []
  }

  /**
   * One timer, re-armed lazily: where the next deadline moved away, the old timer may fire and is set anew then; that
   * costs less history than cancelling one timer a step.
   */
  private armTimer(): void {
    const at = wakeAt(this.journey)
    if (at === null || (this.timer && this.timer.at <= at)) return
    this.timer?.scope.cancel()
    const scope = new CancellationScope({ cancellable: true })
    const timer = { at, scope }
    this.timer = timer
    const summary = timerSummary(viewOf(this.journey))
    void scope
      .run(() => sleep(Math.max(1, at - Date.now()), { summary }))
      .then(
        () => {
          if (this.timer !== timer) return
          this.timer = null
          this.timerFired = true
        },
        () => undefined, // cancelled because an earlier deadline replaced it
      )
  }
}

function settle(waiter: Waiter<Receipt>, settlement: Settlement): void {
  if ('receipt' in settlement) waiter.resolve(settlement.receipt)
  else waiter.reject(failure(settlement.refusal))
}

function keyword(name: string, value: string): SearchAttributeUpdatePair {
  return { key: defineSearchAttributeKey(name, SearchAttributeType.KEYWORD), value }
}
