import { randomUUID } from 'node:crypto'
import { WithStartWorkflowOperation } from '@temporalio/client'
import { z } from 'zod'
import { parseMobile } from '../../values/index.js'
import {
  OPEN_UPDATE,
  type Policy,
  type Rail,
  RAILS,
  RECIPIENTS_WORKFLOW_TYPE,
  type RecipientsInput,
  type RecipientsResult,
  type RecipientsView,
} from '../../workflows/messages.js'
import type { HandleContext } from '../handle.js'
import { recipientsWorkflowId, requireIdKey } from '../ids.js'
import { ATTRIBUTES, callLive } from '../journeys.js'
import { userCodeSchema } from '../messages.js'
import { policySchema, RAIL_NAMES, sayThatItMayHaveStarted } from '../start.js'
import { check, valueSchema } from '../validation.js'
import { createRecipientsHandle, type RecipientsHandle } from './handle.js'

/** Whose recipients; the tenant is the client's. */
export interface RecipientsRequest {
  readonly rail: Rail
  /** The sender's, in any spelling; it is normalised. */
  readonly mobile: string
  /** Eko's code of the agent that the session is held for. */
  readonly userCode: string
  /** Wishes; the tenant's ranges decide. */
  readonly policy?: Partial<Policy>
}

/** What the start of a session answers. */
export interface StartedRecipients {
  /** Whether the session was there before this call. */
  readonly joined: boolean
  readonly view: RecipientsView
  readonly handle: RecipientsHandle
}

const requestSchema = z.strictObject({
  rail: z.enum(RAILS),
  mobile: valueSchema(parseMobile),
  userCode: userCodeSchema,
  policy: policySchema.optional(),
})

type RecipientsWorkflow = (input: RecipientsInput) => Promise<RecipientsResult>
interface Opened {
  readonly joined: boolean
  readonly view: RecipientsView
}

/**
 * Starts a session of a sender's recipients, or joins the live one. On Levin that costs an SMS.
 * @throws OnboardingError e.g. OWNED_BY_ANOTHER_AGENT; DEADLINE: it may have started, ask again
 */
export async function openRecipients(context: HandleContext, request: RecipientsRequest): Promise<StartedRecipients> {
  const { wire } = context
  const { tenant, idKey, taskQueue } = wire.settings
  const checked = check(requestSchema, request)
  const { rail, mobile } = checked
  const workflowId = recipientsWorkflowId(requireIdKey(idKey), tenant, rail, mobile)
  const opener = randomUUID()
  const input = { ...checked, tenant, opener } as RecipientsInput
  const startWorkflowOperation = new WithStartWorkflowOperation<RecipientsWorkflow>(RECIPIENTS_WORKFLOW_TYPE, {
    ...{ workflowId, taskQueue, args: [input] },
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    staticSummary: `${RAIL_NAMES[rail]} recipients · tenant ${tenant}`,
    typedSearchAttributes: [
      { key: ATTRIBUTES.rail, value: rail },
      { key: ATTRIBUTES.tenant, value: tenant },
      { key: ATTRIBUTES.state, value: 'SENDER_LOOKUP' },
      { key: ATTRIBUTES.status, value: 'WAITING_FOR_USER' },
    ],
  })
  // Its promise rejects beside the call's own; that one is the error that is answered.
  startWorkflowOperation.workflowHandle().catch(() => undefined)
  try {
    const opened = await callLive(wire, { call: OPEN_UPDATE, workflowId, submissionId: opener }, () =>
      wire.workflows.executeUpdateWithStart<RecipientsWorkflow, Opened, [{ input: RecipientsInput }]>(OPEN_UPDATE, {
        ...{ args: [{ input }], updateId: `${OPEN_UPDATE}:${opener}`, startWorkflowOperation },
      }),
    )
    return { ...opened, handle: createRecipientsHandle(context, workflowId) }
  } catch (error) {
    throw sayThatItMayHaveStarted(error)
  }
}
