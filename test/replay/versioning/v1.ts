import { condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow'
import type { RoundActivities } from './activities.js'

const { sendCode, verifyCode } = proxyActivities<RoundActivities>({ startToCloseTimeout: '10 seconds' })
const enterCode = defineSignal<[string]>('enterCode')

/** The example as it was released first: a code is sent, the user types it, it is verified. */
export async function codeRound(): Promise<string> {
  let typed: string | undefined
  setHandler(enterCode, (code) => {
    typed = code
  })
  await sendCode()
  await condition(() => typed !== undefined)
  return verifyCode(typed ?? '')
}
