import type { NextAction } from '../../client/index.js'
import type { OperationName } from '../../sandbox/index.js'
import type { Act } from './facts.js'
import { type Habit, type Place, PLACES } from './kinds.js'
import { type Life, purposeOf } from './life.js'

/** How each habit shows, at its place. */

/** Does it; false where it could not be done this time, and is to be tried again. */
type HabitAct = (life: Life, place: Place, action: NextAction | undefined) => Promise<boolean>

/** How late Eko answers a call that something is to happen in, ms: less than the workers’ timeout. */
const LATE_MS = 600
/** Longer than an impatient client waits, ms. */
const TOO_LATE_MS = 1_200
const CALL_WITHIN_MS = 8_000
const REASON = { type: 'operator', id: 'chaos-operator' } as const
/** Above the quota of `asksTooOften`. */
const MOST_RESENDS = 8

interface Late {
  readonly operation: OperationName
  readonly lateMs?: number
  /** Whether the call may still come when whoever asked for it has gone. */
  readonly outlives?: boolean
}

/** Makes Eko late for a call, does what leads to it, and something else while the call is in flight. */
async function duringCall<T>(
  life: Life,
  { operation, lateMs = LATE_MS, outlives = false }: Late,
  act: () => Promise<T>,
  during: () => Promise<unknown>,
): Promise<{ readonly done: T; readonly hit: boolean }> {
  const { sandbox } = life.context.world
  const after = await sandbox.lastSeq(life.subject.mobile)
  await sandbox.aim(life.subject, { fault: 'delayAfterCommit', ms: lateMs, operation })
  const acting = act()
  acting.catch(() => undefined)
  const over = outlives ? new Promise(() => undefined) : acting
  const call = await sandbox.untilOpenCall(life.subject, operation, { after, over, timeoutMs: CALL_WITHIN_MS })
  if (call) await during()
  return { done: await acting, hit: call !== undefined }
}

/** The call that sends another code. */
function resendOf(life: Life, place: Place): OperationName {
  if (place === 'ENTER_AADHAAR_OTP') return 'generateAadhaarOtp'
  return life.plan.rail === 'levin' ? 'getSender' : 'generateSenderOtp'
}

export const HABIT_ACTS: Readonly<Record<Habit, HabitAct>> = {
  async concurrentStarts(life) {
    let second: Promise<unknown> = Promise.resolve()
    const { hit } = await duringCall(
      life,
      { operation: 'getSender' },
      () => life.start(),
      () => {
        second = life.start(life.context.world.other)
        return Promise.resolve()
      },
    )
    await second
    life.context.tally.count('concurrentStarts', hit)
    // The journey is started, whether the second start came in time or not.
    return true
  },

  async earlyCode(life, place, action) {
    if (!isCodeEntry(action)) return false
    const purpose = purposeOf(action)
    const entered: Promise<Act>[] = []
    const { hit } = await duringCall(
      life,
      { operation: resendOf(life, place) },
      () => life.resend(purpose),
      async () => {
        const { nextAction } = await life.look()
        if (nextAction.do !== 'WAIT' || nextAction.challengeId === undefined) return
        const { code, otpRefId } = await life.latestCode(purpose)
        entered.push(life.enterCode(purpose, code, nextAction.challengeId, { typed: 'right', otpRefId }))
      },
    )
    const acts = await Promise.all(entered)
    if (acts.length > 0) life.context.tally.count('earlyCode', hit)
    return acts.length > 0
  },

  async leadingZero(life, _place, action) {
    if (!isCodeEntry(action)) return false
    const { code } = await life.latestCode(purposeOf(action))
    const act = await life.act(action)
    const isZero = code.startsWith('0')
    if (isZero) life.context.tally.count('leadingZero', act?.outcome != null)
    return isZero
  },

  async lateCode(life, place, action) {
    if (!isCodeEntry(action)) return false
    const purpose = purposeOf(action)
    const { challengeId } = action
    const { code, otpRefId } = await life.latestCode(purpose)
    const late: Promise<Act>[] = []
    const { hit } = await duringCall(
      life,
      { operation: resendOf(life, place) },
      () => life.resend(purpose),
      () => {
        late.push(life.enterCode(purpose, code, challengeId, { typed: 'late', otpRefId }))
        return Promise.resolve()
      },
    )
    await Promise.all(late)
    if (late.length > 0) life.context.tally.count('lateCode', hit)
    return late.length > 0
  },

  async tripleSubmission(life, place, action) {
    if (!action) return false
    const twins: Promise<unknown>[] = []
    const before = life.post.acts.length
    const { hit } = await duringCall(
      life,
      { operation: PLACES[place] },
      () => life.act(action),
      () => {
        twins.push(repeat(life, action, before), repeat(life, action, before))
        return Promise.resolve()
      },
    )
    await Promise.all(twins)
    if (twins.length > 0) life.context.tally.count('tripleSubmission', hit)
    return twins.length > 0
  },

  async givesUp(life, place, action) {
    if (!action) return false
    const message = await messageFor(life, action)
    if (!message) return false
    const submissionId = life.post.nextId()
    const { name, input, note } = message
    const impatient = life.context.world.impatient.handle(life.handle.workflowId)
    const { done: inDoubt, hit } = await duringCall(
      life,
      { operation: PLACES[place], lateMs: TOO_LATE_MS, outlives: true },
      () => life.post.sendImpatiently(impatient, name, input as never, submissionId),
      () => Promise.resolve(),
    )
    // Comes back, under the same id.
    await life.post.send(life.handle, name, input as never, note, submissionId)
    if (inDoubt) life.context.tally.count('givesUp', hit)
    return inDoubt && hit
  },

  async nativeCancel(life, place, action) {
    if (!action) return false
    let cancelled = false
    const cancel = async (): Promise<void> => {
      const handle = life.context.world.client.temporal.workflow.getHandle(life.handle.workflowId)
      // Where the server is away in this moment, it was no cancel, and is tried again later.
      cancelled = await handle.cancel().then(
        () => true,
        () => false,
      )
    }
    await duringCall(life, { operation: PLACES[place] }, () => life.act(action), cancel)
    if (cancelled) life.context.tally.count('nativeCancel', true)
    return cancelled
  },

  async wrongCode(life, _place, action) {
    if (!isCodeEntry(action)) return false
    const purpose = purposeOf(action)
    const { code, otpRefId } = await life.latestCode(purpose)
    const wrong = code.replace(/\d$/, (last) => String((Number(last) + 1) % 10))
    const act = await life.enterCode(purpose, wrong, action.challengeId, { typed: 'wrong', otpRefId })
    life.context.tally.count('wrongCode', act.outcome !== null)
    return true
  },

  async cancelAndRestart(life) {
    const act = await life.cancel('The sender starts over')
    if (act.outcome !== 'CANCELLED') return false
    await life.startAgain()
    life.context.tally.count('cancelAndRestart', false)
    return true
  },

  async asksTooOften(life, _place, action) {
    if (!isCodeEntry(action)) return false
    await useUpQuota(life, action)
    life.context.tally.count('asksTooOften', false)
    return true
  },

  async limitAcrossRuns(life, _place, action) {
    if (!isCodeEntry(action)) return false
    await useUpQuota(life, action)
    if ((await life.cancel('The quota is used up')).outcome !== 'CANCELLED') return false
    await life.startAgain()
    life.context.tally.count('limitAcrossRuns', false)
    return true
  },

  async signals(life, place, action) {
    if (!action) return false
    const message = await messageFor(life, action)
    if (!message) return false
    // The one that comes while a call is in flight is the one that could be lost.
    const second: Promise<unknown>[] = []
    const { hit } = await duringCall(
      life,
      { operation: PLACES[place] },
      () => life.post.signal(life.handle, message.name, message.input as never, message.note),
      () => {
        second.push(life.post.signal(life.handle, 'retryNow', { actor: REASON, reason: 'Chaos' }))
        return Promise.resolve()
      },
    )
    await Promise.all(second)
    life.context.tally.count('signals', hit)
    // Where UIDAI is away just then, the call is refused at once: the next message shows it.
    return hit
  },
}

async function useUpQuota(life: Life, action: CodeEntry): Promise<void> {
  for (let asked = 0; asked < MOST_RESENDS; asked += 1) {
    const { refusal } = await life.resend(purposeOf(action))
    if (refusal !== null) return
  }
}

type CodeEntry = Extract<NextAction, { do: 'ENTER_SENDER_OTP' | 'ENTER_AADHAAR_OTP' }>

function isCodeEntry(action: NextAction | undefined): action is CodeEntry {
  return action?.do === 'ENTER_SENDER_OTP' || action?.do === 'ENTER_AADHAAR_OTP'
}

/** The first message since then, sent once more under its own id. */
async function repeat(life: Life, action: NextAction, before: number): Promise<void> {
  const first = life.post.acts[before]
  const message = await messageFor(life, action)
  if (!first || !message) return
  await life.post.send(life.handle, message.name, message.input as never, message.note, first.submissionId)
}

interface Prepared {
  readonly name: 'enterSenderOtp' | 'enterAadhaarOtp' | 'enterAadhaar' | 'enterPan'
  readonly input: Readonly<Record<string, unknown>>
  readonly note: Pick<Act, 'purpose' | 'challengeId' | 'otpRefId' | 'typed'>
}

/** What a next action asks for, as a message that can be sent in other ways than the usual one. */
async function messageFor(life: Life, action: NextAction): Promise<Prepared | null> {
  if (isCodeEntry(action)) {
    const purpose = purposeOf(action)
    const { challengeId } = action
    const { code, otpRefId } = await life.latestCode(purpose)
    const name = purpose === 'SENDER' ? 'enterSenderOtp' : 'enterAadhaarOtp'
    return { name, input: { otp: code, challengeId }, note: { purpose, challengeId, otpRefId, typed: 'right' } }
  }
  const { aadhaar, pan } = life.plan.person
  if (action.do === 'ENTER_PAN') return { name: 'enterPan', input: { pan }, note: {} }
  if (action.do !== 'ENTER_AADHAAR') return null
  const { consentId, textSha256 } = action.consent
  const consent = { consentId, textSha256, mode: 'self', acceptedAt: new Date().toISOString() }
  return { name: 'enterAadhaar', input: { aadhaar, consent }, note: {} }
}
