import { describe, expect, it } from '@jest/globals'
import { OPERATION_TABLES } from '../../activities/eko/index.js'
import type { Answer, UnknownPolicy } from '../../workflows/calls.js'
import { RAILS } from '../../workflows/messages.js'
import { RECIPIENTS } from '../../workflows/recipients/flow.js'
import type { RecipientsCall } from '../../workflows/recipients/journey.js'
import {
  RECIPIENTS_OTHERWISE,
  RECIPIENTS_TRANSITIONS,
  recipientsTransitionFor,
} from '../../workflows/recipients/transitions.js'
import { TRANSFER } from '../../workflows/transfer/flow.js'
import type { TransferCall } from '../../workflows/transfer/journey.js'
import { DEBITS } from '../../workflows/transfer/references.js'
import {
  TRANSFER_OTHERWISE,
  TRANSFER_TRANSITIONS,
  transferTransitionFor,
} from '../../workflows/transfer/transitions.js'

/** What may come of any call, whatever its table says. */
const ALWAYS: readonly Answer[] = [
  ...(['UNKNOWN_OUTCOME', 'UNRECOGNISED_ANSWER', 'INPUT_REFUSED', 'NOT_SENT', 'RUN_RESET'] as const),
  ...(['WALLET_TOKEN_REFUSED', 'LIMIT_REACHED'] as const),
]

interface Row {
  readonly call: string
  readonly answers: readonly Answer[]
}

/** Answers that the tables of these calls can give. */
function givenBy<Call extends string>(calls: readonly Call[]) {
  const tables: Readonly<Record<string, (typeof OPERATION_TABLES)[keyof typeof OPERATION_TABLES]>> = OPERATION_TABLES
  return calls.flatMap((call) =>
    RAILS.flatMap((rail) => {
      const answers = new Set(tables[call]?.[rail]?.rows.map((row) => row.answer))
      return [...answers].map((answer) => ({ rail, call, answer }))
    }),
  )
}

/** Answers in rows that no table gives. */
function dead(
  transitions: readonly Row[],
  given: readonly { readonly call: string; readonly answer: Answer }[],
): string[] {
  return transitions.flatMap(({ call, answers }) =>
    answers
      .filter((answer) => !ALWAYS.includes(answer))
      .filter((answer) => !given.some((one) => (call === '*' || one.call === call) && one.answer === answer))
      .map((answer) => `${call} ${answer}`),
  )
}

const TRANSFER_GIVEN = givenBy(Object.keys(TRANSFER.calls) as TransferCall[])
const RECIPIENTS_GIVEN = givenBy(Object.keys(RECIPIENTS.calls) as RecipientsCall[])

describe('the decision tables and the transfer', () => {
  it.each(TRANSFER_GIVEN)('$rail $call: the transfer has a row for $answer', ({ call, answer }) => {
    expect(transferTransitionFor(call, answer)).not.toBe(TRANSFER_OTHERWISE)
  })

  it('have no row that nothing can reach', () => {
    expect(dead(TRANSFER_TRANSITIONS, TRANSFER_GIVEN)).toEqual([])
  })

  it.each(RAILS)('on %s nothing runs again that moves money, and its unknown outcome is inquired about', (rail) => {
    const wanted: Partial<Record<UnknownPolicy, string>> = {
      INQUIRE: 'initiationUnknown',
      RUN_AGAIN: 'inquiryUnanswered',
    }
    for (const call of [...DEBITS, 'transactionInquiry'] as const) {
      const table = OPERATION_TABLES[call][rail]
      if (!table) continue
      const isDebit = call !== 'transactionInquiry'
      expect([call, table.repeatable, table.exactReference ?? false]).toEqual([call, !isDebit, isDebit])
      expect([call, transferTransitionFor(call, 'UNKNOWN_OUTCOME').action]).toEqual([call, wanted[table.onUnknown]])
    }
    expect(OPERATION_TABLES.initiateRefund[rail]).toMatchObject({ repeatable: false, onUnknown: 'INQUIRE' })
    expect(transferTransitionFor('initiateRefund', 'UNKNOWN_OUTCOME').action).toBe('refundUnknown')
  })
})

describe('the decision tables and the session of recipients', () => {
  it.each(RECIPIENTS_GIVEN)('$rail $call: the session has a row for $answer', ({ call, answer }) => {
    expect(recipientsTransitionFor(call, answer)).not.toBe(RECIPIENTS_OTHERWISE)
  })

  it('have no row that nothing can reach', () => {
    expect(dead(RECIPIENTS_TRANSITIONS, RECIPIENTS_GIVEN)).toEqual([])
  })

  it.each(['addRecipient', 'addRecipientBank', 'validateRecipientBankOtp'] as const)(
    '%s is never sent again by itself: the list is read',
    (call) => {
      for (const rail of RAILS) {
        const table = OPERATION_TABLES[call][rail]
        if (table) expect(table).toMatchObject({ repeatable: false, onUnknown: 'READ_RECIPIENTS' })
      }
      expect(recipientsTransitionFor(call, 'UNKNOWN_OUTCOME').action).toBe('readList')
    },
  )
})
