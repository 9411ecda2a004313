import { createEkoClient, type EkoAnswer, type EkoCredentials, type OpenedRequest } from '../../activities/eko/index.js'
import { englishOf } from '../direct.js'

export type FloorRequest = Omit<OpenedRequest, 'rail' | 'clientRefId'>

export interface FloorAnswer extends Pick<EkoAnswer, 'answer' | 'otpRefId'> {
  /** Id of the consent's language, of an answer that lists languages. */
  readonly english?: string
}

export interface FloorActivities {
  callEko(request: FloorRequest): Promise<FloorAnswer>
}

/** A signed call on DigiKhata, as the product makes it, and nothing around it. */
export function floorActivities(credentials: EkoCredentials): FloorActivities {
  const eko = createEkoClient()
  let calls = 0
  return {
    async callEko(request) {
      calls += 1
      const answer = await eko.call(credentials, {
        ...request,
        rail: 'digikhata',
        clientRefId: `floor${calls.toString(36)}`,
      })
      const english = englishOf(answer)
      return {
        answer: answer.answer,
        ...(answer.otpRefId !== undefined && { otpRefId: answer.otpRefId }),
        ...(english !== undefined && { english }),
      }
    },
  }
}
