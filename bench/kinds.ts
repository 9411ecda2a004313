import { recipientsWorkflowId } from '../client/ids.js'
import { readIdKey } from '../secrets/index.js'
import { LOCAL_USER_CODE } from '../stack/local-tenants.js'
import { pay } from '../stack/pay.js'
import { play } from '../stack/play.js'
import { personOf, scenes } from '../stack/scenes.js'
import type { BenchStack } from './bench-stack.js'
import { historySize } from './history.js'

export const KINDS_HEAD = ['history of each kind of journey', 'events', 'bytes', 'actions']

/** Nobody waits for a bank while something is measured. */
const QUICK_BANKS = { recipientCoolingMs: 0, settlementMs: 1 }

/** The demo's senders, one after the other: each onboards, registers a recipient and sends money. */
export async function kindRows({ client, local, sandbox, temporal }: BenchStack): Promise<string[][]> {
  await sandbox.putPolicy(QUICK_BANKS)
  const idKey = await readIdKey(local.clientEnv['ONBOARDING_ID_KEY_FILE'] ?? '')
  const listed = await sandbox.scenarios()
  const given = { client, sandbox, userCode: LOCAL_USER_CODE, paceMs: 0, onStep: () => undefined }
  const rows: string[][] = []
  const row = async (name: string, workflowId: string): Promise<void> => {
    const { events, bytes, actions } = await historySize(temporal, workflowId)
    rows.push([name, String(events), String(bytes), String(actions)])
  }
  for (const [index, scene] of scenes('portal-2026').entries()) {
    const facts = personOf(scene, index, listed)
    const { rail, title, pays } = scene
    const { mobile } = facts
    await play({ ...given, scene, facts })
    await row(`onboarding, ${rail}: ${title}`, client.handleOf({ rail, mobile }).workflowId)
    await pay({ ...given, rail, mobile, way: pays })
    // The demo's ways to pay come round after three.
    if (index % 5 > 2) continue
    await row(`  recipients, ${rail}`, recipientsWorkflowId(idKey, client.tenant, rail, mobile))
    await row(`  transfer, ${rail}: ${pays}`, client.transferOf(mobile).workflowId)
  }
  return rows
}
