import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { classify } from '../../activities/eko/classify.js'
import type { Match, OperationTable, Row } from '../../activities/eko/index.js'
import { answered, type Body, tableName, tables } from './helpers.js'

/**
 * What may be called a success, written down a second time and independently of the tables: status, type, and the
 * field of `data` without which it is none.
 */
const REF = 'otp_ref_id'
const SENT: Success[] = [
  [0, 2129, REF],
  [2129, 2129, REF],
]
const SENT_OR_NOT: Success[] = [
  [0, 2129],
  [2129, 2129],
]
const PROFILE: Success = [0, 309, 'customer_profile']
const PAN_DONE: Success[] = [PROFILE, [585, 585], [2136, 2136]]
type Success = readonly [status: number, type: number, data?: string]
const SUCCESSES: Record<string, readonly Success[]> = {
  'digikhata getSender': [...SENT_OR_NOT, [308, 308], PROFILE],
  'levin getSender': [...SENT_OR_NOT, [308, 308], PROFILE],
  'digikhata onboardSender': [...SENT_OR_NOT, [0, 300]],
  'levin onboardSender': [...SENT_OR_NOT, [0, 300]],
  'digikhata generateSenderOtp': SENT,
  'digikhata verifySenderOtp': [PROFILE, [0, 309, 'kyc_state'], [2136, 2136], [0, 2147]],
  'levin verifySenderOtp': [PROFILE, [2136, 2136], [0, 2147]],
  'digikhata consentLanguages': [[0, 2444, 'consent_language_list']],
  'digikhata consentDetails': [[0, 2446, 'consent_detail']],
  'digikhata generateAadhaarOtp': SENT,
  'levin generateAadhaarOtp': [...SENT, [0, 1388, REF]],
  'digikhata verifyAadhaarOtp': [[0, 2147]],
  'levin verifyAadhaarOtp': [
    [0, 2147],
    [0, 1388, 'verified'],
  ],
  'digikhata validatePan': PAN_DONE,
  'levin validatePan': [...PAN_DONE, [0, 2132]],
}

function mayBeSuccess(table: OperationTable, body: unknown): boolean {
  if (typeof body !== 'object' || body === null) return false
  const { status, response_type_id: type, data } = body as Body
  if (contradictsItself(body as Body)) return false
  return (SUCCESSES[tableName(table)] ?? []).some(
    ([wantedStatus, wantedType, field]) =>
      (status === wantedStatus || status === String(wantedStatus)) &&
      (type === wantedType || type === String(wantedType)) &&
      (field === undefined || (data !== undefined && ![undefined, null, ''].includes(data?.[field] as never))),
  )
}

/** What no success may say, whatever its other ids: a refused field, or an odd `response_status_id`. */
function contradictsItself(body: Body): boolean {
  const isEmpty = (value: unknown): boolean =>
    ['null', '{}', '[]'].includes(JSON.stringify(value ?? null)) || (typeof value === 'string' && value.trim() === '')
  const { response_status_id: statusId, invalid_params, invalid_parameters } = body
  const ordinary = isEmpty(statusId) || ['-1', '0', '1'].includes(String(statusId))
  return !ordinary || !isEmpty(invalid_params) || !isEmpty(invalid_parameters)
}

const succeeds = (table: OperationTable, body: unknown, http = 200): boolean =>
  classify(table, answered(body, http)).class === 'OK'

const KNOWN_IDS = [
  0, -1, -2, 1, 2, 17, 31, 97, 132, 300, 302, 303, 308, 309, 319, 327, 346, 461, 463, 585, 945, 1237, 1297, 1388, 2129,
  2131, 2132, 2133, 2136, 2138, 2147, 2444, 2446, 2483, 2485,
]
const anyId = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...KNOWN_IDS) },
  { weight: 2, arbitrary: fc.constantFrom(...KNOWN_IDS.map(String)) },
  fc.integer(),
  fc.constantFrom(undefined, null, true, false, '', 'success', 0.5, [], {}),
)
const FULL_DATA = {
  otp_ref_id: 'opaque',
  verified: true,
  kyc_state: 0,
  customer_profile: { name: 'Sample' },
  consent_language_list: [{ pkid: '1', consentLanguage: 'English' }],
  consent_detail: { consentId: 1, consentContent: 'Text.' },
}
const anyData = fc.oneof(
  fc.constant<unknown>(FULL_DATA),
  fc.constant<unknown>({}),
  fc.constant<unknown>(undefined),
  fc.jsonValue(),
  fc.record(
    {
      otp_ref_id: fc.constantFrom<unknown>('', ' ', 'opaque', 66_748_392, null, {}),
      verified: fc.constantFrom<unknown>(true, false, 'true', 'false', 0, ''),
      kyc_state: fc.constantFrom<unknown>(0, '0', 1, '1', '', null),
      customer_profile: fc.constantFrom<unknown>({}, { name: 'Sample' }, '', []),
      description: fc.constantFrom<unknown>('', 'OTP expired'),
    },
    { requiredKeys: [] },
  ),
)
const anyEnvelope = fc.record(
  {
    status: anyId,
    response_type_id: anyId,
    response_status_id: anyId,
    message: fc.oneof(fc.constantFrom<unknown>('Success!', 'OTP expired'), fc.jsonValue()),
    data: anyData,
    invalid_params: fc.oneof(fc.constantFrom<unknown>({ aadhar: 'Wrong' }, { wallet_token: 'Wrong' }), fc.jsonValue()),
  },
  { requiredKeys: [] },
)

const list = <T>(ids: T | readonly T[] | undefined): T[] => (ids === undefined ? [] : ([ids].flat() as T[]))

/** One for each pattern that rows have. */
const TEXTS = ['It is expired', 'Customer Already registred', 'Invalid wallet token.', 'No mapping rule matched']

/** Answers as Eko would write them that a row is for; forms without a sample follow those that have one. */
function examples(match: Match): Body[] {
  const data = Object.fromEntries(
    Object.entries(match.data ?? {}).flatMap(([path, need]) => {
      const [key = '', inner] = path.split('.')
      if (need === 'not zero') return [[key, 1]]
      if (need.endsWith('absent')) return []
      return [[key, inner ? FULL_DATA.consent_detail : (FULL_DATA as Record<string, unknown>)[key]]]
    }),
  )
  const rest = {
    ...(Object.keys(data).length > 0 ? { data } : {}),
    ...(match.text ? { message: TEXTS.find((text) => match.text?.test(text)) } : {}),
    ...(match.refuses
      ? { invalid_params: { [match.refuses === 'any' ? 'aadhar' : (match.refuses[0] ?? '')]: 'No' } }
      : {}),
  }
  if (match.code !== undefined) {
    return list<number>(match.code).flatMap((code) => {
      const triples =
        match.type === undefined
          ? [
              [code, code, 1],
              [code, -1, 1],
              [2131, 2131, code],
            ]
          : []
      return [...triples, [1, list<number>(match.type)[0] ?? 1388, code]].map(([status, type, statusId]) => ({
        status,
        response_type_id: type,
        response_status_id: statusId,
        ...rest,
      }))
    })
  }
  const statuses = match.status === undefined ? [1, 97] : list<number>(match.status)
  return statuses.map((status) => ({
    status,
    response_type_id: list<number>(match.type)[0] ?? -1,
    response_status_id: list<number>(match.statusId)[0] ?? 1,
    ...rest,
  }))
}

/** Those of a row's examples that no row above it takes. */
const examplesOf = (table: OperationTable, row: Row): Body[] =>
  examples(row.match).filter((body) => classify(table, answered(body)).row === row)

const named = tables().map((table) => ({ name: tableName(table), table }))

describe.each(named)('$name', ({ table }) => {
  const reachable = table.rows.filter((row) => examplesOf(table, row).length > 0)
  const successes = reachable.filter((row) => row.class === 'OK').flatMap((row) => examplesOf(table, row))
  const failures = reachable.filter((row) => row.class !== 'OK').flatMap((row) => examplesOf(table, row))

  it('every row is reached', () => {
    expect(table.rows.filter((row) => !reachable.includes(row)).map(({ title }) => title)).toEqual([])
  })

  it('every success row is closed', () => {
    for (const { match } of table.rows.filter((row) => row.class === 'OK')) {
      expect([match.status, match.type].includes(undefined)).toBe(false)
      const open = [match.http, match.code, match.statusId, match.failed, match.unsuccessful]
      expect(open.filter((condition) => condition !== undefined)).toEqual([])
    }
  })

  it('no JSON is a success that is not on the list', () => {
    const body = fc.oneof({ weight: 9, arbitrary: anyEnvelope }, fc.jsonValue())
    fc.assert(
      fc.property(body, (value) => {
        const json = JSON.parse(JSON.stringify(value) ?? 'null') as unknown
        expect(!succeeds(table, json) || mayBeSuccess(table, json)).toBe(true)
      }),
      { numRuns: 1_000 },
    )
  })

  it('changing one thing never turns a row of failure into a success', () => {
    const change = fc.oneof(
      fc.record({ status: anyId }),
      fc.record({ response_type_id: anyId }),
      fc.record({ response_status_id: anyId }),
      fc.record({ data: anyData }),
    )
    fc.assert(
      fc.property(fc.constantFrom(...failures), change, (body, changed) => {
        expect(succeeds(table, { ...body, ...changed })).toBe(false)
      }),
      { numRuns: 1_000 },
    )
  })

  it('changing one thing in a success leads to a success that is on the list, or to none', () => {
    const change = fc.oneof(
      fc.record({ status: anyId }),
      fc.record({ response_type_id: anyId }),
      fc.record({ response_status_id: anyId }),
      fc.record({ data: anyData }),
      fc.record({ invalid_params: fc.jsonValue() }),
    )
    fc.assert(
      fc.property(fc.constantFrom(...successes), change, (body, changed) => {
        const json = JSON.parse(JSON.stringify({ ...body, ...changed })) as unknown
        expect(!succeeds(table, json) || mayBeSuccess(table, json)).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it.each([-1, 0, 1, '-1', '0', '1', undefined, null, ''])(
    'a success is the same with %p as response_status_id',
    (response_status_id) => {
      for (const body of successes) {
        const { row } = classify(table, answered(body))
        expect(classify(table, answered({ ...body, response_status_id })).row).toBe(row)
      }
    },
  )

  it('an answer that contradicts itself is no success', () => {
    const contradiction = fc.oneof(
      fc.record({ response_status_id: fc.oneof(fc.integer(), anyId) }),
      fc.record({ invalid_params: fc.jsonValue() }),
      fc.record({ invalid_parameters: fc.jsonValue() }),
      fc.constant({ invalid_params: { aadhar: '' } }),
      fc.constant({ invalid_params: {}, invalid_parameters: { otp: 'Wrong' } }),
    )
    fc.assert(
      fc.property(fc.constantFrom(...successes), contradiction, (body, contrary) => {
        const json = JSON.parse(JSON.stringify({ ...body, ...contrary })) as Body
        fc.pre(contradictsItself(json))
        expect(succeeds(table, json)).toBe(false)
      }),
    )
  })

  it('-2 is BUSY, whatever success the rest would be, with status 0 too', () => {
    const unknown = { status: 0, response_type_id: 9999 }
    for (const body of [...successes, unknown]) {
      const verdict = classify(table, answered({ ...body, response_status_id: -2 }))
      expect(verdict).toMatchObject({ class: 'BUSY', answer: 'BUSY' })
    }
  })

  it('a success under another HTTP status than 200 is none', () => {
    fc.assert(
      fc.property(fc.constantFrom(...successes), fc.integer({ min: 201, max: 599 }), (body, http) => {
        expect(succeeds(table, body, http)).toBe(false)
      }),
    )
  })

  it.each([
    [500, 'UNKNOWN_OUTCOME'],
    [502, 'UNKNOWN_OUTCOME'],
    [404, 'REJECTED_BEFORE_EXECUTION'],
    [405, 'REJECTED_BEFORE_EXECUTION'],
    [415, 'REJECTED_BEFORE_EXECUTION'],
    [401, 'REJECTED_BEFORE_EXECUTION'],
    [403, 'REJECTED_BEFORE_EXECUTION'],
    [429, table.repeatable && table.method === 'GET' ? 'BUSY' : 'UNKNOWN_OUTCOME'],
    [400, 'UNRECOGNISED_ANSWER'],
    [201, 'UNRECOGNISED_ANSWER'],
  ])('HTTP %i decides by itself: %s', (http, expected) => {
    for (const body of [{}, [], { status: 0 }, ...successes]) {
      expect(classify(table, answered(body, http)).class).toBe(expected)
    }
  })

  it('a body that is no JSON is an unknown outcome', () => {
    for (const body of ['', '<html></html>', '{"status":0', 'undefined', null]) {
      const result = { kind: 'ANSWER', httpStatus: 200, headers: {}, headAt: 0, body } as const
      expect(classify(table, result)).toMatchObject({ class: 'UNKNOWN_OUTCOME', answer: 'UNKNOWN_OUTCOME' })
    }
  })
})

it('what may run again after an unknown outcome is exactly what is not fenced', () => {
  for (const table of tables()) expect(table.onUnknown === 'RUN_AGAIN').toBe(table.repeatable)
})
