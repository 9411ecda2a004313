import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type BenchStack, startBenchStack } from '../../bench/bench-stack.js'
import { measureHistories } from '../../bench/history.js'
import { measureMemory, openJourneys } from '../../bench/memory.js'
import { settledBytes } from '../../bench/process-use.js'
import { measureThroughput } from '../../bench/throughput.js'
import { wholeJourney } from '../../bench/walk.js'
import { isBuildFresh } from '../support/fresh-build.js'

/** A comparison means something only where all do the same. */

let stack: BenchStack
beforeAll(async () => {
  stack = await startBenchStack({ report: () => undefined, built: isBuildFresh() })
}, 120_000)
afterAll(() => stack.stop())

describe('the bench’s contenders', () => {
  it('make the same calls of Eko in the same order, and bring the sender to the same end', async () => {
    for (const contender of [stack.direct, stack.floor, stack.ours]) {
      const { person } = await wholeJourney(contender, stack.sandbox)
      const { calls } = await stack.sandbox.ledger(person.mobile)
      expect(calls.map(({ operation }) => operation)).toEqual([
        ...['getSender', 'verifySenderOtp', 'consentLanguages', 'consentDetails'],
        ...['generateAadhaarOtp', 'verifyAadhaarOtp', 'validatePan'],
      ])
      expect(await stack.sandbox.sender('digikhata', person.mobile)).toMatchObject({ stage: 'ACTIVE' })
    }
  })

  it('differ by the events that docs/performance.md lists with their readers, and no other', async () => {
    const { floor, ours } = await measureHistories(stack)
    const more = [...ours.byType].map(([type, count]): [string, number] => [
      type,
      count - (floor.byType.get(type) ?? 0),
    ])
    const document = await readFile('docs/performance.md', 'utf8')
    const listed = [...document.matchAll(/^\| `([A-Z_]+)` +\| (\d+) +\|/gm)].map(([, type = '', count]) => [
      type,
      Number(count),
    ])
    expect(Object.fromEntries(more.filter(([, count]) => count !== 0))).toEqual(Object.fromEntries(listed))
    // At most a quarter more than the floor.
    expect(ours.events).toBeLessThanOrEqual(floor.events * 1.25)
  })

  it('are measured: events, CPU and memory of both come out above nothing', async () => {
    const { floor, ours } = await measureHistories(stack)
    expect(Math.min(floor.bytes, ours.bytes, floor.actions, ours.actions)).toBeGreaterThan(0)
    const throughput = await measureThroughput(stack, 2, 4)
    for (const { journeysPerSecond, cpuMs } of [throughput.floor, throughput.ours]) {
      expect(journeysPerSecond).toBeGreaterThan(0)
      expect(Math.min(cpuMs.server, cpuMs.worker)).toBeGreaterThan(0)
    }
  })

  it('are measured: memory, of journeys that really wait for a code', async () => {
    const opened = await openJourneys(stack, stack.ours, 5)
    expect(opened).toHaveLength(5)
    for (const { mobile } of opened) {
      const { nextAction } = await stack.client.handleOf({ rail: 'digikhata', mobile }).view()
      expect(nextAction.do).toBe('ENTER_SENDER_OTP')
    }
    // So few are within the noise of a garbage collector; the process itself is not.
    const { floor, ours } = await measureMemory(stack, 5)
    expect(Math.min(floor, ours)).toBeGreaterThanOrEqual(0)
    for (const pid of [stack.pids.floor, stack.pids.ours]) expect(await settledBytes(pid)).toBeGreaterThan(30 * 2 ** 20)
  })
})
