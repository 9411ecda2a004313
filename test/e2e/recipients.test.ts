import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import type { Rail, StartedRecipients } from '../../client/index.js'
import { codeOf, errorOf, RAILS, USER_CODE } from '../support/journeys.js'
import { newMobile } from '../support/people.js'
import { startTestStack, type TestStack } from '../support/test-stack.js'
import { challengeOf, QUICK, startTransfer } from '../support/transfers.js'

/** Recipients on the local stack, up to a transfer to one; the sandbox's books are the judge. */

let stack: TestStack
beforeAll(async () => {
  stack = await startTestStack()
})
afterEach(() => stack.sandbox.clearFaults())
afterAll(() => stack?.stop())

const RAVI = { name: 'Ravi Kumar', mobile: '9000000002', account: '0012 3456 789', ifsc: 'sbin0000001', bankId: 12 }

interface TestSession extends StartedRecipients {
  readonly mobile: string
}

/** A session of a fresh, onboarded sender, ready to be asked. */
async function openSession(rail: Rail): Promise<TestSession> {
  const mobile = newMobile()
  await stack.sandbox.putSender(rail, mobile, { stage: 'ACTIVE', balancePaise: 1_000_000 })
  const opened = await stack.client.openRecipients({ rail, mobile, userCode: USER_CODE, policy: QUICK })
  if (opened.view.nextAction.do === 'ENTER_SENDER_OTP') {
    const otp = await stack.sandbox.latestCode(mobile, 'SENDER')
    await opened.handle.enterSenderOtp({ otp, challengeId: opened.view.nextAction.challengeId })
  }
  return { ...opened, mobile }
}

/** Has the recipient's bank registered and, on DigiKhata, confirmed. */
async function register({ handle, mobile }: TestSession, recipientId: number): Promise<string> {
  const registered = await handle.registerBank({ recipientId })
  if (registered.nextAction.do !== 'ENTER_RECIPIENT_OTP') return registered.outcome
  const otp = await stack.sandbox.latestCode(mobile, 'RECIPIENT')
  return (await handle.enterRecipientOtp({ otp, challengeId: challengeOf(registered) })).outcome
}

describe.each(RAILS)('on %s', (rail) => {
  it('a sender has none, adds one, registers its bank, and sends money to it', async () => {
    await stack.sandbox.putPolicy({ recipientCoolingMs: 0 })
    const session = await openSession(rail)
    const { handle, mobile } = session
    expect(await handle.listRecipients()).toMatchObject({ outcome: 'RECIPIENTS_LISTED' })
    expect((await handle.view()).recipients).toEqual([])
    const added = await handle.addRecipient({ recipient: RAVI })
    expect(added.outcome).toBe('RECIPIENT_ADDED')
    const [entry] = await stack.sandbox.recipients(rail, mobile)
    expect(entry).toMatchObject({ account: '00123456789', ifsc: 'SBIN0000001', recipientId: Number(added.detail) })
    expect(await register(session, Number(added.detail))).toBe(rail === 'levin' ? 'BANK_ADDED' : 'BANK_VERIFIED')
    await handle.listRecipients()
    const [shown] = (await handle.view()).recipients ?? []
    expect(shown).toMatchObject({
      recipientId: entry?.recipientId,
      accountMasked: expect.stringMatching(/^X+\d{3,4}$/),
    })
    expect(await handle.finish()).toMatchObject({ outcome: 'COMPLETED' })
    const { beneficiaryId } = shown ?? {}
    const transfer = await startTransfer(stack, rail, {
      ...{ mobile, recipientId: Number(added.detail) },
      ...(beneficiaryId && { beneficiaryId }),
    })
    expect(await transfer.confirm()).toMatchObject({ outcome: 'COMPLETED' })
  })

  it('one that is there already is named, and not added again', async () => {
    const { handle, mobile } = await openSession(rail)
    const first = await handle.addRecipient({ recipient: RAVI })
    const again = await handle.addRecipient({ recipient: RAVI })
    expect(again).toMatchObject({ outcome: 'RECIPIENT_EXISTS', detail: first.detail })
    expect(await stack.sandbox.recipients(rail, mobile)).toHaveLength(1)
  })

  it.each([
    ['dropAfterCommit', 'RECIPIENT_ADDED', 1],
    ['dropBeforeCommit', 'NOT_ADDED', 0],
  ] as const)('where the answer is lost (%s), the list tells: %s', async (fault, outcome, count) => {
    const { handle, mobile } = await openSession(rail)
    await stack.sandbox.addFaults({ fault, operation: 'addRecipient', mobile })
    expect(await handle.addRecipient({ recipient: RAVI })).toMatchObject({ outcome })
    expect(await stack.sandbox.recipients(rail, mobile)).toHaveLength(count)
    const { calls } = await stack.sandbox.ledger(mobile)
    expect(calls.filter(({ operation }) => operation === 'addRecipient')).toHaveLength(1)
  })

  it('a sixth one in a day is refused', async () => {
    const { handle } = await openSession(rail)
    for (let index = 0; index < 5; index += 1) {
      const account = `00123456${index}00`
      expect((await handle.addRecipient({ recipient: { ...RAVI, account } })).outcome).toBe('RECIPIENT_ADDED')
    }
    const sixth = await handle.addRecipient({ recipient: { ...RAVI, account: '001234569999' } })
    expect(sixth.outcome).toBe('RECIPIENT_LIMIT')
    expect(sixth.nextAction).toMatchObject({ do: 'CHOOSE' })
  })

  it('what Eko cannot take is refused before it is asked', async () => {
    const { handle, mobile } = await openSession(rail)
    const before = (await stack.sandbox.ledger(mobile)).calls.length
    const recipient = { name: 'R2D2', mobile: '12', account: '12', ifsc: 'X', bankId: 0 }
    const error = await errorOf(handle.addRecipient({ recipient }))
    expect(error.code).toBe('INVALID_INPUT')
    expect(await codeOf(handle.registerBank({ recipientId: -1 }))).toBe('INVALID_INPUT')
    expect((await stack.sandbox.ledger(mobile)).calls).toHaveLength(before)
  })

  it('a second session of the sender joins the live one, and one that ended can be opened again', async () => {
    const { handle, mobile } = await openSession(rail)
    const request = { rail, mobile, userCode: USER_CODE, policy: QUICK }
    expect(await stack.client.openRecipients(request)).toMatchObject({ joined: true })
    await handle.finish()
    expect(await stack.client.openRecipients(request)).toMatchObject({ joined: false })
  })
})

it('on DigiKhata money is refused within the hour after a bank was registered', async () => {
  await stack.sandbox.putPolicy({ recipientCoolingMs: 3_600_000 })
  const session = await openSession('digikhata')
  const added = await session.handle.addRecipient({ recipient: RAVI })
  await register(session, Number(added.detail))
  const transfer = await startTransfer(stack, 'digikhata', {
    ...{ mobile: session.mobile, recipientId: Number(added.detail) },
  })
  await transfer.confirm()
  expect(await transfer.handle.result()).toMatchObject({ state: 'REJECTED', rejection: 'COOLING' })
  expect(await stack.sandbox.transactions(session.mobile)).toEqual([])
})
