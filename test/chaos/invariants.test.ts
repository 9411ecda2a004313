import { describe, expect, it } from '@jest/globals'
import { BROKEN_BUILDS } from './broken-builds.js'
import { INVARIANTS, type Invariant, judgeRun } from './invariants.js'
import { MONEY_INVARIANTS } from './money/invariants.js'
import { act, call, challengeOf, type Doctored, goodRun, runFacts, smsOf } from './support/doctored.js'

/** The judge of the chaos suite, on runs that are doctored one thing at a time. */

function reported(run: Doctored): Invariant[] {
  return [...new Set(judgeRun(runFacts(run)).map(({ invariant }) => invariant))]
}

type Journey = Doctored['journey']
type Ledger = Doctored['ledger']

/** A good run with one thing changed. */
function doctored(change: (journey: Journey, ledger: Ledger) => Partial<Journey> | void): Doctored {
  const run = goodRun()
  const changed = change(run.journey, run.ledger)
  return { journey: { ...run.journey, ...changed }, ledger: run.ledger }
}

const end = (journey: Journey, change: Partial<NonNullable<Journey['end']>>): Partial<Journey> => ({
  end: journey.end && { ...journey.end, ...change },
})

/** Each must be reported as that invariant. */
const BROKEN: readonly [what: string, invariant: Invariant, run: () => Doctored][] = [
  [
    'a PAN that went through, and no end',
    'END_AGREES',
    () => doctored((journey) => end(journey, { state: 'CANCELLED', capability: null })),
  ],
  [
    'a right code that is called wrong',
    'END_AGREES',
    () => doctored(({ acts }) => void acts.push(act('enterSenderOtp', { purpose: 'SENDER', outcome: 'WRONG_CODE' }))),
  ],
  [
    'an SMS that the journey does not count',
    'END_AGREES',
    () => doctored((journey) => end(journey, { sent: { SENDER: 0, AADHAAR: 1 } })),
  ],
  ['a journey that expired', 'END_AGREES', () => doctored((journey) => end(journey, { state: 'EXPIRED' }))],
  [
    'a step that was done twice',
    'END_AGREES',
    () => doctored((_journey, { kycSteps }) => void kycSteps.push(...kycSteps.slice(0, 1))),
  ],
  [
    'a completed journey of a sender who is not active',
    'NO_FALSE_SUCCESS',
    () => doctored(() => ({ stage: 'PAN_PENDING' })),
  ],
  [
    'a claimed step that never was',
    'NO_FALSE_SUCCESS',
    () => doctored((_journey, { kycSteps }) => void kycSteps.splice(2, 1)),
  ],
  [
    'a code that is said to be sent',
    'NO_FALSE_SUCCESS',
    () =>
      doctored(({ acts }, ledger) => {
        for (let more = 0; more < 2; more += 1) acts.push(act('resendOtp', { purpose: 'SENDER', outcome: 'OTP_SENT' }))
        ledger.sms.splice(1, 1)
      }),
  ],
  [
    'more SMS than the quota allows',
    'SMS_WITHIN_QUOTA',
    () =>
      doctored(({ acts }, ledger) => {
        for (let more = 0; more < 3; more += 1) resent(acts, ledger)
      }),
  ],
  [
    'more SMS in a day than the quota allows, although no window has too many',
    'SMS_WITHIN_QUOTA',
    () => resentHourly(6),
  ],
  ['an SMS that nobody asked for', 'SMS_ASKED_FOR', () => doctored((_journey, ledger) => void resent([], ledger))],
  [
    'an Aadhaar code that is verified twice',
    'AADHAAR_VERIFY_PER_CODE',
    () => doctored((_journey, { calls }) => void calls.push(call('verifyAadhaarOtp', { otpRefId: 'ref-a' }))),
  ],
  [
    'an Aadhaar code that is verified twice, while another one was entered more often',
    'AADHAAR_VERIFY_PER_CODE',
    () =>
      doctored(({ acts }, ledger) => {
        const second = aadhaarResent(acts, ledger)
        for (let more = 0; more < 2; more += 1) acts.push(aadhaarEntered(second))
        ledger.calls.push(call('verifyAadhaarOtp', { otpRefId: 'ref-a' }))
      }),
  ],
  [
    'an Aadhaar code that is verified although its challenge took none',
    'AADHAAR_VERIFY_PER_CODE',
    () =>
      doctored(({ acts }, ledger) => {
        const second = aadhaarResent(acts, ledger)
        acts.push(aadhaarEntered(second, { outcome: null, refusal: 'CHALLENGE_STALE' }), ...acts.slice(3, 4).map(again))
        ledger.calls.push(call('verifyAadhaarOtp', { otpRefId: second.otpRefId }))
      }),
  ],
  [
    'an Aadhaar code of an uncertain challenge that is verified, while every submission was for another one',
    'AADHAAR_VERIFY_PER_CODE',
    () =>
      doctored(({ acts }, { calls }) => {
        acts.push(...acts.slice(3, 4).map(again))
        calls.push(call('verifyAadhaarOtp', { otpRefId: 'ref-unknown' }))
      }),
  ],
  [
    'a second attempt after an answer that was lost',
    'NO_REPEAT_AFTER_UNKNOWN',
    () =>
      doctored((_journey, { calls }) => {
        const [, lost] = calls
        if (!lost) return
        Object.assign(lost, { answered: false })
        calls.push({ ...lost, seq: lost.seq + 100, clientRefId: `${lost.clientRefId?.slice(0, -1)}2` })
      }),
  ],
  [
    'a call of the journey’s own after an unknown outcome',
    'NO_REPEAT_AFTER_UNKNOWN',
    () => doctored((_journey, { calls }) => void calls.push(call('verifySenderOtp'))),
  ],
  [
    'a late code that is taken',
    'ONE_LIVE_CHALLENGE',
    () => doctored(({ acts }) => void acts.push(act('enterAadhaarOtp', { typed: 'late', outcome: 'WRONG_CODE' }))),
  ],
  [
    'a reference that is presented after a newer code was asked for',
    'ONE_LIVE_CHALLENGE',
    () =>
      doctored(({ acts }, ledger) => {
        resent(acts, ledger)
        acts.push(act('enterSenderOtp', { purpose: 'SENDER' }))
        ledger.calls.push(call('verifySenderOtp', { otpRefId: 'ref-s' }))
      }),
  ],
  [
    'a journey that waits for its user when all is over',
    'NOT_STUCK',
    () => doctored((journey) => end(journey, { status: 'WAITING_FOR_USER' })),
  ],
  ['a journey that nobody can look at', 'NOT_STUCK', () => doctored(() => ({ end: null }))],
  [
    'an update that was accepted and never answered',
    'NO_MESSAGE_LOST',
    () => doctored(() => ({ runs: [{ runId: 'run', accepted: ['enterPan:s1'], completed: [], signals: [] }] })),
  ],
  [
    'a message that the journey received, and says nothing about',
    'NO_MESSAGE_LOST',
    () => doctored((journey) => end(journey, { messages: { received: 6, taken: 5, refused: 0, repeated: 0 } })),
  ],
  [
    'a signal that stands in the history only',
    'NO_MESSAGE_LOST',
    () =>
      doctored(() => ({
        runs: [{ runId: 'run', accepted: [], completed: [], signals: ['1', '2', '3', '4', '5', '6'] }],
      })),
  ],
  [
    'a message of which nobody ever learned',
    'NO_MESSAGE_LOST',
    () => doctored(({ acts }) => void acts.push(act('enterPan', { via: 'signal', outcome: null }))),
  ],
  [
    'a submission that is answered in two ways',
    'NO_MESSAGE_LOST',
    () =>
      doctored(({ acts }) => {
        const [first] = acts
        if (first) acts.push({ ...first, outcome: 'WRONG_CODE' })
      }),
  ],
]

/** One more SMS to the sender, as a resend causes it. */
function resent(acts: Journey['acts'], ledger: Ledger): void {
  const again = call('generateSenderOtp')
  ledger.calls.push(again)
  ledger.sms.push(smsOf(again, 'SENDER', `ref-${again.seq}`))
  acts.push(act('resendOtp', { purpose: 'SENDER', outcome: 'OTP_SENT' }))
}

/** SMS of the sender's code an hour apart, none of them unasked for: one by the enrolment, and so many more. */
function resentHourly(more: number): Doctored {
  return doctored((journey, ledger) => {
    for (let hour = 1; hour <= more; hour += 1) {
      resent(journey.acts, ledger)
      const last = ledger.sms.at(-1)
      if (last) Object.assign(last, { at: new Date(Date.parse(last.at) + hour * 3_600_000).toISOString() })
    }
    return end(journey, { sent: { SENDER: 1 + more, AADHAAR: 1 } })
  })
}

interface SecondCode {
  readonly challengeId: string
  readonly otpRefId: string
}

/** A second Aadhaar code, as a resend causes it. */
function aadhaarResent(acts: Journey['acts'], ledger: Ledger): SecondCode {
  const dispatch = call('generateAadhaarOtp')
  const otpRefId = `ref-${dispatch.seq}`
  ledger.calls.push(dispatch)
  ledger.sms.push(smsOf(dispatch, 'AADHAAR', otpRefId))
  acts.push(act('resendOtp', { purpose: 'AADHAAR', outcome: 'OTP_SENT' }))
  return { challengeId: challengeOf(dispatch), otpRefId }
}

function aadhaarEntered(code: SecondCode, change: Partial<Journey['acts'][number]> = {}): Journey['acts'][number] {
  return act('enterAadhaarOtp', { purpose: 'AADHAAR', typed: 'right', ...code, ...change })
}

/** The same once more, as a submission of its own. */
function again(one: Journey['acts'][number]): Journey['acts'][number] {
  return { ...one, submissionId: `${one.submissionId}-again` }
}

describe('the judge of the chaos suite', () => {
  it('finds nothing in a run where all went well', () => {
    expect(judgeRun(runFacts(goodRun()))).toEqual([])
  })

  it.each(BROKEN)('reports %s as %s', (_what, invariant, run) => {
    expect(reported(run())).toContain(invariant)
  })

  it('has a doctored run and a broken build for each invariant', () => {
    const all = Object.keys(INVARIANTS)
    // Those of money have their doctored runs beside their judge.
    const ofMoney = Object.keys(MONEY_INVARIANTS)
    expect(new Set([...BROKEN.map(([, invariant]) => invariant), ...ofMoney])).toEqual(new Set(all))
    expect(new Set(BROKEN_BUILDS.map(({ invariant }) => invariant))).toEqual(new Set(all))
  })

  it.each([
    ['a parked journey', { status: 'PARKED', state: 'PAN_REQUIRED', capability: null, story: [] }],
    ['one that needs attention', { status: 'NEEDS_ATTENTION', state: 'PAN_REQUIRED', capability: null, story: [] }],
  ])('lets %s wait', (_what, change) => {
    expect(reported(doctored((journey) => end(journey, { ...change, steps: [] })))).toEqual([])
  })

  it('takes a call that was refused before it was executed for no repetition when it is sent again', () => {
    const run = doctored((_journey, { calls }) => {
      const [, enrol] = calls
      if (enrol) calls.splice(1, 0, { ...enrol, http: 401, status: 2485, executed: false })
    })
    expect(reported(run)).toEqual([])
  })

  it('takes a request that the way delivered twice for one', () => {
    const run = doctored((_journey, { calls, sms }) => {
      const [, enrol] = calls
      if (!enrol) return
      Object.assign(enrol, { fault: 'duplicateDelivery' })
      calls.splice(2, 0, { ...enrol, seq: enrol.seq + 100 })
      sms.push({ ...smsOf(enrol, 'SENDER', 'ref-twin') })
    })
    expect(reported(run)).toEqual([])
  })

  it('lets as many SMS be sent in a day as the quota allows', () => {
    expect(reported(resentHourly(5))).toEqual([])
  })

  it('lets each Aadhaar code be verified as often as one was entered for its challenge', () => {
    const run = doctored((journey, ledger) => {
      const { acts } = journey
      const second = aadhaarResent(acts, ledger)
      for (let more = 0; more < 2; more += 1) {
        acts.push(aadhaarEntered(second))
        ledger.calls.push(call('verifyAadhaarOtp', { otpRefId: second.otpRefId }))
      }
      return end(journey, { sent: { SENDER: 1, AADHAAR: 2 } })
    })
    expect(reported(run)).toEqual([])
  })

  it('holds a code whose challenge is uncertain against the challenges that no other code belongs to', () => {
    const run = doctored(({ acts }, { calls }) => {
      acts.push(aadhaarEntered({ challengeId: 'kept while the mobile was proved again', otpRefId: 'ref-late' }))
      calls.push(call('verifyAadhaarOtp', { otpRefId: 'ref-late' }))
    })
    expect(reported(run)).toEqual([])
  })

  it('lets a dispatch that was refused for the sake of a newer one be asked for again', () => {
    const run = doctored((journey, ledger) => {
      resent(journey.acts, ledger)
      return end(journey, { sent: { SENDER: 2, AADHAAR: 1 } })
    })
    expect(reported(run)).toEqual([])
  })
})
