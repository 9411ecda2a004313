import { SearchAttributeType, type SearchAttributeUpdatePair, defineSearchAttributeKey } from '@temporalio/common'
import {
  CancellationScope,
  condition,
  patched,
  setCurrentDetails,
  sleep,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow'
import type { CallOutcome, ResolveOutcome, ResolveRequest } from '../calls.js'
import type { RejectionCode } from '../codes.js'
import { failure } from '../failures.js'
import { waitsForIncident } from '../incident-contract.js'
import { ProvenClock } from '../proven-clock.js'
import type { Refusal, SharedReceipt, SharedView } from '../shared-messages.js'
import { shownName } from '../shown-name.js'
import { advance, compareInput, isUserFacing, lookUpOf, resumeJourney } from './advance.js'
import { wakeAt } from './clock.js'
import type { Advanced, Core, JourneyEvent, MessageOf, PendingCallOf, Settlement } from './core.js'
import type { Flow } from './flow.js'
import { admit, inFlight, isBusy, isEnding } from './gate.js'
import { refusal } from './refusal.js'
import { isClosed, receiptOf, statusOf } from './status.js'
import { timerSummary } from './story.js'

/** What `open` is asked, and what it answers; each journey's contract has its own words for both. */
export interface OpenRequest<J extends Core> {
  readonly input: J['input']
}
export interface OpenAnswer {
  readonly joined: boolean
  readonly view: SharedView
}

/**
 * A run gives way to a new one at these numbers, in a moment without signals; at twice as many also between two calls. The server
 * allows 51,200 events, 2,000 updates and, as it is set up here, 2,000 signals a run.
 */
const RUN_LIMITS = { events: 1_000, updates: 500 } as const
/** How long a run waits for a quiet moment at first, in ms. */
const FIRST_WAIT_FOR_QUIET_MS = 1_000
const LONGEST_WAIT_FOR_QUIET_MS = 16_000

interface Waiter<T> {
  readonly resolve: (value: T) => void
  readonly reject: (error: Error) => void
}

/** Holds a journey and carries it through Temporal: promises of updates, one timer, search attributes, the story. */
export class JourneyRunner<J extends Core> {
  journey: J
  private readonly clock = new ProvenClock()
  private readonly waiters = new Map<number, Waiter<SharedReceipt>[]>()
  private openers: { readonly waiter: Waiter<OpenAnswer>; readonly joined: boolean }[] = []
  private timer: { readonly at: number; readonly scope: CancellationScope } | null = null
  private timerFired = false
  private readonly published = new Map<string, string | null>()
  /** Updates that this run has accepted. */
  private updates = 0
  /** The length of the history at the task that brought the last signal: tells tasks apart. */
  private lastSignalTask = -1
  /** When this run, which is full, is to end. */
  private quiet: { readonly at: number; readonly waitMs: number } | null = null

  constructor(
    readonly flow: Flow<J>,
    input: J['input'],
    carried?: J,
  ) {
    const { workflowId, runId } = workflowInfo()
    const opening = { workflowId, runId, input, now: this.clock.now() }
    this.journey = carried ? resumeJourney(flow, carried, opening) : flow.open(opening)
  }

  /** Whether the journey has ended. */
  get isClosed(): boolean {
    return isClosed(this.flow, this.journey)
  }

  /** The gate on arrival, for validators. */
  refusal(message: MessageOf<J>): Refusal | null {
    return admit(this.flow, this.journey, message, this.clock.now())
  }

  /**
   * Whether a new run shall go on with the journey. Nothing is in flight between two steps.
   *
   * The server refuses to end a run to which a signal has come meanwhile, and asks again with all of it. In a flood that
   * would never end, and one task would have to take ever more at once; so the end is tried at a timer only, in a task
   * that brings no signal, and ever more rarely. Updates do not stand in the way: the server hands those on their way to
   * the next run.
   */
  isRunFull(): boolean {
    const { historyLength, continueAsNewSuggested } = workflowInfo()
    const most = Math.max(historyLength / RUN_LIMITS.events, this.updates / RUN_LIMITS.updates)
    if (most < 1 && !continueAsNewSuggested) return false
    // Histories that grew longer before there was this replay to where they were.
    if (!patched('runs-give-way')) return false
    if (isBusy(this.journey)) return most >= 2
    if (!this.quiet) this.quiet = { at: this.clock.now() + FIRST_WAIT_FOR_QUIET_MS, waitMs: FIRST_WAIT_FOR_QUIET_MS }
    if (this.clock.now() < this.quiet.at) return false
    if (this.lastSignalTask !== historyLength) return true
    const waitMs = Math.min(this.quiet.waitMs * 2, LONGEST_WAIT_FOR_QUIET_MS)
    this.quiet = { at: this.clock.now() + waitMs, waitMs }
    return false
  }

  /** Answers whoever still waits: what they sent is carried into the next run. */
  answerQueued(): J {
    const waiting = inFlight(this.journey)
    for (const submission of waiting) {
      const receipt = receiptOf(this.flow, this.journey, submission, 'QUEUED')
      for (const waiter of this.waiters.get(submission.sequence) ?? []) waiter.resolve(receipt)
    }
    this.waiters.clear()
    for (const { waiter, joined } of this.openers) waiter.resolve({ joined, view: this.flow.view(this.journey) })
    this.openers = []
    return this.journey
  }

  /** Takes a message without waiting for what becomes of it. */
  submit(name: string, body: unknown, via: 'signal' | 'update'): Advanced<J> {
    if (via === 'update') this.updates += 1
    else this.lastSignalTask = workflowInfo().historyLength
    if (Object.hasOwn(this.flow.messages, name)) {
      const message = { name, body } as MessageOf<J>
      // Runs in which an ending came to wait for a look-up, before there was this, replay to where they were.
      const waits = this.journey.resolving && isEnding(this.flow, name) && !patched('endings-overtake-look-ups')
      return this.apply({ type: 'arrived', message, via, ...(waits && { afterLookUp: true }) })
    }
    return this.apply({ type: 'arrivedUnreadable', name: shownName(name), refusal: refusal('UNKNOWN_MESSAGE') })
  }

  /** Takes a message; settles when its outcome is recorded, or when the journey parks or needs attention. */
  submitAndWait(name: string, body: unknown): Promise<SharedReceipt> {
    const { sequence, settled } = this.submit(name, body, 'update')
    const at = sequence ?? -1
    return new Promise((resolve, reject) => {
      const settlement = settled.find((other) => other.sequence === at)
      if (settlement) settle({ resolve, reject }, settlement)
      else this.waiters.set(at, [...(this.waiters.get(at) ?? []), { resolve, reject }])
    })
  }

  openRefusal(request: OpenRequest<J>): Refusal | null {
    const input = (request as OpenRequest<J> | null)?.input
    const fieldErrors = this.flow.inputForm(input)
    if (!input || Object.keys(fieldErrors).length > 0) return refusal('INVALID_MESSAGE', { fieldErrors })
    const conflict = compareInput(this.flow, this.journey, input)
    if (conflict) return conflict
    const errors = this.flow.inputErrors(input, this.journey.workflowId)
    return Object.keys(errors).length > 0 ? refusal('INVALID_MESSAGE', { fieldErrors: errors }) : null
  }

  /** Answers with the first state that a user can be shown. */
  open({ input }: OpenRequest<J>): Promise<OpenAnswer> {
    this.updates += 1
    const joined = input.opener === undefined || input.opener !== this.journey.input.opener
    return new Promise((resolve, reject) => {
      this.openers.push({ waiter: { resolve, reject }, joined })
      this.answerOpeners()
    })
  }

  /** One round: does what the journey wants done, or waits until something happens. */
  async step(
    resolve: (request: ResolveRequest) => Promise<ResolveOutcome>,
    call: (journey: J, call: PendingCallOf<J>) => Promise<CallOutcome>,
  ): Promise<void> {
    const { journey } = this
    this.publish()
    const request = lookUpOf(journey)
    if (request) {
      let over = false
      // An ending does not wait for the look-up. What that still brings, nobody waits for.
      const ended = condition(() => over || this.isClosed).then(() => null)
      const outcome = await Promise.race([resolve(request), ended])
      over = true
      if (outcome) this.apply({ type: 'resolved', outcome })
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
    setCurrentDetails(this.flow.story(this.journey))
    const { state, input } = this.journey
    const status = statusOf(this.flow, this.journey).kind
    const names = this.flow.attributes
    const wanted: [string, string | null][] = [
      [names.rail, input.rail],
      [names.tenant, input.tenant],
    ]
    if (status !== 'CALLING_EKO') wanted.push([names.state, state], [names.status, status], ...this.waitsFor())
    const changed = wanted.filter(([name, value]) => this.publishedValue(name) !== value)
    if (changed.length > 0) upsertSearchAttributes(changed.map(([name, value]) => keyword(name, value)))
    for (const [name, value] of changed) this.published.set(name, value)
  }

  /** What a parked call waits for, e.g. `UIDAI` or `CONFIGURATION <incident>`; taken back when it waits no more. */
  private waitsFor(): [string, string | null][] {
    const { waitsFor } = this.flow.attributes
    const status = statusOf(this.flow, this.journey)
    if (status.kind !== 'PARKED') return this.publishedValue(waitsFor) === null ? [] : [[waitsFor, null]]
    // Journeys that had been parked before this attribute was there replay without it.
    if (!patched('publish-waits-for')) return []
    const { dependency, incident } = status
    return [[waitsFor, incident === undefined ? dependency : waitsForIncident(incident)]]
  }

  private publishedValue(name: string): string | null {
    const published = this.published.get(name)
    if (published !== undefined) return published
    const key = defineSearchAttributeKey(name, SearchAttributeType.KEYWORD)
    return workflowInfo().typedSearchAttributes.get(key) ?? null
  }

  private apply(event: JourneyEvent): Advanced<J> {
    const advanced = advance(this.flow, this.journey, event, this.clock.now())
    this.journey = advanced.journey
    for (const settlement of advanced.settled) {
      for (const waiter of this.waiters.get(settlement.sequence) ?? []) settle(waiter, settlement)
      this.waiters.delete(settlement.sequence)
    }
    this.answerOpeners()
    return advanced
  }

  private answerOpeners(): void {
    if (this.openers.length === 0 || !isUserFacing(this.flow, this.journey)) return
    const { rejection } = this.journey
    const refused = this.isClosed && rejection !== null
    for (const { waiter, joined } of this.openers) {
      if (refused) waiter.reject(failure(this.rejection(rejection)))
      else waiter.resolve({ joined, view: this.flow.view(this.journey) })
    }
    this.openers = []
  }

  private rejection(code: RejectionCode): Refusal {
    const { detail } = this.journey
    const limit = code === 'USER_CODE_JOURNEYS_LIMIT' && detail !== null
    const message = 'The journey was rejected at its start.'
    return { code, message, ...(limit && { details: { retryAt: detail } }) }
  }

  /**
   * One timer, re-armed lazily: where the next deadline moved away, the old timer may fire and is set anew then; that
   * costs less history than cancelling one timer a step.
   */
  private armTimer(): void {
    const wake = wakeAt(this.flow, this.journey)
    const at = this.quiet && wake !== null ? Math.min(wake, this.quiet.at) : wake
    if (at === null || (this.timer && this.timer.at <= at)) return
    this.timer?.scope.cancel()
    const scope = new CancellationScope({ cancellable: true })
    const timer = { at, scope }
    this.timer = timer
    const summary = timerSummary(this.flow.view(this.journey))
    void scope
      .run(() => sleep(Math.max(1, at - this.clock.now()), { summary }))
      .then(
        () => {
          if (this.timer !== timer) return
          this.timer = null
          this.timerFired = true
          this.clock.reached(at)
        },
        () => undefined, // cancelled because an earlier deadline replaced it
      )
  }
}

function settle(waiter: Waiter<SharedReceipt>, settlement: Settlement): void {
  if ('receipt' in settlement) waiter.resolve(settlement.receipt)
  else waiter.reject(failure(settlement.refusal))
}

function keyword(name: string, value: string | null): SearchAttributeUpdatePair {
  return { key: defineSearchAttributeKey(name, SearchAttributeType.KEYWORD), value }
}
