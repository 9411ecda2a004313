import { describe, expect, it } from '@jest/globals'
import { inTurn, LineTooLong } from '../../activities/limits/turns.js'

/** Work that goes on until it is told to end. */
function work(): { readonly run: () => Promise<string>; readonly end: () => void; readonly begun: Promise<void> } {
  let end = (): void => undefined
  let begin = (): void => undefined
  const ended = new Promise<string>((resolve) => (end = () => resolve('done')))
  const begun = new Promise<void>((resolve) => (begin = resolve))
  const run = (): Promise<string> => {
    begin()
    return ended
  }
  return { run, end: () => end(), begun }
}

describe('questions to one limit', () => {
  it('go four at once, and the next one goes when one has its answer', async () => {
    const works = Array.from({ length: 5 }, work)
    const answers = works.map(({ run }) => inTurn('a', 60_000, run))
    const [first, , , , fifth] = works
    await Promise.all(works.slice(0, 4).map(({ begun }) => begun))
    await expect(Promise.race([fifth?.begun, Promise.resolve('waits')])).resolves.toBe('waits')
    first?.end()
    await fifth?.begun
    for (const { end } of works) end()
    expect(await Promise.all(answers)).toEqual(Array.from({ length: 5 }, () => 'done'))
  })

  it('end without an answer where their turn does not come in time, and the line goes on without them', async () => {
    const works = Array.from({ length: 4 }, work)
    const answers = works.map(({ run }) => inTurn('b', 60_000, run))
    const late = work()
    await expect(inTurn('b', 1, late.run)).rejects.toThrow(LineTooLong)
    for (const { end } of works) end()
    await Promise.all(answers)
    const next = work()
    next.end()
    expect(await inTurn('b', 60_000, next.run)).toBe('done')
    await expect(Promise.race([late.begun, Promise.resolve('never begun')])).resolves.toBe('never begun')
  })
})
