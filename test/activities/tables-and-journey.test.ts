import { describe, expect, it } from '@jest/globals'
import { OPERATION_TABLES } from '../../activities/eko/index.js'
import { railPlan } from '../../activities/resolve-journey.js'
import { type Answer, CALLS } from '../../workflows/calls.js'
import { RAILS } from '../../workflows/messages.js'
import { ONBOARDING } from '../../workflows/onboarding-flow.js'
import { OTHERWISE, TRANSITIONS, transitionFor } from '../../workflows/transitions.js'
import { planOf } from '../journey/support.js'

describe('the decision tables and the journey', () => {
  const given = CALLS.flatMap((call) =>
    RAILS.flatMap((rail) => {
      const table = OPERATION_TABLES[call][rail]
      const answers = new Set(table?.rows.map((row) => row.answer))
      return [...answers].map((answer) => ({ rail, call, answer }))
    }),
  )

  it.each(given)('$rail $call: the journey has a row for $answer', ({ call, answer }) => {
    expect(transitionFor(call, answer)).not.toBe(OTHERWISE)
  })

  it('have no row that nothing can reach', () => {
    const always: readonly Answer[] = [
      'UNKNOWN_OUTCOME',
      'UNRECOGNISED_ANSWER',
      'INPUT_REFUSED',
      'NOT_SENT',
      'WALLET_TOKEN_REFUSED',
      'RUN_RESET',
    ]
    const consents: readonly Answer[] = ['LANGUAGES', 'CONSENT', 'CONFIGURATION']
    const reachable = (call: string, answer: Answer): boolean =>
      always.includes(answer) ||
      consents.includes(answer) ||
      (answer === 'LIMIT_REACHED' && CALLS.some((name) => name === call && ONBOARDING.dispatches[name])) ||
      given.some((one) => (call === '*' || one.call === call) && one.answer === answer)
    const dead = TRANSITIONS.flatMap(({ call, answers }) =>
      answers.filter((answer) => !reachable(call, answer)).map((answer) => `${call} ${answer}`),
    )
    expect(dead).toEqual([])
  })

  it.each(given)(
    '$rail $call: the journey counts as a dispatch what the table says may send a code',
    ({ rail, call }) => {
      expect(ONBOARDING.dispatches[call]).toBe(OPERATION_TABLES[call][rail]?.sends)
    },
  )

  it('repeats nothing that may send a code or use one up', () => {
    for (const { rail, call } of given) {
      const table = OPERATION_TABLES[call][rail]
      const dispatchOrVerification = table?.sends !== undefined || table?.parameters.some(({ name }) => name === 'otp')
      expect([rail, call, table?.repeatable, table?.onUnknown === 'RUN_AGAIN']).toEqual([
        ...[rail, call, !dispatchOrVerification, !dispatchOrVerification],
      ])
    }
  })

  it.each(RAILS)('the journey’s tests assume the plan that %s’s tables really give', (rail) => {
    const { resendSenderOtp, usesWallet, onUnknown } = planOf({ rail })
    const plan = railPlan(rail)
    expect({ resendSenderOtp: plan.resendSenderOtp, usesWallet: plan.usesWallet }).toEqual({
      resendSenderOtp,
      usesWallet,
    })
    for (const call of CALLS) {
      if (OPERATION_TABLES[call][rail]) expect({ [call]: plan.onUnknown[call] }).toEqual({ [call]: onUnknown[call] })
    }
  })
})
