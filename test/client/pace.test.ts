import { describe, expect, it } from '@jest/globals'
import { paced, type PaceClock } from '../../client/pace.js'

/** A clock that goes on only when somebody sleeps: time is what the test says. */
function virtualClock(): PaceClock & { time: number } {
  return {
    time: 0,
    now() {
      return this.time
    },
    sleep(ms) {
      this.time += ms
      return Promise.resolve()
    },
  }
}

async function all<T>(results: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const result of results) found.push(result)
  return found
}

const items = [1, 2, 3, 4, 5]
const always = (): boolean => true

describe('paced', () => {
  it('starts one after the other, never closer together than the gap, also after a slow one', async () => {
    const clock = virtualClock()
    const starts: number[] = []
    const act = (item: number): Promise<number> => {
      starts.push(clock.time)
      if (item === 2) clock.time += 1_000
      return Promise.resolve(item)
    }
    const results = await all(paced(items, act, { gapMs: 200, atOnce: 10, goOn: always, clock }))
    expect(results.sort()).toEqual(items)
    const gaps = starts.slice(1).map((start, index) => start - (starts[index] ?? 0))
    expect(Math.min(...gaps)).toBe(200)
  })

  it('has no more under way than allowed', async () => {
    let underWay = 0
    let most = 0
    const act = async (item: number): Promise<number> => {
      underWay += 1
      most = Math.max(most, underWay)
      await new Promise(setImmediate)
      underWay -= 1
      return item
    }
    const results = await all(paced(items, act, { gapMs: 0, atOnce: 2, goOn: always, clock: virtualClock() }))
    expect([results.length, most]).toEqual([5, 2])
  })

  it('gives results as they come, not in the order of the start', async () => {
    const opened: (() => void)[] = []
    const act = async (item: number): Promise<number> => {
      if (item === 1) await new Promise<void>((resolve) => opened.push(resolve))
      return item
    }
    const found: number[] = []
    for await (const item of paced(items, act, { gapMs: 0, atOnce: 5, goOn: always, clock: virtualClock() })) {
      found.push(item)
      if (found.length === 4) opened[0]?.()
    }
    expect(found).toEqual([2, 3, 4, 5, 1])
  })

  it('starts nothing more when it is told to stop, and still gives what was under way', async () => {
    let goOn = true
    const started: number[] = []
    const act = (item: number): Promise<number> => {
      started.push(item)
      if (item === 2) goOn = false
      return Promise.resolve(item)
    }
    const found = await all(paced(items, act, { gapMs: 0, atOnce: 5, goOn: () => goOn, clock: virtualClock() }))
    expect([started, found]).toEqual([
      [1, 2],
      [1, 2],
    ])
  })

  it('starts nothing more when nobody reads on, and waits for what is under way', async () => {
    const ended: number[] = []
    const act = async (item: number): Promise<number> => {
      await new Promise(setImmediate)
      ended.push(item)
      return item
    }
    for await (const _ of paced(items, act, { gapMs: 0, atOnce: 2, goOn: always, clock: virtualClock() })) break
    expect(ended).toEqual([1, 2])
  })

  it('by the real clock, a rate of a thousand a second comes to its end', async () => {
    const found = await all(paced(items, (item) => Promise.resolve(item), { gapMs: 1, atOnce: 2, goOn: always }))
    expect(found).toEqual(items)
  })
})
