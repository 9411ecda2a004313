import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  OnboardingError,
  type StartedTransfer,
  type TransferAction,
  type TransferHandle,
  type TransferView,
} from '../../../client/index.js'
import { accountOf, ACCOUNT_SCENARIOS } from '../../../sandbox/money/scenario-accounts.js'
import type { LifeContext } from '../life.js'
import { isPassing, persist } from '../post.js'
import type { TransferEnd, TransferFacts } from './facts.js'
import { MONEY_BLOWS, type MoneyProcessKind } from './kinds.js'
import type { TransferPlan } from './plan.js'

type TransferContext = Omit<LifeContext, 'outage'>

/** More than a transfer with every mishap needs. */
const MOST_ACTS = 60
/** A transfer that shows nothing new for so long has got stuck, ms. */
const STUCK_AFTER_MS = 60_000
const BALANCE_PAISE = 100_000_000
/** Settled within seconds; what Eko does not find is left to an operator after four. */
const POLICY = {
  ...{ resendCooldownSeconds: 0, sendsPerWindow: 50, sendsPerDay: 100 },
  ...{ parkFirstSeconds: 1, parkLongestSeconds: 1, quarantineSeconds: 4 },
} as const
const OPERATOR = { actor: { type: 'operator', id: 'chaos-operator' }, reason: 'Chaos' } as const

/** A sender at a screen, and an operator behind who asks Eko's support: takes one transfer to its end. */
export class TransferLife {
  readonly transferId: string
  starts = 0
  readonly #typed = new Set<string>()
  #faultsSet = false
  #habitDone = false
  #struck = false
  #handle: TransferHandle | undefined

  constructor(
    readonly plan: TransferPlan,
    readonly context: TransferContext,
  ) {
    this.transferId = `chaos-${plan.label}`
  }

  /** From the first start to the end, or until the run's time is up. */
  async live(): Promise<void> {
    const { habit } = this.plan
    try {
      const recipientId = await this.#prepare()
      await this.#begin(recipientId)
      await this.#goOn()
      if (habit === 'transferStartedAgain') await this.#startAgain(recipientId)
      if (habit === 'transferForgotten') await this.#forget(recipientId)
    } catch (error) {
      // The run is over: what is left undone shows in the facts.
      if (!(this.context.over.aborted && isPassing(error))) throw error
    }
  }

  /** What it leaves behind. */
  async facts(): Promise<TransferFacts> {
    const { label, rail, dialect, mobile } = this.plan
    const looked = await this.#end()
    const transactions = await this.context.world.sandbox.transactions(mobile)
    return {
      ...{ label, rail, dialect, mobile, codesTyped: this.#typed.size, transactions },
      end: typeof looked === 'string' ? null : looked,
      ...(typeof looked === 'string' && { unseen: looked }),
    }
  }

  async #prepare(): Promise<number> {
    const { rail, mobile, path, ekoFaults } = this.plan
    const { sandbox } = this.context.world
    await sandbox.putSender(rail, mobile, { stage: 'ACTIVE', balancePaise: BALANCE_PAISE })
    for (const { spec } of ekoFaults) {
      if (spec.operation !== 'initiateTransaction') await sandbox.aim({ rail, mobile }, spec)
    }
    const account = ACCOUNT_SCENARIOS.find(({ scenario }) => scenario === path)
    if (!account) throw new Error(`No account of the sandbox goes the way ${path}`)
    return (await sandbox.addRecipient(rail, mobile, { account: accountOf(account) })).recipientId
  }

  async #begin(recipientId: number): Promise<void> {
    this.starts += 1
    if (this.plan.habit !== 'transferStartedTwice') {
      this.#handle = (await this.#start(recipientId)).handle
      return
    }
    const { world, tally } = this.context
    const both = await Promise.all([this.#start(recipientId), this.#start(recipientId, world.other)])
    tally.count('transferStartedTwice', both.filter(({ joined }) => joined).length === 1)
    this.#handle = both[0].handle
  }

  #start(recipientId: number, client = this.context.world.client): Promise<StartedTransfer> {
    const { rail, mobile, amountPaise } = this.plan
    const { userCode } = this.context.world
    const request = { rail, mobile, amountPaise, userCode, recipientId, transferId: this.transferId, policy: POLICY }
    return persist(this.context.over, () => client.startTransfer(request))
  }

  async #startAgain(recipientId: number): Promise<void> {
    const { joined } = await this.#start(recipientId)
    if (!joined) throw new Error('the same transferId began another transfer')
    this.context.tally.count('transferStartedAgain', true)
  }

  /** Deletes the history, waits until it is gone, and starts the same transfer again. */
  async #forget(recipientId: number): Promise<void> {
    const { over, world, tally } = this.context
    // What was not debited may be sent anew by whoever forgets it.
    if ((await world.sandbox.transactions(this.plan.mobile)).length === 0) return
    const { workflowService, options } = world.client.temporal
    const { workflowId, runId } = await this.#look()
    const request = { namespace: options.namespace, workflowExecution: { workflowId, runId } }
    await workflowService.deleteWorkflowExecution(request)
    while (!over.aborted && (await this.#isThere())) await sleep(200)
    if (over.aborted) return
    this.#handle = (await this.#start(recipientId)).handle
    tally.count('transferForgotten', true)
    await this.#goOn()
  }

  async #isThere(): Promise<boolean> {
    try {
      await persist(this.context.over, () => this.handle.describe())
      return true
    } catch (error) {
      if (error instanceof OnboardingError && error.code === 'NOT_FOUND') return false
      throw error
    }
  }

  get handle(): TransferHandle {
    return (this.#handle ??= this.context.world.client.transferOf(this.transferId))
  }

  async #goOn(): Promise<void> {
    const { over } = this.context
    let seen = { revision: -1, since: Date.now() }
    for (let acts = 0; acts < MOST_ACTS && !over.aborted;) {
      const view = await this.#look()
      if (view.revision !== seen.revision) seen = { revision: view.revision, since: Date.now() }
      const { nextAction } = view
      if (nextAction.do === 'NOTHING') return
      if (nextAction.do === 'WAIT' || nextAction.do === 'WAIT_UNTIL') {
        if (Date.now() > seen.since + STUCK_AFTER_MS) return
        await this.#untilChange(view.revision)
        continue
      }
      acts += 1
      await this.#act(nextAction)
    }
  }

  async #act(action: TransferAction): Promise<void> {
    switch (action.do) {
      case 'ENTER_SENDER_OTP':
        await this.#type('enterSenderOtp', await this.#code('SENDER'), action.challengeId)
        return
      case 'ENTER_TRANSACTION_OTP':
        await this.#confirm(action.challengeId)
        return
      case 'ENTER_REFUND_OTP':
        await this.#type('enterRefundOtp', await this.#code('REFUND'), action.challengeId)
        return
      case 'REQUEST_NEW_CODE':
        await sleep(Math.max(0, Date.parse(action.resendAvailableAt) - Date.now()))
        await this.#tell((submissionId) => this.handle.resendOtp({ submissionId }))
        return
      case 'CONTACT_SUPPORT':
        await this.#support()
        return
      default:
        throw new Error(`${this.plan.label} is asked for ${action.do}`)
    }
  }

  /** The code of the debit, with whatever the plan has for it. */
  async #confirm(challengeId: string): Promise<void> {
    const { habit, process } = this.plan
    const code = await this.#code('TRANSACTION')
    if (habit === 'transferCodeWrong' && !this.#habitDone) {
      this.#habitDone = true
      const wrong = code.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10))
      const outcome = await this.#type('enterTransactionOtp', wrong, challengeId)
      this.context.tally.count('transferCodeWrong', outcome === 'WRONG_CODE')
      return
    }
    await this.#aimAtDebit()
    if (!process || this.#struck) {
      await this.#confirmWith(code, challengeId)
      return
    }
    this.#struck = true
    await this.#strike(process, () =>
      process === 'otpWorkerKill'
        ? this.#tell((submissionId) => this.handle.resendOtp({ submissionId }))
        : this.#confirmWith(code, challengeId),
    )
  }

  async #confirmWith(code: string, challengeId: string): Promise<void> {
    if (this.plan.habit !== 'transferCodeThrice' || this.#habitDone) {
      await this.#type('enterTransactionOtp', code, challengeId)
      return
    }
    this.#habitDone = true
    const submissionId = randomUUID()
    const type = (): Promise<string | null> => this.#type('enterTransactionOtp', code, challengeId, submissionId)
    const outcomes = await Promise.all([type(), type(), type()])
    this.context.tally.count('transferCodeThrice', new Set(outcomes).size === 1)
  }

  async #strike(process: MoneyProcessKind, act: () => Promise<unknown>): Promise<void> {
    const { rail, mobile } = this.plan
    const { injector, world } = this.context
    const { blow, operation } = MONEY_BLOWS[process]
    const { workflowId } = await this.#look()
    await injector.strikeInCall(blow, { world, subject: { rail, mobile }, operation, workflowId }, act, process)
  }

  /** Only the call with the right code is to meet them. */
  async #aimAtDebit(): Promise<void> {
    if (this.#faultsSet) return
    this.#faultsSet = true
    const { rail, mobile, ekoFaults } = this.plan
    for (const { spec } of ekoFaults) {
      if (spec.operation === 'initiateTransaction') await this.context.world.sandbox.aim({ rail, mobile }, spec)
    }
  }

  async #type(
    message: 'enterSenderOtp' | 'enterTransactionOtp' | 'enterRefundOtp',
    otp: string,
    challengeId: string,
    submissionId: string = randomUUID(),
  ): Promise<string | null> {
    if (message === 'enterTransactionOtp') this.#typed.add(submissionId)
    return this.#tell(() => this.handle[message]({ otp, challengeId, submissionId }))
  }

  /** Sends a message until it is answered: its outcome; a refusal is looked at in the next view. */
  async #tell(send: (submissionId: string) => Promise<{ readonly outcome: string }>): Promise<string | null> {
    const submissionId = randomUUID()
    try {
      return (await persist(this.context.over, () => send(submissionId))).outcome
    } catch (error) {
      if (!(error instanceof OnboardingError) || isPassing(error)) throw error
      await sleep(50)
      return error.code
    }
  }

  /** What an operator does who asks Eko's support, which sees the book, and what is still on its way. */
  async #support(): Promise<void> {
    const { mobile } = this.plan
    const { sandbox } = this.context.world
    const [transaction] = await sandbox.transactions(mobile)
    const { held } = await sandbox.money()
    const { state } = await this.#look()
    await this.#tell((submissionId) => {
      if (state === 'REFUND_OTP_REQUIRED') return this.handle.reenter({ ...OPERATOR, submissionId })
      if (transaction) return this.handle.inquireByTid({ ...OPERATOR, tid: transaction.tid, submissionId })
      if (held.some((one) => one.mobile === mobile)) return this.handle.reenter({ ...OPERATOR, submissionId })
      return this.handle.declareNotDebited({ ...OPERATOR, submissionId })
    })
  }

  async #code(purpose: 'SENDER' | 'TRANSACTION' | 'REFUND'): Promise<string> {
    return this.context.world.sandbox.latestCode(this.plan.mobile, purpose)
  }

  #look(): Promise<TransferView> {
    return persist(this.context.over, () => this.handle.view())
  }

  async #untilChange(revision: number): Promise<void> {
    try {
      await this.handle.waitForChange(revision, { timeoutMs: 5_000 })
    } catch (error) {
      if (!isPassing(error)) throw error
    }
  }

  /** Or why it cannot be looked at. */
  async #end(): Promise<TransferEnd | string> {
    const view = await this.handle.view().catch((error: unknown) => String(error))
    if (typeof view === 'string') return view
    const { state, status, transaction, timeline } = view
    const story = timeline.map(({ what, code }) => `${what} ${code}`)
    return { state, status: status.kind, story, tid: transaction?.tid ?? null }
  }
}
