import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { WithStartWorkflowOperation } from '@temporalio/client'
import { z } from 'zod'
import { parseMobile } from '../values/index.js'
import {
  DEFAULT_POLICY,
  isClosed,
  OPEN_UPDATE,
  type OnboardingInput,
  type OnboardingResult,
  type OpenAnswer,
  type OpenRequest,
  type Policy,
  type Rail,
  RAILS,
  type SenderDetails,
  type View,
  WORKFLOW_TYPE,
} from '../workflows/messages.js'
import { OnboardingError } from './errors.js'
import { createHandle, type HandleContext, type JourneyHandle } from './handle.js'
import { requireIdKey, senderJourneyId } from './ids.js'
import { namingKeyTrouble } from './key-trouble.js'
import { ATTRIBUTES, describeJourney, journeyResult, wasDropped } from './journeys.js'
import { detailsSchema, userCodeSchema } from './messages.js'
import { check, submissionIdSchema, valueSchema } from './validation.js'
import { call, type Wire } from './wire.js'

/** For whom a journey is started; the tenant is the client's. */
export interface StartInput {
  readonly rail: Rail
  /** In any spelling; it is normalised. */
  readonly mobile: string
  /** Eko's code of the agent that the journey is run for. */
  readonly userCode: string
  /** Given, a sender whom Eko does not know is enrolled without being asked for them. */
  readonly details?: SenderDetails
  /** Of a sender OTP that the caller already had dispatched; in the clear, or sealed. */
  readonly otpRefId?: string
  /** @default 'COMPLETED' */
  readonly stopAt?: 'PAN_REQUIRED' | 'COMPLETED'
  /** Wishes; the tenant's ranges decide. */
  readonly policy?: Partial<Policy>
}

export interface StartOptions {
  /** Start anew though the sender's last journey completed. Costs an SMS. @default false */
  readonly force?: boolean
  /** The caller's own id of this call. @default a random UUID */
  readonly submissionId?: string
}

/** What `start` answers. */
export interface Started {
  /** Whether the journey was there before this call. */
  readonly joined: boolean
  readonly view: View
  readonly handle: JourneyHandle
  /** Only where the journey has ended. */
  readonly result?: OnboardingResult
}

export const RAIL_NAMES: Readonly<Record<Rail, string>> = { digikhata: 'DigiKhata', levin: 'Levin' }

const policyNumber = z.number().int('Must be a whole number.').min(0, 'Must not be negative.').optional()
const policyFields = Object.fromEntries(
  Object.entries(DEFAULT_POLICY).map(([name, value]) => [
    name,
    typeof value === 'boolean' ? z.boolean().optional() : policyNumber,
  ]),
)
export const policySchema = z.strictObject(policyFields)
const startSchema = z.strictObject({
  rail: z.enum(RAILS),
  mobile: valueSchema(parseMobile),
  userCode: userCodeSchema,
  details: detailsSchema.optional(),
  otpRefId: z.string().optional(),
  stopAt: z.enum(['PAN_REQUIRED', 'COMPLETED']).optional(),
  policy: policySchema.optional(),
})
const optionsSchema = z.strictObject({
  force: z.boolean().default(false),
  submissionId: submissionIdSchema.optional(),
})

/** A run may close between the look at it and the call; then one looks again. */
const LOOKS = 5
const PAUSE_MS = 100

/**
 * Starts a sender's journey or joins the live one. A sender whose last journey completed gets its result back, without
 * a new run and without an SMS, unless `force`.
 * @throws OnboardingError
 */
export async function startJourney(context: HandleContext, input: StartInput, options: StartOptions): Promise<Started> {
  const { wire } = context
  const { tenant, idKey } = wire.settings
  const { force, submissionId = randomUUID() } = check(optionsSchema, options)
  const checked = check(startSchema, input)
  const workflowId = senderJourneyId(requireIdKey(idKey), tenant, checked.rail, checked.mobile)
  const { otpRefId } = checked
  const sealedRef = otpRefId === undefined ? {} : { otpRefId: await context.sealFor(workflowId, 'otpRefId', otpRefId) }
  const onboarding = { ...checked, ...sealedRef, tenant, opener: submissionId } as OnboardingInput
  const open: Open = { wire, workflowId, submissionId, input: onboarding }
  const handle = createHandle(context, workflowId)

  for (let look = 1; look <= LOOKS; look += 1) {
    const last = await describeJourney(wire, workflowId)
    if (last?.runStatus === 'RUNNING') {
      // A plain update: starting here could start anew, and cost an SMS, where the run completes in this moment.
      const answer = await joinRunning(open)
      if (!answer) {
        await sleep(PAUSE_MS)
        continue
      }
      return started(answer, handle)
    }
    if (last?.runStatus === 'COMPLETED' && !force) {
      const result = await resultIfReadable(wire, workflowId)
      if (result && answers(result, onboarding)) return { joined: true, view: result.view, handle, result }
    }
    return started(await startRun(open), handle)
  }
  throw new OnboardingError('TEMPORAL_ERROR', {
    message: 'The journey ended again and again while it was being joined. Ask again.',
    details: { call: OPEN_UPDATE, workflowId, submissionId },
  })
}

type JourneyWorkflow = (input: OnboardingInput) => Promise<OnboardingResult>

interface Open {
  readonly wire: Wire
  readonly workflowId: string
  readonly submissionId: string
  readonly input: OnboardingInput
}

/** Only a completed journey ends the matter; and one that was asked to stop at the PAN does not answer for the rest. */
function answers(result: OnboardingResult, { stopAt = 'COMPLETED', userCode }: OnboardingInput): boolean {
  // To another agent the sender proves the mobile again: the profile is not handed from one to the other.
  if (result.view.userCode !== userCode) return false
  return result.state === 'COMPLETED' && (stopAt === 'PAN_REQUIRED' || result.capability !== 'small')
}

/** Null where the key that it was encrypted with was destroyed: then Eko is asked again. */
async function resultIfReadable(wire: Wire, workflowId: string): Promise<OnboardingResult | null> {
  return journeyResult(wire, workflowId).catch((error: unknown) => {
    if (error instanceof OnboardingError && error.code === 'RESULT_UNREADABLE') return null
    throw error
  })
}

async function started(answer: OpenAnswer, handle: JourneyHandle): Promise<Started> {
  const { joined, view } = answer
  return isClosed(view.state) ? { joined, view, handle, result: await handle.result() } : { joined, view, handle }
}

const GONE: readonly string[] = ['NOT_FOUND', 'JOURNEY_CLOSED']

/** Null where the run has closed meanwhile, or was about to: then one looks again. */
async function joinRunning({ wire, workflowId, submissionId, input }: Open): Promise<OpenAnswer | null> {
  const handle = wire.workflows.getHandle(workflowId)
  const args: [OpenRequest] = [{ input }]
  try {
    return await call(wire, { call: OPEN_UPDATE, workflowId, submissionId }, () =>
      handle.executeUpdate<OpenAnswer, [OpenRequest]>(OPEN_UPDATE, {
        args,
        updateId: `${OPEN_UPDATE}:${submissionId}`,
      }),
    )
  } catch (error) {
    const again = error instanceof OnboardingError && (GONE.includes(error.code) || wasDropped(error))
    const named = await namingKeyTrouble(wire, workflowId, error)
    if (again && named === error) return null
    throw sayThatItMayHaveStarted(named)
  }
}

async function startRun({ wire, workflowId, submissionId, input }: Open): Promise<OpenAnswer> {
  const { tenant, rail } = input
  const startWorkflowOperation = new WithStartWorkflowOperation<JourneyWorkflow>(WORKFLOW_TYPE, {
    workflowId,
    taskQueue: wire.settings.taskQueue,
    args: [input],
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    staticSummary: `${RAIL_NAMES[rail]} onboarding · tenant ${tenant}`,
    typedSearchAttributes: [
      { key: ATTRIBUTES.rail, value: rail },
      { key: ATTRIBUTES.tenant, value: tenant },
      { key: ATTRIBUTES.state, value: 'SENDER_LOOKUP' },
      { key: ATTRIBUTES.status, value: 'WAITING_FOR_USER' },
    ],
  })
  // Its promise rejects beside the call's own; that one is the error that is answered.
  startWorkflowOperation.workflowHandle().catch(() => undefined)
  const args: [OpenRequest] = [{ input }]
  try {
    return await call(wire, { call: OPEN_UPDATE, workflowId, submissionId }, () =>
      wire.workflows.executeUpdateWithStart<JourneyWorkflow, OpenAnswer, [OpenRequest]>(OPEN_UPDATE, {
        args,
        updateId: `${OPEN_UPDATE}:${submissionId}`,
        startWorkflowOperation,
      }),
    )
  } catch (error) {
    throw sayThatItMayHaveStarted(await namingKeyTrouble(wire, workflowId, error))
  }
}

export function sayThatItMayHaveStarted(error: unknown): unknown {
  if (!(error instanceof OnboardingError) || error.code !== 'DEADLINE') return error
  return new OnboardingError('DEADLINE', {
    message:
      'No answer came in time. The journey may have started: ask again, which joins it and sends nothing twice. ' +
      'If it goes on, check that a worker is up.',
    details: error.details,
    cause: error.cause,
  })
}
