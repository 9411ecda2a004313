import { condition, defineSignal, patched, proxyActivities, setHandler } from '@temporalio/workflow'
import type { RoundActivities } from './activities.js'

const { reservePlace, sendCode, verifyCode } = proxyActivities<RoundActivities>({ startToCloseTimeout: '10 seconds' })
const enterCode = defineSignal<[string]>('enterCode')

/**
 * The same change with its marker. A new run writes the marker into its history and goes the new way; a run of v1 has
 * none there, so `patched` answers false and it goes on as it began.
 */
export async function codeRound(): Promise<string> {
  let typed: string | undefined
  setHandler(enterCode, (code) => {
    typed = code
  })
  if (patched('reserve-before-send')) await reservePlace()
  await sendCode()
  await condition(() => typed !== undefined)
  return verifyCode(typed ?? '')
}
