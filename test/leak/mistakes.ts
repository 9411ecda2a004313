import type { Rail } from '../../client/index.js'
import { json, signalRaw, updateRaw } from '../support/raw-messages.js'
import type { Play } from './play.js'

/**
 * Messages that hold secrets where none belong, as programs without our client may send them.
 *
 * What is promised of them: nothing is done with the secret, it does not reach Eko, a log, a view, the error that answers
 * it, and the codec server shows it to nobody. What is not promised: that it is gone. Temporal keeps what was sent to it
 * as it was sent: encrypted where the sender's codec encrypted it, readable where there was none; and what stands in an id,
 * a reason or a name is no payload at all, so that no codec ever sees it.
 */
export async function messagesThatNobodyShouldSend(play: Play, rail: Rail): Promise<void> {
  const journey = await play.begin(rail)
  const { workflowId } = journey.handle
  await play.walkTo(journey, 'ENTER_SENDER_OTP')
  await pastTheCodec(play, workflowId)
  await throughTheCodec(play, workflowId, rail)
  await play.bring(journey)
  await inIdsAndReasons(play, rail)
}

async function pastTheCodec(play: Play, workflowId: string): Promise<void> {
  const { client, canaries } = play.stack
  const { aadhaar, pan, otp } = canaries.mistake('inClear')
  const signal = (name: string, body: unknown): Promise<void> => signalRaw(client, workflowId, name, [json(body)])
  await signal('enterAadhaar', { aadhaar, consent: { consentId: aadhaar } })
  await signal('enterAadhaar', { number: aadhaar, aadhaarNumber: Number(aadhaar) })
  await signal('enterPan', { pan: { value: pan } })
  await signal('enterPan', [pan])
  await signal('enterPan', pan)
  await signal('enterSenderOtp', { otp })
  await signal('enterSenderOtp', { otp: Number(otp) })
  await signal('enterAadhaarNumber', { aadhar: aadhaar })
  const broken = Buffer.from(`{"aadhaar":"${aadhaar}","otp":"${otp}"`)
  await signalRaw(client, workflowId, 'enterAadhaar', [{ encoding: 'json/plain', data: broken }])
  await signalRaw(client, workflowId, 'enterPan', [{ encoding: 'binary/encrypted', keyId: 'none', data: broken }])
  await signalRaw(client, workflowId, 'enterPan', [{ encoding: 'json/protobuf', data: broken }])
  for (const [name, body] of [
    ['enterAadhaar', { aadhaar }],
    ['enterSenderOtp', { otp }],
    ['enterPan', { pan, number: aadhaar }],
    ['enterPan', { pan: [pan] }],
  ] as const) {
    play.said.errors.push(String(await updateRaw(client, workflowId, name, [json(body)])))
  }
}

async function throughTheCodec(play: Play, workflowId: string, rail: Rail): Promise<void> {
  const { client, canaries, taskQueue } = play.stack
  const { aadhaar, pan, otp } = canaries.mistake('throughCodec')
  const { workflow } = client.temporal
  const handle = workflow.getHandle(workflowId)
  await handle.signal('enterAadhaar', { aadhaar, consent: {} })
  await handle.signal('enterPan', { pan, note: `the number is ${aadhaar}` })
  await handle.signal('enterSenderOtp', { otp, challengeId: canaries.mistake('strayCode').otp })
  await handle.signal('enterPin', { otp })
  for (const [name, body] of [
    ['enterAadhaar', { aadhaar }],
    ['enterPan', { pan }],
    ['enterSenderOtp', { otp }],
  ] as const) {
    await handle.executeUpdate(name, { args: [body] }).catch((error: unknown) => play.said.failed(error))
  }
  await handle.query('view', aadhaar).catch((error: unknown) => play.said.failed(error))
  const input = { rail, tenant: 'leak', mobile: aadhaar, userCode: pan, aadhaar, otp }
  const started = await workflow.start('senderOnboarding', {
    ...{ args: [input], taskQueue, workflowId: `onboarding:${rail}:leak:${'0'.repeat(32)}` },
  })
  await started.result().catch((error: unknown) => play.said.failed(error))
}

/** Our own client refuses such ids of submissions, a program without it need not. Reasons and actors are the caller's. */
async function inIdsAndReasons(play: Play, rail: Rail): Promise<void> {
  const { client, canaries } = play.stack
  const { aadhaar, pan } = canaries.mistake('asId')
  const journey = await play.begin(rail)
  const { handle } = journey
  await play.walkTo(journey, 'ENTER_SENDER_OTP')
  await play.tolerate(handle.resendOtp({ submissionId: aadhaar }))
  await play.tolerate(handle.resendOtp({ actor: { type: 'agent', id: pan } }))
  const pastClient = client.temporal.workflow.getHandle(handle.workflowId)
  await pastClient.signal('resendOtp', { submissionId: pan })
  await signalRaw(client, handle.workflowId, aadhaar, [json({})])
  const actor = { type: 'operator', id: aadhaar }
  const again = { reason: `Aadhaar ${aadhaar}, PAN ${pan}`, actor, submissionId: aadhaar }
  await pastClient
    .executeUpdate('reenter', { args: [again], updateId: `reenter:${aadhaar}` })
    .catch((error: unknown) => play.said.failed(error))
  await play.tolerate(handle.cancel({ reason: `Aadhaar ${aadhaar}`, actor: { type: 'operator', id: aadhaar } }))
  const other = await play.begin(rail)
  await client.temporal.workflow.getHandle(other.handle.workflowId).terminate(`PAN ${pan}`)
  await lookAt(play, [handle.workflowId, other.handle.workflowId])
  // What is kept of it as evidence is searched with the files.
  if (rail === 'levin') await play.commandLine.erase(handle.workflowId, `Aadhaar ${aadhaar}`, pan)
}

/** Every command that shows words which its sender chose. */
async function lookAt({ commandLine }: Play, workflowIds: readonly string[]): Promise<void> {
  for (const id of workflowIds) {
    for (const command of ['status', 'explain']) {
      await commandLine.onboard([command, '--id', id])
      await commandLine.onboard([command, '--id', id, '--json'])
    }
    await commandLine.onboard(['consent', 'export', id])
    await commandLine.onboard(['consent', 'export', id, '--json'])
  }
}
