import { randomUUID } from 'node:crypto'
import { WithStartWorkflowOperation, WorkflowExecutionAlreadyStartedError } from '@temporalio/client'
import { z } from 'zod'
import { maskMobile, parseLocation, parseMobile, wholeRupees } from '../../values/index.js'
import {
  OPEN_UPDATE,
  type Policy,
  type Rail,
  RAILS,
  TRANSFER_WORKFLOW_TYPE,
  type TransferInput,
  type TransferResult,
  type TransferView,
} from '../../workflows/messages.js'
import { OnboardingError } from '../errors.js'
import type { HandleContext } from '../handle.js'
import { requireIdKey, transferWorkflowId, walletLoadWorkflowId } from '../ids.js'
import { ATTRIBUTES, callLive } from '../journeys.js'
import { userCodeSchema } from '../messages.js'
import { policySchema, RAIL_NAMES, sayThatItMayHaveStarted } from '../start.js'
import { check, positiveSchema, textSchema, valueSchema } from '../validation.js'
import { viewOf } from '../watch.js'
import type { Wire } from '../wire.js'
import { createTransferHandle, type TransferHandle } from './handle.js'

/** What is to be transferred; the tenant is the client's. */
export interface TransferRequest {
  /** The caller's own id of the transfer: the same one again is the same transfer, for ever. */
  readonly transferId: string
  readonly rail: Rail
  /** The sender's, in any spelling; it is normalised. */
  readonly mobile: string
  /** Eko's code of the agent that the transfer is made for. */
  readonly userCode: string
  /** Eko's id of the recipient. */
  readonly recipientId: number
  /** Integer paise, a positive multiple of 100: Eko takes whole rupees. */
  readonly amountPaise: number
  /** Of the recipient's bank, where Eko gave one. */
  readonly beneficiaryId?: string
  /** As Eko's page numbers them. @default 2 */
  readonly channel?: number
  /** Where the sender is: `latitude,longitude` in degrees. */
  readonly location?: string
  /** Has the sender prove the mobile first; costs an SMS. Levin's transfers always do. @default false */
  readonly proveSender?: boolean
  /** Wishes; the tenant's ranges decide. */
  readonly policy?: Partial<Policy>
}

/** Money for a sender's wallet; the tenant is the client's. */
export interface WalletLoadRequest {
  /** The caller's own id of the load: the same one again is the same load, for ever. */
  readonly loadId: string
  /** The sender's, in any spelling; it is normalised. */
  readonly mobile: string
  /** Eko's code of the agent whose money it is. */
  readonly userCode: string
  /** Integer paise, a positive multiple of 100: Eko takes whole rupees. */
  readonly amountPaise: number
  /** Wishes; the tenant's ranges decide. */
  readonly policy?: Partial<Policy>
}

/** What the start of a transfer answers. */
export interface StartedTransfer {
  /** Whether the transfer was there before this call. */
  readonly joined: boolean
  readonly view: TransferView
  readonly handle: TransferHandle
}

/** What a transfer without a channel goes by, as in all of Eko's samples. */
const CHANNEL = 2

/** Integer paise that Eko's wire can carry. */
export const amountSchema = valueSchema((paise) => {
  const rupees = wholeRupees(paise)
  return rupees.ok ? { ok: true, value: paise as number } : rupees
})

const requestSchema = z.strictObject({
  transferId: textSchema(128),
  rail: z.enum(RAILS),
  mobile: valueSchema(parseMobile),
  userCode: userCodeSchema,
  recipientId: positiveSchema,
  amountPaise: amountSchema,
  beneficiaryId: textSchema(64, /^\w+$/).optional(),
  channel: positiveSchema.optional(),
  location: valueSchema(parseLocation).optional(),
  proveSender: z.boolean().optional(),
  policy: policySchema.optional(),
})

/**
 * Starts a transfer, or joins the one of this `transferId`, whether it goes on or has ended.
 * @throws OnboardingError INVALID_INPUT before anything is asked of Eko; INPUT_CONFLICT, OWNED_BY_ANOTHER_AGENT where the
 * same `transferId` was another transfer; DEADLINE: ask again with the same `transferId`
 */
export async function startTransfer(context: HandleContext, request: TransferRequest): Promise<StartedTransfer> {
  const { wire } = context
  const { tenant, idKey } = wire.settings
  const { transferId, proveSender, channel, ...checked } = check(requestSchema, request)
  const workflowId = transferWorkflowId(requireIdKey(idKey), tenant, transferId)
  // Who says a default says nothing: the same transfer asked for with and without it is one.
  const said = { ...(proveSender && { proveSender }), ...(channel !== undefined && channel !== CHANNEL && { channel }) }
  const input = { ...checked, ...said, tenant, opener: randomUUID() } as TransferInput
  const handle = createTransferHandle(context, workflowId)
  return { ...(await open(wire, workflowId, input)), handle }
}

const loadSchema = z.strictObject({
  loadId: textSchema(128),
  mobile: valueSchema(parseMobile),
  userCode: userCodeSchema,
  amountPaise: amountSchema,
  policy: policySchema.optional(),
})

/**
 * Loads a sender's DigiKhata wallet, once for each `loadId`; it goes on by itself.
 * @throws OnboardingError as `startTransfer`
 */
export async function startWalletLoad(context: HandleContext, request: WalletLoadRequest): Promise<StartedTransfer> {
  const { wire } = context
  const { tenant, idKey } = wire.settings
  const { loadId, ...checked } = check(loadSchema, request)
  const workflowId = walletLoadWorkflowId(requireIdKey(idKey), tenant, loadId)
  const input = { ...checked, tenant, rail: 'digikhata', kind: 'WALLET_LOAD', opener: randomUUID() } as TransferInput
  const handle = createTransferHandle(context, workflowId)
  return { ...(await open(wire, workflowId, input)), handle }
}

type TransferWorkflow = (input: TransferInput) => Promise<TransferResult>
interface Opened {
  readonly joined: boolean
  readonly view: TransferView
}

async function open(wire: Wire, workflowId: string, input: TransferInput): Promise<Opened> {
  const { tenant, rail, opener = '' } = input
  const update = { args: [{ input }] as [{ input: TransferInput }], updateId: `${OPEN_UPDATE}:${opener}` }
  const facts = { call: OPEN_UPDATE, workflowId, submissionId: opener }
  const startWorkflowOperation = new WithStartWorkflowOperation<TransferWorkflow>(TRANSFER_WORKFLOW_TYPE, {
    workflowId,
    taskQueue: wire.settings.taskQueue,
    args: [input],
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    staticSummary: `${RAIL_NAMES[rail]} ${input.kind === 'WALLET_LOAD' ? 'wallet load' : 'transfer'} · tenant ${tenant}`,
    typedSearchAttributes: [
      { key: ATTRIBUTES.rail, value: rail },
      { key: ATTRIBUTES.tenant, value: tenant },
      { key: ATTRIBUTES.state, value: 'REFERENCE_INQUIRY' },
      { key: ATTRIBUTES.status, value: 'WAITING_FOR_USER' },
    ],
  })
  // Its promise rejects beside the call's own; that one is the error that is answered.
  startWorkflowOperation.workflowHandle().catch(() => undefined)
  try {
    return await callLive(wire, facts, () =>
      wire.workflows.executeUpdateWithStart<TransferWorkflow, Opened, [{ input: TransferInput }]>(OPEN_UPDATE, {
        ...update,
        startWorkflowOperation,
      }),
    )
  } catch (error) {
    if (!hasEnded(error)) throw sayThatItMayHaveStarted(error)
    const view = await viewOf<TransferView>(wire, workflowId)
    requireSame(view, input)
    return { joined: true, view }
  }
}

/** Whether the one transfer of this id is over: no second one is ever started. */
function hasEnded(error: unknown): boolean {
  if (!(error instanceof OnboardingError)) return false
  return error.code === 'JOURNEY_CLOSED' || error.cause instanceof WorkflowExecutionAlreadyStartedError
}

/** A transfer that has ended answers only for what it was. */
function requireSame(view: TransferView, input: TransferInput): void {
  if (view.userCode !== input.userCode) {
    throw new OnboardingError('OWNED_BY_ANOTHER_AGENT', { details: { workflowId: view.workflowId } })
  }
  const { rail, recipientId = null, amountPaise, beneficiaryId = null } = input
  const asked = { rail, recipientId, amountPaise, beneficiaryId, mobileMasked: maskMobile(input.mobile) }
  const names = Object.keys(asked) as (keyof typeof asked)[]
  const differing = names.filter((name) => view[name] !== asked[name])
  if (differing.length > 0) {
    throw new OnboardingError('INPUT_CONFLICT', { details: { workflowId: view.workflowId, fields: differing } })
  }
}
