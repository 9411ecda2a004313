import type { MessageName } from '../../client/index.js'
import { BODIES } from '../journey/support.js'

/** Stands in bad bodies wherever text is: it must come back nowhere. */
export const CANARY = 'c4n4ry'
const OVERSIZE = CANARY.repeat(20_000)

/** What no field of any message takes. */
const NO_VALUE: readonly unknown[] = [null, 7, true, {}, [], '', OVERSIZE, { x: CANARY }]
const NO_BODY: readonly unknown[] = [null, CANARY, 7, false, [], [{}]]
const NO_SUBMISSION_ID = [7, '', OVERSIZE, `${CANARY} ${CANARY}`, {}]
const NO_ACTOR = [
  CANARY,
  {},
  { type: CANARY, id: '1' },
  { type: 'agent', id: OVERSIZE },
  { type: 'agent', id: '1', x: 1 },
]

/** Bodies of a message in which one thing is wrong, by what it is. */
export function badBodies(name: MessageName): readonly (readonly [what: string, body: unknown])[] {
  const good: Readonly<Record<string, unknown>> = { ...BODIES[name] }
  const fields = Object.keys(good)
  const withField = (field: string, values: readonly unknown[]) =>
    values.map((value) => [`${field}: ${shown(value)}`, { ...good, [field]: value }] as const)
  return [
    ...NO_BODY.map((body) => [`body: ${shown(body)}`, body] as const),
    ...fields.flatMap((field) => withField(field, NO_VALUE)),
    ...fields.map((field) => [`without ${field}`, omit(good, field)] as const),
    ...withField('submissionId', NO_SUBMISSION_ID),
    ...withField('actor', NO_ACTOR),
    ...withField('extra', [CANARY]),
    ['a field named __proto__', JSON.parse(`{"__proto__": 1, ${JSON.stringify(good).slice(1)}`.replace(', }', '}'))],
    ...(name.endsWith('Otp') && name !== 'resendOtp' ? withField('challengeId', [7, OVERSIZE]) : []),
  ]
}

function omit(body: Readonly<Record<string, unknown>>, field: string): unknown {
  return Object.fromEntries(Object.entries(body).filter(([name]) => name !== field))
}

function shown(value: unknown): string {
  return JSON.stringify(value).slice(0, 30)
}
