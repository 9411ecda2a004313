import { describe, expect, it } from '@jest/globals'
import { resultOf, viewOf } from '../../workflows/journey-view.js'
import { storyOf } from '../../workflows/story.js'
import { BODIES, type Drive, driveTo, presentConsent } from './support.js'

const NUMBER = '9999 0000 0028'
const PAN = 'SBXPA0002Z'
const PLAIN = NUMBER.replaceAll(' ', '')
const ACTOR = { type: 'operator', id: `op-${PLAIN}`, channel: `desk ${PAN}` } as const
const WORDS = { actor: ACTOR, reason: `Aadhaar ${NUMBER}, PAN ${PAN}, ticket 4711` }
const BETRAYED = /9999|0028|SBXPA/

/** Everything that is made of a journey for others to see. */
function shownOf(drive: Drive): string {
  const view = viewOf(drive.journey)
  const receipts = drive.journey.answers.map(({ receipt }) => receipt)
  return JSON.stringify([view, storyOf(view), receipts, drive.last.settled, resultOf(drive.journey)])
}

describe('numbers of people in words that a sender of a message chose', () => {
  it.each(['reenter', 'withdrawConsent', 'cancel'] as const)('stand in nothing that is shown of a %s', (name) => {
    const drive = driveTo('PAN_REQUIRED', { policy: { resendCooldownSeconds: 0 } })
    drive.send(name, { ...WORDS, submissionId: `s-${PLAIN}` })
    expect(shownOf(drive)).not.toMatch(BETRAYED)
    expect(shownOf(drive)).toContain('ticket 4711')
    expect(viewOf(drive.journey).timeline).toContainEqual(
      expect.objectContaining({
        actor: { type: 'operator', id: 'op-xxxxxxxxxxxx', channel: 'desk xxxxxxxxxx' },
        reason: 'Aadhaar xxxxxxxxxxxxxx, PAN xxxxxxxxxx, ticket 4711',
      }),
    )
  })

  it('stand in no message that waited behind a call, and in no withdrawal that came behind the end', () => {
    const drive = driveTo('PAN_REQUIRED')
    drive.send('enterPan')
    drive.send('withdrawConsent', { ...WORDS, submissionId: PAN })
    expect(shownOf(drive)).not.toMatch(BETRAYED)
    drive.answer('ONBOARDED')
    expect(viewOf(drive.journey).withdrawal?.reason).toContain('ticket 4711')
    expect(shownOf(drive)).not.toMatch(BETRAYED)
  })

  it('stand in no consent', () => {
    const drive = driveTo('AADHAAR_REQUIRED')
    presentConsent(drive)
    const acceptedAt = new Date(drive.now).toISOString()
    const given = { ...BODIES.enterAadhaar.consent, acceptedAt, mode: 'assisted', agent: PAN, channel: NUMBER } as const
    drive.send('enterAadhaar', { consent: given, actor: ACTOR })
    drive.answer('OTP_SENT')
    expect(viewOf(drive.journey).consents).toMatchObject([{ agent: 'xxxxxxxxxx', channel: 'xxxxxxxxxxxxxx' }])
    expect(shownOf(drive)).not.toMatch(BETRAYED)
  })

  it('still tell a repeat from another submission', () => {
    const drive = driveTo('SENDER_OTP_REQUIRED', { policy: { resendCooldownSeconds: 0 } })
    const send = (submissionId: string): void => void drive.send('resendOtp', { submissionId })
    for (const id of ['999900000028', '999900000036', '999900000028']) {
      send(id)
      if (drive.calling) drive.answer('OTP_SENT')
    }
    expect(drive.journey.messages).toMatchObject({ received: 3, taken: 2, repeated: 1 })
    expect(shownOf(drive)).not.toMatch(BETRAYED)
  })

  it.each(['01ARZ39876543210TSV4RRFFQ6', 'a8098c1a-f86e-41da-bd1a-123456789012', 'form-4711'])(
    'are not seen in ids that programs make: %s',
    (submissionId) => {
      const drive = driveTo('SENDER_OTP_REQUIRED', { policy: { resendCooldownSeconds: 0 } })
      drive.send('resendOtp', { submissionId })
      drive.answer('OTP_SENT')
      expect(shownOf(drive)).toContain(submissionId)
    },
  )
})
