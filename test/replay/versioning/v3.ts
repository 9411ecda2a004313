import { condition, defineSignal, deprecatePatch, proxyActivities, setHandler } from '@temporalio/workflow'
import type { RoundActivities } from './activities.js'

const { reservePlace, sendCode, verifyCode } = proxyActivities<RoundActivities>({ startToCloseTimeout: '10 seconds' })
const enterCode = defineSignal<[string]>('enterCode')

/**
 * When no run of v1 is left, the old branch goes. Runs of v2 have the marker in their history, so it must still be
 * named; when none of these is left either, the line goes too.
 */
export async function codeRound(): Promise<string> {
  let typed: string | undefined
  setHandler(enterCode, (code) => {
    typed = code
  })
  deprecatePatch('reserve-before-send')
  await reservePlace()
  await sendCode()
  await condition(() => typed !== undefined)
  return verifyCode(typed ?? '')
}
