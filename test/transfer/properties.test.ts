import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { ANSWERS, MONEY_ANSWERS } from '../../workflows/calls.js'
import { wakeAt } from '../../workflows/engine/clock.js'
import { isBusy } from '../../workflows/engine/gate.js'
import { isClosed } from '../../workflows/engine/status.js'
import { TRANSFER } from '../../workflows/transfer/flow.js'
import { TRANSFER_STANDING, transferResultOf, transferViewOf } from '../../workflows/transfer/view.js'
import { Bank } from './bank.js'
import { MESSAGE_NAMES, TransferDrive } from './support.js'

/** What people and operators send; declarations of Eko's support are left to where they are true. */
const DECLARED = ['declareNotDebited', 'declareRefunded', 'inquireByTid']
const SENT = MESSAGE_NAMES.filter((name) => !DECLARED.includes(name))

/** One step of a life: Eko answers what is asked, somebody sends something, or time goes by. */
function live(drive: TransferDrive, bank: Bank): void {
  const { journey } = drive
  if (journey.resolving) drive.goOn()
  else if (journey.call && !journey.call.parked) drive.answer(...bank.answer(journey.call))
  else {
    bank.settle()
    const what = bank.choose(5)
    if (what === 0) drive.goOn()
    else if (what === 1 && wakeAt(TRANSFER, journey) !== null) drive.waitForIt()
    else if (what === 2) drive.wait(bank.choose(100_000))
    else if (journey.state === 'TRANSACTION_OTP_REQUIRED' && what === 3) drive.send('enterTransactionOtp')
    else if (journey.state === 'REFUND_OTP_REQUIRED' && what === 3) drive.send('enterRefundOtp')
    else drive.send(SENT[bank.choose(SENT.length)] ?? 'resendOtp')
  }
}

function chooser(seed: number): (among: number) => number {
  let state = seed >>> 0
  return (among) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * among)
  }
}

/** What the state says of the money, held against the bank's book. */
function agreesWith({ journey }: TransferDrive, bank: Bank): void {
  if (!isClosed(TRANSFER_STANDING, journey)) return
  const { state } = journey
  const kept = state === 'COMPLETED' ? 1 : 0
  expect({ state, debits: bank.debits }).toEqual({ state, debits: kept })
  if (state === 'REFUNDED') expect(bank.everDebited).toBe(1)
}

describe('whatever Eko answers, loses or does late, and whatever is sent meanwhile', () => {
  it('a transfer is debited at most once, and never said to have ended otherwise than it did', () => {
    const ends = new Map<string, number>()
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const bank = new Bank(chooser(seed))
        const drive = new TransferDrive()
        for (let step = 0; step < 120 && !isClosed(TRANSFER_STANDING, drive.journey); step += 1) {
          live(drive, bank)
          expect(bank.everDebited).toBeLessThanOrEqual(1)
        }
        agreesWith(drive, bank)
        ends.set(drive.journey.state, (ends.get(drive.journey.state) ?? 0) + 1)
      }),
      { numRuns: 3_000 },
    )
    // Else the property would hold of nothing.
    expect([...ends.keys()]).toEqual(
      expect.arrayContaining(['COMPLETED', 'FAILED', 'REFUNDED', 'REJECTED', 'CANCELLED', 'TRANSFER_IN_PROGRESS']),
    )
  })

  it('asked for again after its history is gone, it is still debited at most once', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const bank = new Bank(chooser(seed))
        for (let life = 0; life < 3; life += 1) {
          const drive = new TransferDrive()
          for (let step = 0; step < 120 && !isClosed(TRANSFER_STANDING, drive.journey); step += 1) live(drive, bank)
          // Histories are deleted days after the end: no commit is as late as that.
          for (const entry of bank.book.values()) entry.hiddenFor = 0
          agreesWith(drive, bank)
          expect(bank.everDebited).toBeLessThanOrEqual(1)
        }
      }),
      { numRuns: 1_000 },
    )
  })

  it('the machine never throws, and its view and result can be shown as JSON', () => {
    const answers = [...ANSWERS, ...MONEY_ANSWERS]
    fc.assert(
      fc.property(
        fc.array(fc.nat(10_000), { maxLength: 60 }),
        fc.constantFrom('digikhata' as const, 'levin' as const),
        (numbers, rail) => {
          const drive = new TransferDrive({ rail })
          for (const number of numbers) {
            if (drive.journey.resolving) drive.goOn()
            else if (isBusy(drive.journey)) drive.answer(answers[number % answers.length] ?? 'REFUSED')
            else if (number % 3 === 0) drive.wait(number * 1_000)
            else drive.send(MESSAGE_NAMES[number % MESSAGE_NAMES.length] ?? 'cancel')
          }
          const shown = [transferViewOf(drive.journey), transferResultOf(drive.journey)]
          expect(JSON.parse(JSON.stringify(shown))).toEqual(shown)
          expect(TRANSFER.story(drive.journey)).toContain(drive.journey.state)
        },
      ),
      { numRuns: 1_000 },
    )
  })
})
