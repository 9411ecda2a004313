import { condition, defineQuery, defineSignal, defineUpdate, proxyActivities, setHandler } from '@temporalio/workflow'
import type { FloorActivities, FloorRequest } from './activities.js'

/**
 * The floor: the least workflow that makes the same calls of Eko in the same order, each by an update that waits for it. It
 * has no policy, no view, no encryption, no search attributes and no fence; what is typed is in its history in plain.
 */

const { callEko } = proxyActivities<FloorActivities>({ startToCloseTimeout: '35 seconds' })

export const open = defineUpdate<string>('open')
export const enterSenderOtp = defineUpdate<string, [otp: string]>('enterSenderOtp')
export const requestConsent = defineUpdate<string>('requestConsent')
export const enterAadhaar = defineUpdate<string, [aadhaar: string]>('enterAadhaar')
export const enterAadhaarOtp = defineUpdate<string, [otp: string]>('enterAadhaarOtp')
export const enterPan = defineUpdate<string, [pan: string]>('enterPan')
/** As `enterSenderOtp`, for who does not wait. */
export const sendSenderOtp = defineSignal<[otp: string]>('sendSenderOtp')
/** How many answers there are. */
export const count = defineQuery<number>('count')

export async function floorOnboarding(sender: Pick<FloorRequest, 'userCode' | 'mobile'>): Promise<readonly string[]> {
  const seen: string[] = []
  let otpRefId: string | undefined
  let english: string | undefined
  let done = false
  const call = async (request: Omit<FloorRequest, 'userCode' | 'mobile'>): Promise<string> => {
    const answer = await callEko({ ...sender, ...request })
    otpRefId = answer.otpRefId ?? otpRefId
    english = answer.english ?? english
    seen.push(answer.answer)
    return answer.answer
  }
  const verifySender = (otp: string): Promise<string> =>
    call({ operation: 'verifySenderOtp', otp, ...(otpRefId !== undefined && { otpRefId }) })
  setHandler(open, () => call({ operation: 'getSender' }))
  setHandler(enterSenderOtp, verifySender)
  setHandler(sendSenderOtp, async (otp) => void (await verifySender(otp)))
  setHandler(requestConsent, async () => {
    await call({ operation: 'consentLanguages' })
    return call({ operation: 'consentDetails', ...(english !== undefined && { consentLanguage: english }) })
  })
  setHandler(enterAadhaar, (aadhaar) => call({ operation: 'generateAadhaarOtp', aadhaar }))
  setHandler(enterAadhaarOtp, (otp) =>
    call({ operation: 'verifyAadhaarOtp', otp, ...(otpRefId !== undefined && { otpRefId }) }),
  )
  setHandler(enterPan, async (pan) => {
    const answer = await call({ operation: 'validatePan', pan })
    done = true
    return answer
  })
  setHandler(count, () => seen.length)
  await condition(() => done)
  return seen
}
