import { SandboxClock } from './clock.js'
import { CodeBook } from './codes.js'
import type { GivenRef, RefForm } from './codes.js'
import { SAMPLE_DEVELOPERS } from './developers.js'
import type { Developer } from './developers.js'
import { DIALECT_RULES } from './dialects.js'
import type { DialectRules } from './dialects.js'
import { FaultList } from './faults.js'
import type { FaultSpec } from './faults.js'
import { Inbox } from './inbox.js'
import { Ledger } from './ledger.js'
import { Money } from './money/money.js'
import { Dialect } from './names.js'
import type { Purpose, Rail } from './names.js'
import { DEFAULT_POLICY } from './policy.js'
import type { SandboxPolicy } from './policy.js'
import { SenderBook } from './senders.js'
import { SignatureGate } from './signature.js'

/** What a world starts with, and returns to on reset. */
export interface WorldSettings {
  dialect?: Dialect | undefined
  developers?: readonly Developer[] | undefined
  policy?: Partial<SandboxPolicy> | undefined
  clockOffsetMs?: number | undefined
}

/** All state of one sandbox. */
export class World {
  readonly settings: WorldSettings
  readonly clock: SandboxClock
  readonly faults = new FaultList()
  signatures: SignatureGate
  dialect: Dialect
  policy: SandboxPolicy
  codes: CodeBook
  senders: SenderBook
  ledger: Ledger
  inbox: Inbox
  money: Money

  constructor(settings: WorldSettings = {}) {
    this.settings = settings
    this.clock = new SandboxClock(settings.clockOffsetMs)
    this.dialect = settings.dialect ?? Dialect.portal2026
    this.policy = { ...DEFAULT_POLICY, ...settings.policy }
    this.signatures = new SignatureGate(settings.developers ?? SAMPLE_DEVELOPERS)
    this.codes = new CodeBook(() => this.policy)
    this.senders = new SenderBook()
    this.ledger = new Ledger()
    this.inbox = new Inbox()
    this.money = new Money(this)
  }

  get rules(): DialectRules {
    return DIALECT_RULES[this.dialect]
  }

  /** Forgets everything that happened and goes back to the settings of the start. */
  reset(): void {
    const fresh = new World(this.settings)
    this.clock.offsetMs = fresh.clock.offsetMs
    this.clock.bankAheadMs = 0
    this.faults.replace([])
    this.signatures = fresh.signatures
    this.dialect = fresh.dialect
    this.policy = fresh.policy
    this.codes = new CodeBook(() => this.policy)
    this.senders = fresh.senders
    this.ledger = fresh.ledger
    this.inbox = fresh.inbox
    this.money = new Money(this)
  }
}

/** One call that passed every check, as its operation sees it. */
export interface Call {
  world: World
  rules: DialectRules
  rail: Rail
  mobile: string
  /** The tid, or the reference of an inquiry, that the path names; empty where it names none. */
  reference: string
  params: Readonly<Record<string, unknown>>
  clientRefId: string | null
  fault: FaultSpec | undefined
  /** Where the sandbox is reached, for links inside answers. */
  origin: string
}

/** A parameter as text; missing is empty. Integers and strings are taken alike. */
export function param(call: Call, name: string): string {
  const value = call.params[name]
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

export interface SmsOptions {
  /** The phone it goes to; the sender's own by default. */
  to?: string
  subject?: string
  bornExpired?: boolean
}

/** Sends an SMS with a new code and returns its reference. */
export function sendCode(call: Call, purpose: Purpose, form: RefForm | GivenRef, options: SmsOptions = {}): string {
  const { world, rail, mobile: sender } = call
  const { to = sender, subject, bornExpired } = options
  const owner = { rail, mobile: sender, purpose }
  const { code, otpRefId } = world.codes.issue(owner, form, world.clock.trueNow(), subject, bornExpired)
  const at = world.clock.stamp()
  world.inbox.deliver({ at, rail, mobile: to, sender, purpose, code, otpRefId })
  world.ledger.smsSent({ at, rail, mobile: to, sender, purpose, otpRefId, clientRefId: call.clientRefId })
  return otpRefId
}
