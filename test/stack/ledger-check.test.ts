import { describe, expect, it } from '@jest/globals'
import type { LedgerJson } from '../../sandbox/index.js'
import { type JourneyFacts, judge, type Wanted } from '../../stack/ledger-check.js'

const MOBILE = '6000000001'
const AT = '2026-01-01T00:00:00.000Z'
const OWN = { at: AT, rail: 'digikhata', mobile: MOBILE } as const

const WANTED: Wanted = {
  sms: { SENDER: 1, AADHAAR: 1 },
  codesUsed: { SENDER: 1, AADHAAR: 1 },
  wrongCodes: { SENDER: 1, AADHAAR: 0 },
  steps: ['AADHAAR_VERIFIED', 'PAN_VERIFIED'],
}

/** A journey of a sender who came back before Aadhaar, and typed one wrong code. */
const journey = (): JourneyFacts => ({
  sender: 'Asha',
  rail: 'digikhata',
  mobile: MOBILE,
  wanted: WANTED,
  end: {
    state: 'COMPLETED',
    capability: 'full',
    steps: ['MOBILE_VERIFIED', 'AADHAAR_VERIFIED', 'PAN_VERIFIED'],
    sent: { SENDER: 1, AADHAAR: 1 },
    wrong: { SENDER: 1, AADHAAR: 0 },
  },
  trueStage: 'ACTIVE',
})

const call = (clientRefId: string): LedgerJson['calls'][number] => ({
  ...OWN,
  ...{ seq: 1, operation: 'validatePan', method: 'POST', path: '/pan', developerKey: 'key', clientRefId },
  ...{ executed: true, answered: true, http: 200, status: 0, responseTypeId: 309 },
})

/** An inquiry about a reference: the ledger knows whose it is once a call has carried it. */
const inquiry = (reference: string, clientRefId: string): LedgerJson['calls'][number] => ({
  ...call(clientRefId),
  ...{ operation: 'transactionInquiry', method: 'GET', rail: null, mobile: null },
  path: `/transactions/client_ref_id%3A${reference}`,
})

/** What truly happened in that journey. */
const truth = (): LedgerJson => ({
  sms: [
    { ...OWN, sender: MOBILE, purpose: 'SENDER', otpRefId: 'one', clientRefId: 'a' },
    { ...OWN, sender: MOBILE, purpose: 'AADHAAR', otpRefId: 'two', clientRefId: 'b' },
  ],
  calls: [call('a'), call('b')],
  codesConsumed: [
    { ...OWN, purpose: 'SENDER', otpRefId: 'one' },
    { ...OWN, purpose: 'AADHAAR', otpRefId: 'two' },
  ],
  kycSteps: [
    { ...OWN, step: 'AADHAAR_VERIFIED' },
    { ...OWN, step: 'PAN_VERIFIED' },
  ],
  wrongCodes: [{ ...OWN, purpose: 'SENDER', otpRefId: 'one', refusal: 'WRONG_CODE' }],
  money: [],
})

const first = <T>([value]: readonly T[]): T => {
  if (value === undefined) throw new Error('the list is empty')
  return value
}

/** Facts that differ from the truth in one thing, and a word of what the judge must say about it. */
const LIES: readonly [
  what: string,
  alter: (facts: { journey: JourneyFacts; ledger: LedgerJson }) => void,
  says: RegExp,
][] = [
  [
    'an SMS too many',
    ({ ledger }) => ledger.sms.push({ ...first(ledger.sms), otpRefId: 'x' }),
    /SENDER SMS.* 2, wanted 1/,
  ],
  ['an SMS too few', ({ ledger }) => ledger.sms.pop(), /AADHAAR SMS.* 0, wanted 1/],
  ['an SMS that went to another phone', ({ ledger }) => (first(ledger.sms).mobile = '6000000777'), /no sender/],
  ['an SMS on the other rail', ({ ledger }) => (first(ledger.sms).rail = 'levin'), /SENDER SMS.* 0, wanted 1/],
  [
    'a code that was used twice',
    ({ ledger }) => ledger.codesConsumed.push(first(ledger.codesConsumed)),
    /code was used twice/,
  ],
  ['a code that was not used', ({ ledger }) => ledger.codesConsumed.pop(), /AADHAAR codes used up/],
  [
    'a step that was done twice',
    ({ ledger }) => ledger.kycSteps.push(first(ledger.kycSteps)),
    /AADHAAR_VERIFIED.*twice/,
  ],
  ['a step that was never done', ({ ledger }) => ledger.kycSteps.pop(), /PAN_VERIFIED was never done/],
  [
    'a step that nobody wanted',
    ({ ledger }) => ledger.kycSteps.push({ ...OWN, step: 'ENROLLED' }),
    /ENROLLED was not wanted/,
  ],
  [
    'a wrong code too many',
    ({ ledger }) => ledger.wrongCodes.push(first(ledger.wrongCodes)),
    /wrong SENDER codes.* 2, wanted 1/,
  ],
  ['a wrong code too few', ({ ledger }) => ledger.wrongCodes.pop(), /wrong SENDER codes.* 0, wanted 1/],
  ['an old code that was tried', ({ ledger }) => (first(ledger.wrongCodes).refusal = 'SUPERSEDED'), /SUPERSEDED/],
  ['a client_ref_id that was sent twice', ({ ledger }) => ledger.calls.push(call('a')), /client_ref_id a/],
  ['a call for a stranger', ({ ledger }) => ledger.calls.push({ ...call('c'), mobile: '6000000009' }), /no journey: 1/],
  [
    'an inquiry about a reference that no sender’s call has',
    ({ ledger }) => ledger.calls.push(inquiry('e2', 'c')),
    /no journey: 1/,
  ],
  [
    'money of a stranger that moved',
    ({ ledger }) =>
      ledger.money.push({
        ...OWN,
        mobile: '6000000009',
        ...{ kind: 'DEBIT', from: 'wallet', to: 'suspense', amountPaise: 100, tid: '1', clientRefId: null },
      }),
    /money of senders of no journey moved: 1/,
  ],
  ['a sender who is not ACTIVE', (facts) => alterJourney(facts, { trueStage: 'PAN_PENDING' }), /truth is PAN_PENDING/],
  ['a journey without an end', (facts) => alterJourney(facts, { end: null }), /no end, but Eko's truth is ACTIVE/],
  ['a journey that was cancelled', (facts) => alterEnd(facts, { state: 'CANCELLED', capability: null }), /CANCELLED/],
  ['a capability that is not full', (facts) => alterEnd(facts, { capability: 'unconfirmed' }), /unconfirmed/],
  ['a step that only the journey knows', (facts) => alterEnd(facts, { steps: ['ENROLLED'] }), /claims ENROLLED/],
  ['an SMS that the journey forgot', (facts) => alterEnd(facts, { sent: { SENDER: 0, AADHAAR: 1 } }), /the journey 0/],
  [
    'a wrong code that the journey forgot',
    (facts) => alterEnd(facts, { wrong: { SENDER: 0, AADHAAR: 0 } }),
    /journey 0/,
  ],
]

function alterJourney(facts: { journey: JourneyFacts }, change: Partial<JourneyFacts>): void {
  facts.journey = { ...facts.journey, ...change }
}

function alterEnd(facts: { journey: JourneyFacts }, change: Partial<NonNullable<JourneyFacts['end']>>): void {
  const { end } = facts.journey
  if (end) alterJourney(facts, { end: { ...end, ...change } })
}

describe('the judge of the demo', () => {
  it('agrees with a journey that says what the ledger says', () => {
    expect(judge([journey()], truth())).toEqual({
      verdicts: [{ sender: 'Asha', rail: 'digikhata', smsSent: 2, differences: [] }],
      strays: [],
      smsSent: 2,
      agrees: true,
    })
  })

  it('knows whose inquiry is about a reference that was not used yet', () => {
    const ledger = truth()
    ledger.calls.push(call('d1'), inquiry('d1', 'e'), inquiry('d3', 'f'))
    expect(judge([journey()], ledger)).toMatchObject({ strays: [], agrees: true })
  })

  it.each(LIES)('finds %s', (_, alter, says) => {
    const facts = { journey: journey(), ledger: truth() }
    alter(facts)
    const { agrees, verdicts, strays } = judge([facts.journey], facts.ledger)
    expect(agrees).toBe(false)
    expect([...verdicts.flatMap(({ differences }) => differences), ...strays].join('\n')).toMatch(says)
  })

  it('does not let one journey hide the difference of another', () => {
    const other: JourneyFacts = { ...journey(), sender: 'Bina', rail: 'levin' }
    const { agrees, verdicts } = judge([journey(), other], truth())
    expect(agrees).toBe(false)
    expect(verdicts.map(({ sender, differences }) => [sender, differences.length === 0])).toEqual([
      ['Asha', true],
      ['Bina', false],
    ])
  })
})
