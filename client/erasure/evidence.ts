import { z } from 'zod'
import { maskIdentifiers } from '../../values/index.js'
import { type OnboardingResult, type Rail, RAILS, type StepDone, type View } from '../../workflows/messages.js'
import type { RunStatus } from '../journeys.js'

/**
 * What of a journey is kept when the rest is erased: the consents, what Eko confirmed, the course of events. Masked. The
 * schemas are the list of what may be kept; whatever else a view holds is left behind.
 */

/** Of the format of a record; grows when a field changes its meaning. */
export const EVIDENCE_FORMAT = 1

const word = z.string().max(200)
const masked = word.transform(maskIdentifiers)
const time = z.iso.datetime({ offset: true })
const actor = z.object({ type: word, id: masked, channel: masked.optional() })
const facts = z.object({
  operation: word,
  httpStatus: z.number().nullable(),
  status: z.number().nullable(),
  responseTypeId: z.number().nullable(),
  responseStatusId: z.number().nullable(),
  clientRefId: word,
  message: word.transform(maskIdentifiers).optional(),
})
const consent = z.object({
  consentId: word,
  version: word,
  language: word,
  /** SHA-256 (hex) of the UTF-8 text exactly as it was shown. */
  textSha256: z.string().regex(/^[0-9a-f]{64}$/),
  mode: z.enum(['self', 'assisted']),
  agent: masked.optional(),
  channel: masked.optional(),
  acceptedAt: time,
  presentedAt: time,
  usedAt: time,
  actor: actor.optional(),
  userCode: word.optional(),
})
const withdrawal = z.object({ at: time, actor, reason: masked })
const steps = ['ENROLLED', 'MOBILE_VERIFIED', 'AADHAAR_VERIFIED', 'PAN_VERIFIED'] as const satisfies StepDone[]
const proof = z.object({ step: z.enum(steps), at: time, facts: facts.optional() })
const completion = z.object({
  facts,
  kycStates: z.object({ data: word.nullable(), profile: word.nullable() }).nullable(),
  steps: z.array(z.enum(steps)),
  mobileVerifiedHere: z.boolean(),
})
const entry = z.object({
  at: time,
  what: word,
  code: word,
  actor: actor.optional(),
  reason: masked.optional(),
  facts: facts.optional(),
})
const viewSchema = z.object({
  tenant: word,
  rail: z.enum(RAILS),
  userCode: word,
  mobileMasked: word,
  mobileHint: word.nullable(),
  state: word,
  startedAt: time,
  rejection: word.nullable(),
  consent: consent.nullable(),
  consents: z.array(consent).default([]),
  proofs: z.array(proof).nullable().default(null),
  withdrawal: withdrawal.nullable().default(null),
  timeline: z.array(entry),
  timelineTotal: z.number(),
})
const resultSchema = z.object({
  detail: word.nullable(),
  capability: word.nullable(),
  completionEvidence: completion.nullable(),
  view: viewSchema,
})

/** What could be read of one run, by the schemas above. */
export type Reading =
  | { readonly from: 'RESULT'; readonly view: KeptView; readonly result: Omit<KeptResult, 'view'> }
  /** A run that did not end by its rules: its history was asked. Or one that has not ended. */
  | { readonly from: 'QUERY'; readonly view: KeptView }
  /** Refused at its start, or ended before a worker took it up: nothing happened in it. */
  | { readonly from: 'NOTHING_HAPPENED' }
  | { readonly from: 'UNREADABLE'; readonly code: string }
type KeptView = z.output<typeof viewSchema>
type KeptResult = z.output<typeof resultSchema>

/** A run of a journey: long journeys go on in a next one, and one may have been reset. */
export interface JourneyRun {
  readonly runId: string
  readonly status: RunStatus
  readonly startedAt: string
  readonly closedAt: string | null
}

/** The record that is kept of one journey, in the format `EVIDENCE_FORMAT`. */
export interface Evidence {
  readonly format: typeof EVIDENCE_FORMAT
  readonly workflowId: string
  readonly firstRunId: string
  /** The run in which it ended. */
  readonly runId: string
  readonly runs: readonly JourneyRun[]
  readonly tenant: string
  readonly rail: Rail
  /** These three are null where nothing could be read. */
  readonly userCode: string | null
  readonly mobileMasked: string | null
  readonly mobileHint: string | null
  readonly state: string | null
  readonly rejection: string | null
  readonly detail: string | null
  readonly capability: string | null
  readonly startedAt: string
  /** Null where it has not ended. */
  readonly closedAt: string | null
  /** The consent ledger, oldest first. The texts are the institution's to keep, by version and hash. */
  readonly consents: readonly KeptConsent[]
  readonly withdrawal: z.output<typeof withdrawal> | null
  /** When Eko confirmed each step. Null: the journey is from before this was kept; see the timeline. */
  readonly proofs: readonly z.output<typeof proof>[] | null
  readonly completion: z.output<typeof completion> | null
  /** The last 50 events; `timelineTotal` counts all. */
  readonly timeline: readonly z.output<typeof entry>[]
  readonly timelineTotal: number
  /** Whence each of the runs that ended was read; of `UNREADABLE` the cause: `NOT_A_RESULT` where its key was destroyed. */
  readonly sources: readonly { readonly runId: string; readonly from: Reading['from']; readonly code?: string }[]
}
type KeptConsent = z.output<typeof consent>

/** A workflow's result as a reading; what is not one cannot be read, e.g. where its codec key was destroyed. */
export function readingOfResult(result: OnboardingResult, tenant: string): Reading {
  const parsed = resultSchema.safeParse(result)
  if (!parsed.success || parsed.data.view.tenant !== tenant) return { from: 'UNREADABLE', code: 'NOT_A_RESULT' }
  const { view, ...rest } = parsed.data
  return { from: 'RESULT', view, result: rest }
}

export function readingOfView(view: View, tenant: string): Reading {
  const parsed = viewSchema.safeParse(view)
  if (!parsed.success || parsed.data.tenant !== tenant) return { from: 'UNREADABLE', code: 'NOT_A_VIEW' }
  return { from: 'QUERY', view: parsed.data }
}

/** What `evidenceOf` is made from; `read` in the order of the runs' ends, so that the last one speaks for the journey. */
export interface Sources {
  readonly workflowId: string
  readonly tenant: string
  readonly rail: Rail
  readonly firstRunId: string
  readonly runs: readonly JourneyRun[]
  readonly read: readonly { readonly run: JourneyRun; readonly reading: Reading }[]
}

/** The evidence of one journey; a reset leaves several ends, and what was consented to before it counts. */
export function evidenceOf({ workflowId, tenant, rail, firstRunId, runs, read }: Sources): Evidence {
  const views = read.flatMap(({ reading }) => ('view' in reading ? [reading.view] : []))
  const view = views.at(-1)
  const ended = read.at(-1)
  const results = read.flatMap(({ reading }) => (reading.from === 'RESULT' ? [reading.result] : []))
  const result = ended?.reading.from === 'RESULT' ? ended.reading.result : undefined
  const proofs = views.some((one) => one.proofs !== null) ? views.flatMap((one) => one.proofs ?? []) : null
  return {
    ...{ format: EVIDENCE_FORMAT, workflowId, firstRunId, runId: ended?.run.runId ?? firstRunId, runs, tenant, rail },
    userCode: view?.userCode ?? null,
    mobileMasked: view?.mobileMasked ?? null,
    mobileHint: view?.mobileHint ?? null,
    state: view?.state ?? null,
    rejection: view?.rejection ?? null,
    detail: result?.detail ?? null,
    capability: result?.capability ?? null,
    startedAt: runs[0]?.startedAt ?? '',
    closedAt: ended?.run.closedAt ?? null,
    consents: distinct(views.flatMap(consentsOf)),
    withdrawal: views.findLast((one) => one.withdrawal !== null)?.withdrawal ?? null,
    proofs: proofs && distinct(proofs),
    completion: results.findLast((one) => one.completionEvidence !== null)?.completionEvidence ?? null,
    timeline: view?.timeline ?? [],
    timelineTotal: view?.timelineTotal ?? 0,
    sources: read.map(({ run: { runId }, reading }) => ({
      ...{ runId, from: reading.from },
      ...(reading.from === 'UNREADABLE' && { code: reading.code }),
    })),
  }
}

/** The ledger, and the last consent where it is not in it: given, but not known to have been used, or from before. */
function consentsOf({ consents, consent: last }: KeptView): KeptConsent[] {
  return last ? [...consents, last] : consents
}

function distinct<T>(items: readonly T[]): T[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()]
}
