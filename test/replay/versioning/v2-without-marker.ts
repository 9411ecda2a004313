import { condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow'
import type { RoundActivities } from './activities.js'

const { reservePlace, sendCode, verifyCode } = proxyActivities<RoundActivities>({ startToCloseTimeout: '10 seconds' })
const enterCode = defineSignal<[string]>('enterCode')

/** The mistake: a call more before the first one. A run of v1 that is replayed asks for a call that its history lacks. */
export async function codeRound(): Promise<string> {
  let typed: string | undefined
  setHandler(enterCode, (code) => {
    typed = code
  })
  await reservePlace()
  await sendCode()
  await condition(() => typed !== undefined)
  return verifyCode(typed ?? '')
}
