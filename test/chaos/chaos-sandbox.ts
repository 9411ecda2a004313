import { setTimeout as sleep } from 'node:timers/promises'
import type { CallEntry, FaultSpec, LedgerJson, OperationName, Purpose, Rail } from '../../sandbox/index.js'
import { SandboxControl } from '../../stack/sandbox-control.js'

/** Between two looks at the ledger while a call is waited for, ms. */
const LOOK_EVERY_MS = 15

/** A sender on a rail. */
export interface Subject {
  readonly rail: Rail
  readonly mobile: string
}

/** The sandbox as the chaos run uses it: faults of one sender, and calls of that sender that are in flight. */
export class ChaosSandbox extends SandboxControl {
  /** Adds a fault that only this sender's calls meet. */
  async aim({ rail, mobile }: Subject, spec: FaultSpec): Promise<void> {
    await this.addFaults({ ...spec, rail, mobile })
  }

  /** Decides the next codes of a sender. */
  async decideCodes({ rail, mobile }: Subject, purpose: Purpose, codes: readonly string[]): Promise<void> {
    const response = await fetch(`${this.url}/next-codes/${rail}/${mobile}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ purpose, codes }),
    })
    if (!response.ok) throw new Error(`The sandbox answered ${response.status} to next-codes: ${await response.text()}`)
  }

  /** Every SMS of a purpose so far, oldest first. */
  async codes(mobile: string, purpose: 'SENDER' | 'AADHAAR'): Promise<{ code: string; otpRefId: string }[]> {
    const response = await fetch(`${this.url}/inbox?mobile=${mobile}&purpose=${purpose}`)
    const { messages } = (await response.json()) as { messages: { code: string; otpRefId: string; sender: string }[] }
    return messages.filter(({ sender }) => sender === mobile)
  }

  /** The call of this operation that is carried out and not answered yet. */
  async openCall({ rail, mobile }: Subject, operation: OperationName, after = 0): Promise<CallEntry | undefined> {
    const { calls } = await this.ledger(mobile)
    return calls.find(
      (call) =>
        call.rail === rail &&
        call.operation === operation &&
        call.seq > after &&
        call.executed &&
        !call.answered &&
        call.fault === 'delayAfterCommit',
    )
  }

  /** Waits for such a call; undefined where `over` settles first or `timeoutMs` pass. */
  async untilOpenCall(
    subject: Subject,
    operation: OperationName,
    { after, over, timeoutMs }: { after: number; over: Promise<unknown>; timeoutMs: number },
  ): Promise<CallEntry | undefined> {
    let isOver = false
    void over.then(
      () => (isOver = true),
      () => (isOver = true),
    )
    const end = Date.now() + timeoutMs
    while (!isOver && Date.now() < end) {
      const call = await this.openCall(subject, operation, after)
      if (call) return call
      await sleep(LOOK_EVERY_MS)
    }
    return undefined
  }

  /** The number of the sandbox's newest call of a sender. */
  async lastSeq(mobile: string): Promise<number> {
    const { calls } = (await this.ledger(mobile)) satisfies LedgerJson
    return calls.at(-1)?.seq ?? 0
  }
}
