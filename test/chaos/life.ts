import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type JourneyHandle, type NextAction, OnboardingError, type Started, type View } from '../../client/index.js'
import type { Injector } from './injector.js'
import type { DialectWorld } from './chaos-stack.js'
import type { Act, Purpose, Quota } from './facts.js'
import { HABIT_PLACES, type Place, PLACES, PROCESS_PLACES, SMALL_QUOTA } from './kinds.js'
import { HABIT_ACTS } from './habits.js'
import { isPassing, persist, Post } from './post.js'
import type { JourneyPlan } from './plan.js'
import type { Tally } from './tally.js'
import type { UidaiOutage } from './uidai-outage.js'

/** What a life is lived in. */
export interface LifeContext {
  readonly world: DialectWorld
  readonly injector: Injector
  readonly tally: Tally
  readonly outage: UidaiOutage
  /** Aborted when the run's time is up. */
  readonly over: AbortSignal
}

/** More than a journey with every mishap needs. */
const MOST_ACTS = 80
/** A journey that shows nothing new for so long while nobody has to act has got stuck, ms. */
const STUCK_AFTER_MS = 60_000
/** A parked call is not waited for longer than this, ms: the operator runs it now. */
const PATIENCE_MS = 1_200
/** Longer than a journey that waits for UIDAI needs to come back, ms: until then the operator leaves it alone. */
const LEFT_ALONE_MS = 45_000
/** A quota that is free again within this is waited for, ms; else the person gives up. */
const QUOTA_PATIENCE_MS = 5_000
const PLENTY: Quota = { sendsPerWindow: 50, sendWindowSeconds: 600, sendsPerDay: 100 }
/** On one rail the window is what is used up first, on the other one the day. */
const SMALL: Readonly<Record<JourneyPlan['rail'], Quota>> = {
  digikhata: { ...PLENTY, sendsPerWindow: 3 },
  levin: { ...PLENTY, sendsPerDay: 3 },
}

/** Journeys of which the person wants no more: see `cancel`. */
const LIMITS = ['RESEND_LIMIT_REACHED', 'MOBILE_LIMIT_REACHED', 'AADHAAR_LIMIT_REACHED']

/**
 * A person at a screen, a service between, and an operator behind: does what the journey asks for until it ends, with
 * the habits that the plan gives.
 */
export class Life {
  readonly post: Post
  readonly handle: JourneyHandle
  readonly runIds = new Set<string>()
  starts = 0
  /** What each start was answered: whether it joined. */
  readonly joins: boolean[] = []
  readonly #done = new Set<string>()
  readonly #tried = new Set<string>()
  /** Since when the journey waits for UIDAI, ms; null where it does not. */
  #awaitsUidai: number | null = null

  constructor(
    readonly plan: JourneyPlan,
    readonly context: LifeContext,
  ) {
    this.post = new Post(plan.label, context.over)
    this.handle = context.world.client.handleOf({ rail: plan.rail, mobile: plan.person.mobile })
  }

  get subject(): { readonly rail: JourneyPlan['rail']; readonly mobile: string } {
    return { rail: this.plan.rail, mobile: this.plan.person.mobile }
  }

  get quota(): Quota {
    return this.plan.habits.some(({ kind }) => SMALL_QUOTA.includes(kind)) ? SMALL[this.plan.rail] : PLENTY
  }

  /** From the first start to the end, or until the run's time is up. */
  async live(): Promise<void> {
    try {
      await this.#prepare()
      await this.#begin()
      await this.#goOn()
    } catch (error) {
      // The run is over: what is left undone shows in the facts.
      if (!(this.context.over.aborted && isPassing(error))) throw error
    } finally {
      this.context.outage.left(this.plan.label)
    }
  }

  /** Starts the journey, or joins it; asks again while nobody answers. */
  async start(client = this.context.world.client, submissionId: string = randomUUID()): Promise<Started> {
    const { rail, person, detailsGiven } = this.plan
    const input = {
      rail,
      mobile: person.mobile,
      userCode: this.context.world.userCode,
      policy: { resendCooldownSeconds: 0, ...this.quota },
      ...(detailsGiven && { details: { ...person.details, residenceAddress: [...person.details.residenceAddress] } }),
    }
    const started = await persist(this.context.over, () => client.start(input, { submissionId }))
    this.runIds.add(started.view.runId)
    this.joins.push(started.joined)
    return started
  }

  /** Starts anew after the end. */
  async startAgain(): Promise<void> {
    this.starts += 1
    await this.start()
  }

  /** What is asked for, done as it should be. Undefined where there is nothing for a person to do. */
  async act(action: NextAction): Promise<Act | undefined> {
    const { post, handle, plan } = this
    const { details, aadhaar, pan } = plan.person
    switch (action.do) {
      case 'ENTER_SENDER_DETAILS':
        return post.send(handle, 'enterSenderDetails', {
          ...details,
          residenceAddress: [...details.residenceAddress],
        })
      case 'ENTER_SENDER_OTP':
      case 'ENTER_AADHAAR_OTP': {
        const purpose = purposeOf(action)
        const { code, otpRefId } = await this.latestCode(purpose)
        return this.enterCode(purpose, code, action.challengeId, { typed: 'right', otpRefId })
      }
      case 'REQUEST_CONSENT':
        return post.send(handle, 'requestConsent', { language: 'English' })
      case 'ENTER_AADHAAR':
        return post.send(handle, 'enterAadhaar', { aadhaar, consent: agreedTo(action) })
      case 'ENTER_PAN':
        return post.send(handle, 'enterPan', { pan })
      case 'REQUEST_NEW_CODE':
        return this.#requestCode(action)
      default:
        return undefined
    }
  }

  enterCode(
    purpose: Purpose,
    otp: string,
    challengeId: string,
    note: Pick<Act, 'typed' | 'otpRefId'>,
    via: 'send' | 'signal' = 'send',
  ): Promise<Act> {
    const message = purpose === 'SENDER' ? 'enterSenderOtp' : 'enterAadhaarOtp'
    return this.post[via](this.handle, message, { otp, challengeId }, { purpose, challengeId, ...note })
  }

  resend(purpose: Purpose): Promise<Act> {
    return this.post.send(this.handle, 'resendOtp', {}, { purpose })
  }

  cancel(reason: string): Promise<Act> {
    return this.post.send(this.handle, 'cancel', { actor: { type: 'sender', id: 'chaos' }, reason })
  }

  async latestCode(purpose: Purpose): Promise<{ code: string; otpRefId: string }> {
    const latest = (await this.context.world.sandbox.codes(this.plan.person.mobile, purpose)).at(-1)
    if (latest) return latest
    throw new Error(`${this.plan.label} is asked for a ${purpose} code, and the sandbox sent none`)
  }

  look(): Promise<View> {
    return persist(this.context.over, async () => {
      const view = await this.handle.view()
      this.runIds.add(view.runId)
      return view
    })
  }

  async #prepare(): Promise<void> {
    const { sandbox } = this.context.world
    for (const purpose of ['SENDER', 'AADHAAR'] as const) {
      await sandbox.decideCodes(this.subject, purpose, this.plan.codes[purpose])
    }
    for (const { spec } of this.plan.ekoFaults) await sandbox.aim(this.subject, spec)
  }

  async #begin(): Promise<void> {
    this.starts += 1
    await this.#at('START', async () => {
      await this.start()
      return undefined
    })
  }

  async #goOn(): Promise<void> {
    const { over } = this.context
    let seen = { revision: 0, since: Date.now() }
    for (let acts = 0; acts < MOST_ACTS && !over.aborted;) {
      const view = await this.look()
      if (view.revision !== seen.revision) seen = { revision: view.revision, since: Date.now() }
      if (view.nextAction.do === 'NOTHING') return
      if (view.nextAction.do === 'WAIT') {
        if (Date.now() > seen.since + STUCK_AFTER_MS) return
        await this.#untilChange(view.revision, 5_000)
        continue
      }
      acts += 1
      if (view.nextAction.do !== 'WAIT_UNTIL') this.#awaitsUidai = null
      if (!(await this.#step(view))) return
    }
  }

  /** One thing done; false where the person leaves for good. */
  async #step({ nextAction, revision }: View): Promise<boolean> {
    switch (nextAction.do) {
      case 'WAIT_UNTIL':
        await this.#waitOut(nextAction, revision)
        return true
      case 'CONTACT_SUPPORT': {
        const { refusal } = await this.#operator('reenter')
        return this.#afterRefusal(refusal)
      }
      default: {
        if (nextAction.do === 'ENTER_AADHAAR') await this.context.outage.arrived(this.plan.label)
        const place = Object.hasOwn(PLACES, nextAction.do) ? (nextAction.do as Place) : null
        const done = place ? await this.#at(place, () => this.act(nextAction), nextAction) : await this.act(nextAction)
        return this.#afterRefusal(done?.refusal ?? null)
      }
    }
  }

  /** Where UIDAI is away the journey is to come back by itself; else the operator runs the call after a moment. */
  async #waitOut({ dependency }: Extract<NextAction, { do: 'WAIT_UNTIL' }>, revision: number): Promise<void> {
    const { outage } = this.context
    if (dependency === 'UIDAI' && outage.strikes(this.plan.dialect)) {
      this.#awaitsUidai ??= Date.now()
      outage.parked(this.plan.label)
    }
    const isLeftAlone = this.#awaitsUidai !== null && Date.now() < this.#awaitsUidai + LEFT_ALONE_MS
    await this.#untilChange(revision, isLeftAlone ? 5_000 : PATIENCE_MS)
    if (isLeftAlone || (await this.look()).revision !== revision) return
    if (this.#awaitsUidai !== null) outage.helped(this.plan.label)
    await this.#operator('retryNow')
  }

  /** Does something with whatever the plan has for this place, once. */
  async #at(place: Place, act: () => Promise<Act | undefined>, action?: NextAction): Promise<Act | undefined> {
    const habit = this.plan.habits.find((other) => this.#isDue(other, place, HABIT_PLACES[other.kind]))
    if (habit) {
      this.#tried.add(habit.kind)
      if (await HABIT_ACTS[habit.kind](this, place, action)) this.#done.add(habit.kind)
      return undefined
    }
    const { processFault } = this.plan
    if (!processFault || !this.#isDue(processFault, place, PROCESS_PLACES[processFault.kind])) return act()
    this.#tried.add(processFault.kind)
    const { injector, world } = this.context
    if (!processFault.kind.endsWith('InCall')) {
      this.#done.add(processFault.kind)
      if (processFault.before) injector.strikeAtBoundary(processFault.kind)
      const done = await act()
      if (!processFault.before) injector.strikeAtBoundary(processFault.kind)
      return done
    }
    const target = { world, subject: this.subject, operation: PLACES[place], workflowId: this.handle.workflowId }
    const { done, hit } = await injector.strikeInCall(processFault.kind, target, act)
    if (hit) this.#done.add(processFault.kind)
    return done
  }

  /** At the place that was planned; where it missed there, at the next one that will do. */
  #isDue(planned: { readonly kind: string; readonly place: Place }, here: Place, places: readonly Place[]): boolean {
    if (this.#done.has(planned.kind)) return false
    return planned.place === here || (this.#tried.has(planned.kind) && places.includes(here))
  }

  async #requestCode(action: Extract<NextAction, { do: 'REQUEST_NEW_CODE' }>): Promise<Act> {
    const wait = Date.parse(action.resendAvailableAt) - Date.now()
    if (wait > QUOTA_PATIENCE_MS) return this.cancel('The quota of codes is used up')
    if (wait > 0) await sleep(wait + 5)
    return this.resend(action.purpose)
  }

  /** Refusals are looked at again in the next view; a limit that lasts ends the person's patience. */
  async #afterRefusal(refusal: string | null): Promise<boolean> {
    if (refusal === null) return true
    if (LIMITS.includes(refusal)) await this.cancel(`Refused: ${refusal}`)
    else await sleep(50)
    return true
  }

  #operator(message: 'reenter' | 'retryNow'): Promise<Act> {
    const actor = { type: 'operator', id: 'chaos-operator' } as const
    return this.post.send(this.handle, message, { actor, reason: 'Chaos' })
  }

  async #untilChange(revision: number, timeoutMs: number): Promise<void> {
    try {
      await this.handle.waitForChange(revision, { timeoutMs })
    } catch (error) {
      if (!(error instanceof OnboardingError && isPassing(error))) throw error
    }
  }
}

export function purposeOf({ do: what }: Pick<NextAction, 'do'>): Purpose {
  return what === 'ENTER_AADHAAR_OTP' ? 'AADHAAR' : 'SENDER'
}

function agreedTo({ consent }: Extract<NextAction, { do: 'ENTER_AADHAAR' }>) {
  const { consentId, textSha256 } = consent
  return { consentId, textSha256, mode: 'self', acceptedAt: new Date().toISOString() } as const
}
