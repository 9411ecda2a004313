import fc from 'fast-check'
import { type MessageName, MESSAGES } from '../../client/index.js'

/** One thing that somebody does to a journey; bodies of known messages are made when it is done, for that journey. */
export type Step =
  | { readonly kind: 'act' }
  | { readonly kind: 'wrongCode' }
  | { readonly kind: 'burst'; readonly sent: readonly Sent[] }
  | Sent
export type Sent =
  | { readonly kind: 'message'; readonly name: MessageName; readonly via: Via; readonly change: Change }
  | { readonly kind: 'garbage'; readonly name: string; readonly via: Via; readonly body: unknown }
export type Via = 'signal' | 'update'

/** What is put into a well-formed body; nothing for a message as it should be. */
export type Change = Readonly<Record<string, unknown>>

const names = Object.keys(MESSAGES) as MessageName[]
/** These end a journey; so they come seldom. */
const ENDING: readonly MessageName[] = ['cancel', 'withdrawConsent']

const via = fc.constantFrom<Via>('signal', 'update')
const name = fc.oneof(
  { arbitrary: fc.constantFrom(...names.filter((one) => !ENDING.includes(one))), weight: 30 },
  { arbitrary: fc.constantFrom(...ENDING), weight: 1 },
)
const change: fc.Arbitrary<Change> = fc.oneof(
  { arbitrary: fc.constant({}), weight: 5 },
  { arbitrary: fc.constantFrom('s1', 's2', 's3').map((submissionId) => ({ submissionId })), weight: 2 },
  {
    arbitrary: fc
      .tuple(
        fc.constantFrom('otp', 'pan', 'aadhaar', 'consent', 'language', 'actor', 'challengeId', 'dob'),
        fc.jsonValue(),
      )
      .map(([field, value]) => ({ [field]: value })),
    weight: 2,
  },
)
const message: fc.Arbitrary<Sent> = fc.record({ kind: fc.constant('message' as const), name, via, change })
const garbage: fc.Arbitrary<Sent> = fc.record({
  kind: fc.constant('garbage' as const),
  name: fc.oneof(
    name,
    fc.string({ minLength: 1, maxLength: 40 }),
    fc.constantFrom('open', '__temporal_x', '__proto__'),
  ),
  via,
  body: fc.jsonValue(),
})
const sent = fc.oneof({ arbitrary: message, weight: 3 }, { arbitrary: garbage, weight: 1 })

const step: fc.Arbitrary<Step> = fc.oneof(
  { arbitrary: fc.constant<Step>({ kind: 'act' }), weight: 5 },
  { arbitrary: fc.constant<Step>({ kind: 'wrongCode' }), weight: 1 },
  { arbitrary: sent, weight: 6 },
  {
    arbitrary: fc.record({ kind: fc.constant('burst' as const), sent: fc.array(sent, { minLength: 2, maxLength: 9 }) }),
    weight: 1,
  },
)

/** What may happen to a journey, in whatever order. */
export const steps: fc.Arbitrary<readonly Step[]> = fc.array(step, { minLength: 4, maxLength: 24 })
