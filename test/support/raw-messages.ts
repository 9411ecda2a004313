import { randomUUID } from 'node:crypto'
import { WorkflowUpdateFailedError } from '@temporalio/client'
import { ApplicationFailure } from '@temporalio/common'
import proto from '@temporalio/proto'
import type { OnboardingClient, Receipt } from '../../client/index.js'

const { temporal } = proto

/** Bytes as they go over the wire, with whatever encoding they claim to have. */
export interface RawPayload {
  readonly encoding: string | null
  readonly data: Uint8Array
  /** The key that it claims to be encrypted with. */
  readonly keyId?: string
}

export const json = (value: unknown): RawPayload => ({
  encoding: 'json/plain',
  data: Buffer.from(JSON.stringify(value)),
})

/** Payloads that no converter can decode. */
export const UNDECODABLE: Readonly<Record<string, RawPayload>> = {
  'broken JSON': { encoding: 'json/plain', data: Buffer.from('{"otp": "12') },
  'JSON that is not UTF-8': { encoding: 'json/plain', data: Uint8Array.of(0xff, 0xfe, 0x00) },
  'empty bytes': { encoding: 'json/plain', data: new Uint8Array() },
  'an unknown encoding': { encoding: 'binary/encrypted', data: Buffer.from('secret') },
  'no encoding': { encoding: null, data: Buffer.from('{}') },
}

function payload({ encoding, data, keyId }: RawPayload) {
  const metadata = {
    ...(encoding !== null && { encoding: Buffer.from(encoding) }),
    ...(keyId !== undefined && { 'encryption-key-id': Buffer.from(keyId) }),
  }
  return { metadata, data }
}

/** Sends a signal by gRPC, past every check of an SDK. */
export async function signalRaw(
  client: OnboardingClient,
  workflowId: string,
  signalName: string,
  payloads: readonly RawPayload[],
): Promise<void> {
  const { workflowService, options } = client.temporal
  await workflowService.signalWorkflowExecution({
    ...{ namespace: options.namespace, workflowExecution: { workflowId }, signalName },
    input: { payloads: payloads.map(payload) },
  })
}

/** Sends an update by gRPC; answers the type of the failure that it ends with, or null where it ends well. */
export async function updateRaw(
  client: OnboardingClient,
  workflowId: string,
  name: string,
  payloads: readonly RawPayload[],
): Promise<string | null> {
  const { workflowService, options } = client.temporal
  const { outcome } = await workflowService.updateWorkflowExecution({
    ...{ namespace: options.namespace, workflowExecution: { workflowId } },
    waitPolicy: {
      lifecycleStage:
        temporal.api.enums.v1.UpdateWorkflowExecutionLifecycleStage.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED,
    },
    request: { meta: { updateId: randomUUID() }, input: { name, args: { payloads: payloads.map(payload) } } },
  })
  return outcome?.failure ? (outcome.failure.applicationFailureInfo?.type ?? 'unknown') : null
}

/** What became of an update: its receipt's outcome and detail, or the code that it was refused with. */
export async function updateOutcome(
  client: OnboardingClient,
  workflowId: string,
  name: string,
  body: unknown,
): Promise<string> {
  try {
    const handle = client.temporal.workflow.getHandle(workflowId)
    const { outcome, detail } = await handle.executeUpdate<Receipt, [unknown]>(name, { args: [body] })
    return detail === undefined ? outcome : `${outcome} ${detail}`
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure) {
      return error.cause.type ?? 'untyped'
    }
    throw error
  }
}
