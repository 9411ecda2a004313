import { describe, expect, it } from '@jest/globals'
import { inputErrors } from '../../workflows/journey-input.js'
import { JOURNEY_ID, sealedShape } from './support.js'

const INPUT = { tenant: 'acme', rail: 'digikhata', mobile: '9000000001', userCode: '20810200' } as const

describe('a journey’s input', () => {
  it('fits the workflow id that it is started under', () => {
    expect(inputErrors(INPUT, JOURNEY_ID)).toEqual({})
  })

  it.each([
    'my.journey',
    JOURNEY_ID.replace('digikhata', 'levin'),
    JOURNEY_ID.replace('acme', 'bharat'),
    JOURNEY_ID.slice(0, -1),
    `${JOURNEY_ID}:x`,
    JOURNEY_ID.replace('onboarding', 'transaction-otp'),
  ])('is refused under the id %s: it would keep another journey’s place', (workflowId) => {
    expect(Object.keys(inputErrors(INPUT, workflowId))).toEqual(['workflowId'])
  })

  it('takes an otp_ref_id only sealed for this journey', () => {
    expect(inputErrors({ ...INPUT, otpRefId: sealedShape('otpRefId') }, JOURNEY_ID)).toEqual({})
    for (const otpRefId of ['66748392', sealedShape('otp'), sealedShape('otpRefId', `${JOURNEY_ID}0`)]) {
      expect(Object.keys(inputErrors({ ...INPUT, otpRefId }, JOURNEY_ID))).toEqual(['otpRefId'])
    }
  })
})
