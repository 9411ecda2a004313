import type { Rule } from '../rule.js'

const ANSWERS = 'workflows/transfer/answers.ts'
const INQUIRIES = 'workflows/transfer/inquiries.ts'
const REFERENCES = 'workflows/transfer/references.ts'
const FLOW = 'workflows/transfer/flow.ts'
const MESSAGES = 'workflows/transfer/messages.ts'
const RECIPIENTS = 'workflows/recipients/answers.ts'
const RULES_TEST = 'test/transfer/rules.test.ts'
const AFTER_TEST = 'test/transfer/after-the-debit.test.ts'
const CONTRADICTIONS_TEST = 'test/transfer/contradictions.test.ts'
const RECIPIENTS_TEST = 'test/recipients/rules.test.ts'

/** Money: that it moves at most once, and that nobody is told otherwise. */
export const MONEY_RULES: readonly Rule[] = [
  {
    rule: 'Eko is asked about every reference of a transfer before anything is sent.',
    file: INQUIRIES,
    find: `if (next === undefined) return false`,
    replace: `if (next !== '') return false`,
    test: {
      file: RULES_TEST,
      name: [
        'before anything is sent',
        'Eko is asked about every reference that an earlier run may have used, newest first',
      ],
    },
  },
  {
    rule: 'The reference of a debit is the same in every run.',
    file: REFERENCES,
    find: '`${hash.slice(0, HASH_LENGTH)}p${number}`',
    replace: '`${hash.slice(0, HASH_LENGTH)}p${number}${workflowId.length}`',
    test: {
      file: RULES_TEST,
      name: ['before anything is sent', 'a reference is the same in every run, and fits what Eko takes'],
    },
  },
  {
    rule: 'After an unknown outcome a debit is inquired about, and no code is sent.',
    file: ANSWERS,
    find: `    debitAsked(turn)
    inquire(turn, call.submissions)`,
    replace: `    goOn(turn, call.submissions)`,
    test: {
      file: AFTER_TEST,
      name: ['a wallet load', 'is inquired about after an unknown outcome, and never asked for again'],
    },
  },
  {
    rule: 'Not found is no proof: it is asked again through the quarantine.',
    file: INQUIRIES,
    find: `return turn.now >= (quarantineEnd(turn.journey) ?? turn.now)`,
    replace: `return true`,
    test: {
      file: RULES_TEST,
      name: [
        'the debit',
        'not found is no proof: it is asked about through the quarantine, and then an operator must look',
      ],
    },
  },
  {
    rule: 'The quarantine begins when Eko first does not find it, not while nobody can be asked.',
    file: ANSWERS,
    find: `set(turn, { transaction: knownOf(turn.journey, outcome), unknownSince: null })
    debitAsked(turn)`,
    replace: `set(turn, { transaction: knownOf(turn.journey, outcome), unknownSince: turn.now })
    debitAsked(turn)`,
    test: {
      file: CONTRADICTIONS_TEST,
      name: ['the quarantine', 'begins with the first time that Eko does not find it, not while Eko cannot be asked'],
    },
  },
  {
    rule: 'Lost inquiries end nothing while money may be on its way.',
    file: ANSWERS,
    find: `const endless = turn.journey.state !== 'REFERENCE_INQUIRY'`,
    replace: `const endless = false`,
    test: { file: RULES_TEST, name: ['the debit', 'lost inquiries end nothing: it goes on asking'] },
  },
  {
    rule: 'What Eko keeps of a debit that it refused for its code decides nothing about the next one.',
    file: ANSWERS,
    find: `  notFound(turn, call, outcome)
  return true`,
    replace: `  return false`,
    test: {
      file: CONTRADICTIONS_TEST,
      name: ['a debit that was refused for its code, and that Eko keeps', '%s, says nothing of the one after it'],
    },
  },
  {
    rule: 'Money that moved by a debit that was refused is an operator’s case.',
    file: ANSWERS,
    find: `  mismatch(turn, call, outcome)
  return true
}

/** Whether Eko's transaction has`,
    replace: `  return false
}

/** Whether Eko's transaction has`,
    test: {
      file: CONTRADICTIONS_TEST,
      name: [
        'a debit that was refused for its code, and that Eko keeps',
        'and says that money moved (%s), is an operator’s case',
      ],
    },
  },
  {
    rule: 'A transaction of another amount is not taken for this one.',
    file: ANSWERS,
    find: `amountPaise == null || amountPaise === turn.journey.input.amountPaise`,
    replace: `true`,
    test: {
      file: RULES_TEST,
      name: [
        'before anything is sent',
        'a transaction of another amount is not taken for this one: an operator must look',
      ],
    },
  },
  {
    rule: 'A transaction with the reference of another transfer is not taken for this one.',
    file: ANSWERS,
    find: `(clientRefId == null || isOwn(turn.journey, clientRefId))`,
    replace: `clientRefId !== ''`,
    test: {
      file: CONTRADICTIONS_TEST,
      name: [
        'a transaction of somebody else',
        'of the same amount, whose id an operator mistyped, does not end the transfer',
      ],
    },
  },
  {
    rule: 'A run that was reset remembers that a debit may have been made.',
    file: FLOW,
    find: `outcome.answer === 'RUN_RESET' ||`,
    replace: ``,
    test: {
      file: CONTRADICTIONS_TEST,
      name: [
        'what nobody knows',
        'after a reset of the run is not sent anew by \`reenter\`: Eko not finding it is no proof',
      ],
    },
  },
  {
    rule: 'A transaction that is not ours, under our reference, keeps `reenter` from sending a code.',
    file: MESSAGES,
    find: `return isTold || !(isBefore || isUnsentDebit(journey))`,
    replace: `return isTold && isBefore`,
    test: {
      file: CONTRADICTIONS_TEST,
      name: ['a transaction of somebody else', 'under a reference of ours keeps \`reenter\` from sending a code'],
    },
  },
  {
    rule: 'Nobody cancels a debit that was asked for.',
    file: FLOW,
    find: `return journey.state !== 'TRANSFER_IN_PROGRESS' || isUnsentDebit(journey)`,
    replace: `return journey.state !== 'REFUNDED'`,
    test: {
      file: CONTRADICTIONS_TEST,
      name: ['a cancellation', 'ends a wallet load that waits to be sent, and none that was'],
    },
  },
  {
    rule: 'A refund whose answer is lost is not asked for again before the quarantine is over.',
    file: ANSWERS,
    find: `(isRefunding && !isQuarantineOver(turn))`,
    replace: `isRefunding === null`,
    test: {
      file: AFTER_TEST,
      name: [
        'a refund',
        'whose answer is lost is inquired about, and not asked for again before the quarantine is over',
      ],
    },
  },
  {
    rule: 'Nobody’s declaration ends a transfer that does not need attention.',
    file: FLOW,
    find: `return journey.attention ? null : refusal('NO_ATTENTION_NEEDED')`,
    replace: `return null`,
    test: {
      file: AFTER_TEST,
      name: ['an operator', 'may declare that nothing was debited, where the transfer needs attention and not before'],
    },
  },
  {
    rule: 'A recipient that was there already is not taken for the one that was added.',
    file: RECIPIENTS,
    find: `return isSameBank && nameMasked`,
    replace: `return isSameBank || nameMasked`,
    test: {
      file: RECIPIENTS_TEST,
      name: [
        'a session of recipients',
        'after %s the list tells whether it was added; it is never added again by itself',
      ],
    },
  },
]
