import { z } from 'zod'

/** Eko writes the same number as a number and as text; whatever else stands in its place counts as absent. */
const id = z
  .union([
    z.number().int(),
    z
      .string()
      .regex(/^-?\d{1,9}$/)
      .transform(Number),
  ])
  .nullable()
  .catch(null)

const fields = z.record(z.string(), z.unknown()).catch({})

/** The envelope of every answer of Eko; any part of it may be missing. */
const schema = z
  .object({
    status: id.default(null),
    response_type_id: id.default(null),
    response_status_id: z.unknown().optional(),
    message: z.string().catch(''),
    data: fields,
    invalid_params: z.unknown().optional(),
    invalid_parameters: z.unknown().optional(),
  })
  .transform((body) => {
    const statusId = id.parse(body.response_status_id ?? null)
    return {
      status: body.status,
      typeId: body.response_type_id,
      statusId,
      message: body.message,
      data: body.data,
      // The newest page says invalid_params, older text invalid_parameters.
      invalid: { ...fields.parse(body.invalid_parameters), ...fields.parse(body.invalid_params) },
      /** Fields are refused, in whatever form: also in one that `invalid` cannot name, such as a list. */
      refusesFields: saysSomething(body.invalid_params) || saysSomething(body.invalid_parameters),
      /** Something stands in `response_status_id` that is no id. */
      strangeStatusId: statusId === null && saysSomething(body.response_status_id),
    }
  })

/** Whether a field is there: null, text of blanks, `{}` and `[]` count as absent. */
function saysSomething(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0
  return typeof value === 'string' ? value.trim() !== '' : value !== undefined && value !== null
}

export type Envelope = z.infer<typeof schema>

/** What came as a body: an envelope, JSON of another form, or not JSON at all. */
export type ParsedBody =
  { readonly json: true; readonly value: unknown; readonly envelope: Envelope } | { readonly json: false }

const EMPTY = schema.parse({})

/** Reads a body. The content type is not asked: Eko documents none for its answers, and a proxy's page is no JSON. */
export function parseBody(body: string | null): ParsedBody {
  if (body === null) return { json: false }
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    return { json: false } // that is the answer: the body is not JSON
  }
  const parsed = schema.safeParse(value)
  return { json: true, value, envelope: parsed.success ? parsed.data : EMPTY }
}

/** A field of `data`; nested ones with dots. Only own properties count. */
export function dataField(data: Readonly<Record<string, unknown>>, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    return (value as Record<string, unknown>)[key]
  }, data)
}

/** Longest text that is taken out of an answer, in characters. */
const MAX_TEXT = 4_096

/** A field as text: what is written there, or null where Eko left it out, blank, or wrote something else. */
export function textOf(value: unknown): string | null {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  if (typeof value !== 'string' || value.trim() === '' || value.length > MAX_TEXT) return null
  return value
}
