import { describe, expect, it } from '@jest/globals'
import { classify } from '../../activities/eko/classify.js'
import { type EkoOperation, operationTable, type OpenedRequest } from '../../activities/eko/index.js'
import { type BuiltRequest, buildRequest } from '../../activities/eko/request.js'
import type { Rail } from '../../workflows/messages.js'
import { answered, type Body, credentials, type Expected, fixture, fixtureNames } from './helpers.js'

interface Parameter {
  readonly name: string
  readonly in: 'path' | 'body'
  readonly type: string
  readonly required: boolean
  readonly example: string | number
}
interface Page {
  readonly page: string
  readonly rail: Rail
  readonly operation: EkoOperation
  readonly method: string
  readonly path: string
  readonly parameters: readonly Parameter[]
  readonly headers: readonly { readonly name: string }[]
  readonly responseFields: readonly { readonly name: string; readonly type: string }[]
  readonly exampleRequest: Readonly<Record<string, string | number>>
  readonly exampleAnswer: { readonly http: number; readonly body: Body; readonly expected: Expected }
  readonly errorScenarios: readonly {
    readonly http: number
    readonly scenario: string
    readonly body: Body
    readonly expected: Expected
  }[]
}
interface Deviation {
  readonly page: string
  readonly parameter: string
  /** `type`: sent as text. `required`: always sent, though the page calls it optional. */
  readonly kind: 'type' | 'required'
  readonly reason: string
}

const pages = fixtureNames('pages').map((name) => fixture<Page>(`pages/${name}`))
const deviations = fixture<Deviation[]>('deviations.json')

/** The page's example, put as a call of ours. */
function exampleCall({ rail, operation, parameters }: Page): OpenedRequest {
  const example = Object.fromEntries(parameters.map(({ name, example: value }) => [name, value]))
  const text = (name: string): string => String(example[name] ?? '')
  const given = <T>(name: string, value: T): T | undefined => (name in example ? value : undefined)
  const call = {
    rail,
    operation,
    userCode: text('user_code'),
    mobile: text('customer_id'),
    clientRefId: text('client_ref_id'),
    otp: given('otp', text('otp')),
    otpRefId: given('otp_ref_id', text('otp_ref_id')),
    aadhaar: given('aadhar', text('aadhar')),
    wallet: given('wallet_token', { token: text('wallet_token'), id: text('wallet_id') }),
    recipientId: given('recipient_id', Number(text('recipient_id'))),
    amountRupees: given('amount', Number(text('amount'))),
    beneficiaryId: given('beneficiary_id', text('beneficiary_id')),
  }
  return Object.fromEntries(Object.entries(call).filter(([, value]) => value !== undefined)) as unknown as OpenedRequest
}

function built(page: Page, integers: boolean): BuiltRequest {
  const base = 'https://staging.eko.in/ekoapi/v3'
  return buildRequest(credentials(base, integers ? { integerOtp: [page.operation] } : {}), exampleCall(page))
}

describe.each(pages)('The page $page', (page) => {
  const body = (integers: boolean) => JSON.parse(built(page, integers).body ?? '') as Record<string, unknown>
  const deviates = (kind: Deviation['kind'], name: string) =>
    deviations.some((one) => one.page === page.page && one.kind === kind && one.parameter === name)

  it('its method and address are produced', () => {
    const customer = page.parameters.find(({ name }) => name === 'customer_id')
    const path = page.path.replace('{customer_id}', String(customer?.example))
    expect({ method: built(page, false).method, url: built(page, false).url }).toEqual({
      method: page.method,
      url: `https://staging.eko.in/ekoapi/v3${path}`,
    })
  })

  it('its example request is produced exactly, with codes as numbers where the page has them so', () => {
    expect(body(true)).toEqual(page.exampleRequest)
  })

  it('without that setting, only what is listed with a reason differs', () => {
    const differing = Object.keys(page.exampleRequest).filter((name) => body(false)[name] !== page.exampleRequest[name])
    expect(differing).toEqual(Object.keys(page.exampleRequest).filter((name) => deviates('type', name)))
    for (const name of differing) expect(body(false)[name]).toBe(String(page.exampleRequest[name]))
  })

  it.each(page.parameters)('its parameter $name goes where and as the page says', (parameter) => {
    const { name, type, example } = parameter
    if (parameter.in === 'path') {
      expect(built(page, false).url).toContain(`/${String(example)}`)
      expect(built(page, false).urlTemplate).toContain(`{${name}}`)
      return
    }
    expect(body(true)[name]).toBe(example)
    expect(typeof body(false)[name]).toBe(type === 'integer' && !deviates('type', name) ? 'number' : 'string')
  })

  it('a parameter that it calls optional is left out where there is none, or is listed with a reason', () => {
    const bare = exampleCall(page)
    const optional = page.parameters.filter(({ required }) => !required).map(({ name }) => name)
    for (const name of optional) {
      if (deviates('required', name)) continue
      const { beneficiaryId: _, ...without } = bare
      const sent = buildRequest(credentials(), without).parameters
      expect(sent).not.toHaveProperty(name)
    }
    expect(optional.every((name) => deviates('required', name) || name === 'beneficiary_id')).toBe(true)
  })

  it('its example answer is understood', () => {
    const { http, body: answer, expected } = page.exampleAnswer
    const table = operationTable(page.rail, page.operation)
    expect(table && classify(table, answered(answer, http))).toMatchObject(expected)
  })

  it('its example answer has the envelope and the fields that it documents', () => {
    for (const { name, type } of page.responseFields) {
      const value = name
        .split('.')
        .reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], page.exampleAnswer.body)
      expect([name, typeof value]).toEqual([name, type])
    }
  })

  if (page.errorScenarios.length > 0) {
    it.each(page.errorScenarios)('its scenario "$scenario" is understood', ({ http, body: answer, expected }) => {
      const table = operationTable(page.rail, page.operation)
      expect(table && classify(table, answered(answer, http))).toMatchObject(expected)
    })
  }
})

it('every deviation belongs to a page and gives its reason', () => {
  for (const { page, parameter, reason } of deviations) {
    expect(pages.find((one) => one.page === page)?.parameters.map(({ name }) => name)).toContain(parameter)
    expect(reason.length).toBeGreaterThan(20)
  }
})
