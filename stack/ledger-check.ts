import type { KycStep, LedgerJson } from '../sandbox/index.js'
import type { OnboardingResult, Purpose, Rail, StepDone } from '../client/index.js'

/** A number for each kind of code. */
export type PerPurpose = Readonly<Record<Purpose, number>>

/** What a journey should have caused at Eko, no more and no less. */
export interface Wanted {
  readonly sms: PerPurpose
  readonly codesUsed: PerPurpose
  readonly wrongCodes: PerPurpose
  /** KYC steps done by its calls; those from before it are not among them. */
  readonly steps: readonly KycStep[]
}

/** What a journey says of itself. */
export interface JourneyEnd {
  readonly state: string
  readonly capability: string | null
  readonly steps: readonly StepDone[]
  readonly sent: PerPurpose
  readonly wrong: PerPurpose
}

/** A journey beside the truth about its sender. */
export interface JourneyFacts {
  readonly sender: string
  readonly rail: Rail
  readonly mobile: string
  readonly wanted: Wanted
  /** Null where it did not end. */
  readonly end: JourneyEnd | null
  /** The sandbox's stage of the sender, afterwards. */
  readonly trueStage: string
}

/** What the judge found about one journey. */
export interface Verdict {
  readonly sender: string
  readonly rail: Rail
  /** SMS that were truly sent for it. */
  readonly smsSent: number
  /** Sentences; none where the ledger agrees. */
  readonly differences: readonly string[]
}

/** What the judge found. */
export interface Judgement {
  readonly verdicts: readonly Verdict[]
  /** What no journey accounts for. */
  readonly strays: readonly string[]
  readonly smsSent: number
  readonly agrees: boolean
}

const PURPOSES: readonly Purpose[] = ['SENDER', 'AADHAAR']

/** Compares every journey with the ledger of what truly happened. Pure; each sender must have a mobile of its own. */
export function judge(journeys: readonly JourneyFacts[], ledger: LedgerJson): Judgement {
  const verdicts = journeys.map((journey) => judgeOne(journey, ledger))
  const strays = straysOf(journeys, ledger)
  const agrees = strays.length === 0 && verdicts.every(({ differences }) => differences.length === 0)
  return { verdicts, strays, smsSent: ledger.sms.length, agrees }
}

/**
 * The part of a result that the ledger can confirm or deny.
 * @param moreSenderCodes sent to the sender after the journey, e.g. for a transfer
 */
export function endOf(
  { state, capability, completionEvidence, view }: OnboardingResult,
  moreSenderCodes = 0,
): JourneyEnd {
  const { SENDER, AADHAAR } = view.attempts
  return {
    state,
    capability,
    steps: completionEvidence?.steps ?? [],
    sent: { SENDER: SENDER.sent + moreSenderCodes, AADHAAR: AADHAAR.sent },
    wrong: { SENDER: SENDER.wrongInJourney, AADHAAR: AADHAAR.wrongInJourney },
  }
}

function judgeOne(journey: JourneyFacts, whole: LedgerJson): Verdict {
  const { sender, rail, mobile, end, wanted } = journey
  const ledger = ownPart(whole, rail, mobile)
  const differences = [
    ...endDiffers(journey),
    ...PURPOSES.flatMap((purpose) => codesDiffer(purpose, ledger, wanted, end)),
    ...stepsDiffer(ledger, wanted, end),
  ]
  return { sender, rail, smsSent: ledger.sms.length, differences }
}

function ownPart(ledger: LedgerJson, rail: Rail, mobile: string): LedgerJson {
  const own = <T extends { rail: string | null; mobile: string | null }>(list: T[]): T[] =>
    list.filter((entry) => entry.rail === rail && entry.mobile === mobile)
  return {
    sms: ledger.sms.filter((entry) => entry.rail === rail && entry.sender === mobile),
    calls: own(ledger.calls),
    codesConsumed: own(ledger.codesConsumed),
    kycSteps: own(ledger.kycSteps),
    wrongCodes: own(ledger.wrongCodes),
    money: own(ledger.money),
  }
}

/** The sender is ACTIVE at Eko if and only if the journey says COMPLETED with full capability; and that was wanted. */
function endDiffers({ end, trueStage }: JourneyFacts): string[] {
  const claim = end ? `${end.state}${end.capability ? ` (${end.capability})` : ''}` : 'no end'
  const claimsFull = end?.state === 'COMPLETED' && end.capability === 'full'
  return [
    ...(claimsFull ? [] : [`wanted COMPLETED (full), the journey has ${claim}`]),
    ...(claimsFull === (trueStage === 'ACTIVE') ? [] : [`the journey has ${claim}, but Eko's truth is ${trueStage}`]),
  ]
}

function codesDiffer(purpose: Purpose, ledger: LedgerJson, wanted: Wanted, end: JourneyEnd | null): string[] {
  const of = <T extends { purpose: string }>(list: T[]): T[] => list.filter((entry) => entry.purpose === purpose)
  const sms = of(ledger.sms).length
  const wrong = of(ledger.wrongCodes)
  const used = of(ledger.codesConsumed)
  const refusals = wrong.filter(({ refusal }) => refusal !== 'WRONG_CODE')
  return [
    ...unequal(`${purpose} SMS`, sms, wanted.sms[purpose], end?.sent[purpose]),
    ...unequal(`wrong ${purpose} codes`, wrong.length, wanted.wrongCodes[purpose], end?.wrong[purpose]),
    ...unequal(`${purpose} codes used up`, used.length, wanted.codesUsed[purpose]),
    ...refusals.map(({ refusal }) => `a ${purpose} code was refused as ${refusal}, not because it was wrong`),
    ...twice(used.map(({ otpRefId }) => otpRefId)).map(() => `one ${purpose} code was used twice`),
  ]
}

/** The ledger's number must be the wanted one and, where the journey counts too, the journey's. */
function unequal(what: string, truly: number, wanted: number, counted?: number): string[] {
  return [
    ...(truly === wanted ? [] : [`${what}: the ledger has ${truly}, wanted ${wanted}`]),
    ...(counted === undefined || truly === counted ? [] : [`${what}: the ledger has ${truly}, the journey ${counted}`]),
  ]
}

function stepsDiffer(ledger: LedgerJson, wanted: Wanted, end: JourneyEnd | null): string[] {
  const done = ledger.kycSteps.map(({ step }) => step)
  const codeUsed = ledger.codesConsumed.some(({ purpose }) => purpose === 'SENDER')
  // A mobile that was verified long ago is verified again by a code, which is no new step at Eko.
  const isTrue = (step: StepDone): boolean => (step === 'MOBILE_VERIFIED' ? codeUsed : done.includes(step))
  return [
    ...twice(done).map((step) => `KYC step ${step} was done twice`),
    ...wanted.steps.filter((step) => !done.includes(step)).map((step) => `KYC step ${step} was never done`),
    ...done.filter((step) => !wanted.steps.includes(step)).map((step) => `KYC step ${step} was not wanted`),
    ...(end?.steps ?? [])
      .filter((step) => !isTrue(step))
      .map((step) => `the journey claims ${step}, the ledger has no such thing`),
  ]
}

/** Entries of senders that are in no journey, SMS to phones of others, references used twice, money of strangers. */
function straysOf(journeys: readonly JourneyFacts[], ledger: LedgerJson): string[] {
  const known = new Set(journeys.map(({ rail, mobile }) => `${rail}:${mobile}`))
  const isKnown = (rail: string | null, mobile: string | null): boolean => known.has(`${rail}:${mobile}`)
  const refs = ledger.calls.flatMap(({ clientRefId }) => (clientRefId === null ? [] : [clientRefId]))
  const stems = new Set(
    ledger.calls.flatMap(({ rail, mobile, clientRefId }) =>
      isKnown(rail, mobile) && clientRefId !== null ? [stemOf(clientRefId)] : [],
    ),
  )
  // A transfer asks about references that it has not used yet, which the ledger cannot know whose they are.
  const asksAhead = ({ operation, path }: LedgerCall): boolean =>
    operation === 'transactionInquiry' && stems.has(stemOf(decodeURIComponent(path).split('client_ref_id:')[1] ?? ''))
  const strangers = ledger.calls.filter((call) => !isKnown(call.rail, call.mobile) && !asksAhead(call)).length
  const strangeMoney = ledger.money.filter(({ rail, mobile }) => !isKnown(rail, mobile)).length
  const misled = ledger.sms.filter((sms) => !isKnown(sms.rail, sms.sender) || sms.mobile !== sms.sender).length
  return [
    ...(strangers === 0 ? [] : [`calls for senders of no journey: ${strangers}`]),
    ...(misled === 0 ? [] : [`SMS to phones of no sender: ${misled}`]),
    ...twice(refs).map((ref) => `client_ref_id ${ref} was sent twice`),
    ...(strangeMoney === 0 ? [] : [`money of senders of no journey moved: ${strangeMoney} times`]),
  ]
}

/** Values that are there more than once, each named once. */
function twice<T>(values: readonly T[]): T[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))]
}

type LedgerCall = LedgerJson['calls'][number]

/** What the references of one transfer have in common: all but the number at their end. */
function stemOf(clientRefId: string): string {
  return clientRefId.slice(0, -1)
}
