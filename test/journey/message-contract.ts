import { describe, expect, it } from '@jest/globals'
import type { MessageDescriptor } from '../../workflows/message-table.js'

/** What is written down of a message, beside the table that the product goes by. */
export interface MessageFact {
  /** Where it is taken; `any` is every open state. */
  readonly legal: 'any' | readonly string[]
  /** Fields without which it is refused. */
  readonly needs: readonly string[]
  readonly by: 'user' | 'operator'
}

export interface MessageContract {
  readonly messages: Readonly<Record<string, MessageDescriptor<string>>>
  readonly openStates: readonly string[]
  readonly facts: Readonly<Record<string, MessageFact>>
  /** A well-formed body. */
  body(name: string): object
  /** The code by which the message is refused in a state that waits for the user, or null. */
  inWaiting: Readonly<Record<string, (name: string) => string | null>>
  /** The same where a call is parked, and where an operator must look. */
  inParked: Readonly<Record<string, (name: string) => string | null>>
  inAttention(name: string): string | null
}

/** The tests of a kind of journey's messages. */
export function describeMessages(contract: MessageContract): void {
  const { messages, openStates, facts, body, inWaiting, inParked, inAttention } = contract
  const all = Object.entries(facts).map(([name, fact]) => ({ name, ...fact }))

  it('every message is written down', () => {
    expect(Object.keys(facts).sort()).toEqual(Object.keys(messages).sort())
  })

  describe.each(all)('$name', ({ name, legal, needs, by }) => {
    const states = legal === 'any' ? openStates : legal
    const guard = (given: object) => messages[name]?.guard(given)

    it('is taken in its states, and in no other', () => {
      expect([...(messages[name]?.legalIn ?? [])].sort()).toEqual([...states].sort())
      // Before a message of the user's step is looked at, a parked call comes first.
      const looked = by === 'user' ? inWaiting : { ...inWaiting, ...inParked }
      for (const [state, codeFor] of Object.entries(looked)) {
        expect([state, codeFor(name) === 'WRONG_STATE']).toEqual([state, !states.includes(state)])
      }
    })

    it('is refused while a call is parked and where an operator must look, unless an operator sends it', () => {
      if (by === 'operator') {
        expect(['PARKED', 'NEEDS_ATTENTION']).not.toContain(inAttention(name))
        return
      }
      for (const codeFor of Object.values(inParked)) expect(codeFor(name)).toBe('PARKED')
      expect(inAttention(name)).toBe('NEEDS_ATTENTION')
    })

    const required = [...needs, ...(by === 'operator' ? ['actor', 'reason'] : [])]
    if (required.length > 0) {
      it.each(required)('is malformed without %s', (field) => {
        const rest = Object.fromEntries(Object.entries(body(name)).filter(([key]) => key !== field))
        expect(guard(rest)).toHaveProperty(field)
      })
    }

    it('is well formed with all of them, and malformed with a field that it does not have', () => {
      expect(guard(body(name))).toEqual({})
      expect(guard({ ...body(name), colour: 'red' })).toHaveProperty('colour')
    })
  })
}
