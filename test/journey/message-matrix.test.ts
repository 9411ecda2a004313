import { describe, expect, it } from '@jest/globals'
import {
  CLOSED_STATES,
  type MessageName,
  MESSAGES,
  OPEN_STATES,
  type State,
  STATUS_KINDS,
  type StatusKind,
} from '../../workflows/messages.js'
import { admit, statusOf } from './machine.js'
import { type Drive, driveTo, message, MESSAGE_NAMES, presentConsent } from './support.js'

const POLICY = { resendCooldownSeconds: 0, triesPerJourney: 1 }

/** A message that makes each state call Eko; the lookup calls by itself. */
const CALLS_BY: Partial<Record<State, MessageName>> = {
  SENDER_DETAILS_REQUIRED: 'enterSenderDetails',
  SENDER_OTP_REQUIRED: 'enterSenderOtp',
  AADHAAR_REQUIRED: 'requestConsent',
  AADHAAR_OTP_REQUIRED: 'enterAadhaarOtp',
  PAN_REQUIRED: 'enterPan',
}

function closedAs(state: State): Drive {
  if (state === 'COMPLETED') return driveTo('COMPLETED', { policy: POLICY })
  const drive = driveTo('SENDER_OTP_REQUIRED', { policy: POLICY })
  if (state === 'CANCELLED') drive.send('cancel')
  if (state === 'EXPIRED') drive.wait(86_400_000)
  if (state === 'REJECTED') {
    drive.send('enterSenderOtp')
    drive.answer('WRONG_CODE')
  }
  return drive
}

/** A journey in this state and status, made by going there; null where the two do not go together. */
function journeyIn(state: State, status: StatusKind): Drive | null {
  const isClosed = CLOSED_STATES.some((closed) => closed === state)
  if (isClosed || status === 'CLOSED') return isClosed && status === 'CLOSED' ? closedAs(state) : null
  const drive = driveTo(state, { policy: POLICY })
  if (state === 'SENDER_LOOKUP' && status === 'WAITING_FOR_USER') return null
  if (status === 'WAITING_FOR_USER') {
    if (state === 'AADHAAR_REQUIRED') presentConsent(drive)
    return drive
  }
  const calls = CALLS_BY[state]
  if (calls) drive.send(calls)
  if (status === 'PARKED') drive.answer('CONFIGURATION')
  if (status === 'NEEDS_ATTENTION') drive.answer('REFUSED')
  return drive
}

/** What the table says: null for taken, or the code of the refusal. */
function expected(name: MessageName, state: State, status: StatusKind): string | null {
  const { by, legalIn } = MESSAGES[name]
  if (status === 'CLOSED') return 'JOURNEY_CLOSED'
  if (status === 'CALLING_EKO') return null
  const kept = name === 'enterPan' && status === 'PARKED' && state !== 'PAN_REQUIRED'
  if (by === 'user' && status !== 'WAITING_FOR_USER' && !kept) return status
  if (!legalIn.some((legal) => legal === state)) return 'WRONG_STATE'
  if (name !== 'retryNow' || status === 'PARKED') return null
  return status === 'NEEDS_ATTENTION' ? 'USE_REENTER' : 'NOTHING_TO_RETRY'
}

const cases = [...OPEN_STATES, ...CLOSED_STATES].flatMap((state) =>
  STATUS_KINDS.filter((status) => journeyIn(state, status) !== null).flatMap((status) =>
    MESSAGE_NAMES.flatMap((name) => (['signal', 'update'] as const).map((via) => ({ state, status, name, via }))),
  ),
)

describe('every message in every state and status, as signal and as update', () => {
  it('covers every state, and every status', () => {
    expect(new Set(cases.map(({ state }) => state)).size).toBe(10)
    expect(new Set(cases.map(({ status }) => status)).size).toBe(5)
    expect(cases.length).toBe((5 + 3 * 6 + 4) * MESSAGE_NAMES.length * 2)
  })

  it.each(cases)(
    '$name by $via in $state, $status is taken or refused as the table says',
    ({ state, status, name, via }) => {
      const drive = journeyIn(state, status)
      if (!drive) throw new Error('This case was not built.')
      expect({ state: drive.journey.state, status: statusOf(drive.journey).kind }).toEqual({ state, status })
      const sent = message(name)
      const code = expected(name, state, status)
      expect(admit(drive.journey, sent, drive.now)?.code ?? null).toBe(code)

      const before = drive.journey
      drive.apply({ type: 'arrived', message: sent, via })
      const refusals = drive.last.settled.flatMap((one) => ('refusal' in one ? [one.refusal.code] : []))
      expect(refusals).toEqual(code === null ? [] : [code])
      if (status === 'CALLING_EKO') {
        expect(drive.journey.queue.at(-1)?.message).toEqual(sent)
        expect(drive.journey.call).toBe(before.call)
      }
      if (code !== null) {
        expect(drive.journey.timeline.at(-1)).toMatchObject({ what: `refused:${name}`, code })
        const noted = { timeline: [], timelineTotal: 0, revision: 0, sequence: 0, messages: null }
        expect({ ...drive.journey, ...noted }).toEqual({ ...before, ...noted })
        const { received, refused } = before.messages
        expect(drive.journey.messages).toEqual({ ...before.messages, received: received + 1, refused: refused + 1 })
      }
    },
  )
})
