import { describe, expect, it } from '@jest/globals'
import { causeOf, pauseFor, provenBy, resultFor, scopeOf, SCOPES, shownBy } from '../../activities/gate/answers.js'
import { OPERATION_TABLES } from '../../activities/eko/index.js'
import { INCIDENT_CAUSES } from '../../workflows/messages.js'
import {
  AGENT_REFUSED,
  answerOf,
  BUSY,
  callOf,
  LOST,
  NOT_SENT,
  RAILS,
  refusedByHttp,
  refusedWith,
  SUCCESS,
  tooMany,
  WRONG_CODE,
} from './support.js'

describe('what an answer says of dependencies', () => {
  it.each([
    ['not sent', NOT_SENT, 'FAILURE', 'NEITHER'],
    ['lost', LOST, 'NEITHER', 'FAILURE'],
    ['a success', SUCCESS, 'SUCCESS', 'SUCCESS'],
    ['a wrong code', WRONG_CODE, 'SUCCESS', 'SUCCESS'],
    ['busy', BUSY, 'SUCCESS', 'NEITHER'],
    ['a refused agent', AGENT_REFUSED, 'SUCCESS', 'NEITHER'],
    ['a refused signature', refusedWith(2484, 401), 'SUCCESS', 'NEITHER'],
    ['too many', tooMany(), 'NEITHER', 'NEITHER'],
  ] as const)('of an operation that asks UIDAI: %s', (_, answer, eko, uidai) => {
    expect(resultFor('EKO_TRANSPORT', 'UIDAI', answer)).toBe(eko)
    expect(resultFor('UIDAI', 'UIDAI', answer)).toBe(uidai)
  })

  it('a lost answer speaks against Eko itself where nothing stands behind the operation', () => {
    expect(resultFor('EKO_TRANSPORT', 'EKO_TRANSPORT', LOST)).toBe('FAILURE')
  })

  it('a call whose own time was up says nothing', () => {
    const late = { ...NOT_SENT, reason: 'TIME_IS_UP' }
    expect(resultFor('EKO_TRANSPORT', 'EKO_TRANSPORT', late)).toBe('NEITHER')
  })

  it('what Eko refuses before it asks an authority says nothing of the authority', () => {
    const refused = answerOf({ class: 'BUSINESS_REJECT', answer: 'FIELDS_REFUSED' })
    expect(resultFor('PAN', 'PAN', refused)).toBe('NEITHER')
    expect(resultFor('EKO_TRANSPORT', 'PAN', refused)).toBe('SUCCESS')
  })

  it('each operation’s table names its dependency', () => {
    const dependencies = Object.entries(OPERATION_TABLES).flatMap(([operation, tables]) =>
      RAILS.flatMap((rail) => (tables[rail] ? [[operation, tables[rail].dependency]] : [])),
    )
    const asked = (wanted: string): string[] => [
      ...new Set(dependencies.filter(([, dependency]) => dependency === wanted).map(([operation = '']) => operation)),
    ]
    expect(asked('UIDAI')).toEqual(['generateAadhaarOtp', 'verifyAadhaarOtp'])
    expect(asked('PAN')).toEqual(['validatePan'])
  })
})

describe('a pause', () => {
  it('is what Retry-After says after HTTP 429 and 5xx, a default after 429 alone, and else none', () => {
    expect(pauseFor(tooMany(7_000), 5_000)).toBe(7_000)
    expect(pauseFor(tooMany(), 5_000)).toBe(5_000)
    expect(pauseFor(answerOf({ retryAfterMs: 9_000 }, { httpStatus: 503 }), 5_000)).toBe(9_000)
    expect(pauseFor(answerOf({}, { httpStatus: 503 }), 5_000)).toBeNull()
    expect(pauseFor(answerOf({ retryAfterMs: 9_000 }), 5_000)).toBeNull()
    expect(pauseFor(LOST, 5_000)).toBeNull()
  })
})

describe('the cause of an incident', () => {
  it.each([
    [refusedWith(2483, 401), '2483', 'credentials'],
    [refusedWith(2484, 403), '2484', 'credentials'],
    [refusedWith(2485), '2485', 'credentials'],
    [refusedWith(2486), '2486', 'credentials'],
    [refusedWith(2487), '2487', 'credentials'],
    [refusedByHttp(401), 'HTTP 401', 'credentials'],
    [refusedByHttp(403), 'HTTP 403', 'credentials'],
    [refusedWith(319), '319', 'initiator'],
    [refusedWith(346), '346', 'agent-20810200'],
    [refusedWith(1297), '1297', 'agent-20810200'],
    [refusedByHttp(404), 'HTTP 404', 'path-digikhata-getSender'],
    [refusedByHttp(405), 'HTTP 405', 'path-digikhata-getSender'],
    [refusedByHttp(415), 'HTTP 415', 'path-digikhata-getSender'],
    [refusedWith(97), 'SETTINGS', 'settings-digikhata-getSender'],
  ])('%#: %s', (answer, code, scope) => {
    const cause = causeOf(answer)
    expect({ code: cause.code, scope: scopeOf(cause.scope, callOf()) }).toEqual({ code, scope })
    expect(Object.keys(INCIDENT_CAUSES)).toContain(code)
  })
})

describe('what proves a configuration', () => {
  it('a success and a business refusal prove all of it', () => {
    for (const answer of [SUCCESS, WRONG_CODE]) {
      expect(shownBy(answer)).toBe('WORKS')
      expect(provenBy(answer)).toEqual(SCOPES)
    }
  })

  it('a refused agent shows that the credentials work, and that the agent does not', () => {
    expect(shownBy(AGENT_REFUSED)).toBe('FAILS')
    expect(provenBy(AGENT_REFUSED)).toEqual(['credentials', 'path'])
  })

  it('a refused signature, a lost answer and a call that was not sent prove nothing', () => {
    for (const answer of [refusedWith(2484, 401), refusedByHttp(404), LOST, NOT_SENT, tooMany()]) {
      expect(provenBy(answer)).toEqual([])
    }
    expect([LOST, NOT_SENT, BUSY].map(shownBy)).toEqual(['NOTHING', 'NOTHING', 'NOTHING'])
  })
})
