import type { IncomingMessage, ServerResponse } from 'node:http'
import { z } from 'zod'
import { addressed, ControlError, paise, parsed, policySchema } from './control-support.js'
import type { Handler, Served } from './control-support.js'
import { MONEY_HANDLERS } from './control-money.js'
import { faultListSchema } from './faults.js'
import { parseJson, readBody, requestUrl, sendJson } from './http.js'
import type { InboxFilter } from './inbox.js'
import { Dialect, PURPOSES, Stage } from './names.js'
import { inboxPage } from './page.js'
import { scenariosJson } from './scenarios.js'
import { seedSender } from './senders.js'
import { senderJson } from './sender-json.js'
import { silentWave } from './silent-wave.js'
import type { World } from './world.js'

const CONTROL_BODY_LIMIT_BYTES = 1024 * 1024

const dialectSchema = z.strictObject({ dialect: z.enum(Dialect) })
const clockSchema = z.strictObject({
  offsetMs: z.number().int().optional(),
  bankAheadMs: z.number().int().optional(),
})
const seedSchema = z.strictObject({
  stage: z.enum(Stage),
  name: z.string().min(1).optional(),
  dob: z.iso.date().optional(),
  pan: z.string().optional(),
  mobileVerified: z.boolean().optional(),
  balancePaise: paise.optional(),
  monthUsedPaise: paise.optional(),
})
const nextCodesSchema = z.strictObject({
  purpose: z.enum(PURPOSES),
  codes: z.array(z.string().regex(/^\d{4,8}$/, 'a code has 4 to 8 digits')).max(100),
})
const purposeSchema = z.enum(PURPOSES)

/** The page holds all that it needs: nothing is loaded from anywhere. */
const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:"

const HANDLERS: Readonly<Record<string, Handler>> = {
  'GET ': ({ world }) => ({ html: inboxPage(world) }),
  'GET health': ({ world }) => ({ json: { status: 'ok', dialect: world.dialect } }),
  'GET inbox': ({ world, query }) => ({ json: { messages: world.inbox.messages(inboxFilter(query)) } }),
  'GET ledger': ({ world, query }) => ({ json: world.ledger.view(query.get('mobile') ?? undefined) }),
  'GET scenarios': ({ world }) => ({ json: { ...scenariosJson(), dialect: world.dialect, policy: world.policy } }),
  'GET faults': ({ world }) => faults(world),
  'PUT faults': ({ world, body }) => {
    world.faults.replace(parsed(faultListSchema, body).faults)
    return faults(world)
  },
  'POST faults': ({ world, body }) => {
    world.faults.add(parsed(faultListSchema, body).faults)
    return faults(world)
  },
  'DELETE faults': ({ world }) => {
    world.faults.replace([])
    return faults(world)
  },
  'GET dialect': ({ world }) => ({ json: { dialect: world.dialect } }),
  'PUT dialect': ({ world, body }) => {
    world.dialect = parsed(dialectSchema, body).dialect
    return { json: { dialect: world.dialect } }
  },
  'GET clock': ({ world }) => clock(world),
  'PUT clock': ({ world, body }) => {
    const { offsetMs, bankAheadMs } = parsed(clockSchema, body)
    if (offsetMs === undefined && bankAheadMs === undefined)
      throw new ControlError(400, 'Give offsetMs or bankAheadMs.')
    world.clock.offsetMs = offsetMs ?? world.clock.offsetMs
    world.clock.bankAheadMs = bankAheadMs ?? world.clock.bankAheadMs
    return clock(world)
  },
  'GET policy': ({ world }) => ({ json: world.policy }),
  'PUT policy': ({ world, body }) => {
    const changes = Object.entries(parsed(policySchema, body)).filter(([, value]) => value !== undefined)
    Object.assign(world.policy, Object.fromEntries(changes))
    return { json: world.policy }
  },
  'GET senders': ({ world, rest }) => ({ json: senderJson(world, addressed(world, rest)) }),
  'PUT senders': ({ world, rest, body }) => {
    const sender = addressed(world, rest)
    const { balancePaise, monthUsedPaise, ...seed } = parsed(seedSchema, body)
    seedSender(sender, seed, world.clock.trueNow())
    if (balancePaise !== undefined) world.money.setBalance(sender.rail, sender.mobile, balancePaise)
    if (monthUsedPaise !== undefined) world.money.setUsedBefore(sender.rail, sender.mobile, monthUsedPaise)
    return { json: senderJson(world, sender) }
  },
  'POST next-codes': ({ world, rest, body }) => {
    const { rail, mobile } = addressed(world, rest)
    const { purpose, codes } = parsed(nextCodesSchema, body)
    world.codes.decide({ rail, mobile, purpose }, codes)
    return { json: { rail, mobile, purpose, decided: codes.length } }
  },
  ...MONEY_HANDLERS,
  'GET consent-audio': () => ({ wave: silentWave() }),
  'POST reset': ({ world }) => {
    world.reset()
    return { json: { status: 'reset' } }
  },
}

/** Serves everything outside `/ekoapi/v3`: the page a person reads, and the tools of tests. */
export async function serveControl(request: IncomingMessage, response: ServerResponse, world: World): Promise<void> {
  try {
    const url = requestUrl(request)
    const [first = '', ...rest] = url.pathname.slice(1).split('/')
    const handler = findHandler(request, first)
    const body = await controlBody(request)
    if (body === ABORTED) return
    world.money.tick()
    const served = handler({ world, query: url.searchParams, body, rest })
    if ('json' in served) return sendJson(response, 200, served.json)
    const [type, content] = 'html' in served ? ['text/html; charset=utf-8', served.html] : ['audio/wav', served.wave]
    const headers = { 'content-type': type, 'cache-control': 'no-store', 'content-security-policy': PAGE_POLICY }
    response.writeHead(200, headers).end(content)
  } catch (error) {
    if (!(error instanceof ControlError)) throw error
    sendJson(response, error.http, { error: error.message })
  }
}

function findHandler(request: IncomingMessage, first: string): Handler {
  const { method = 'GET', headers } = request
  // A page of another site in the developer's browser must not steer the sandbox.
  if (headers.origin !== undefined && headers.origin !== `http://${headers.host}`) {
    throw new ControlError(403, 'The control API does not serve pages of other origins.')
  }
  const handler = HANDLERS[`${method} ${first}`]
  if (handler) return handler
  const methods = Object.keys(HANDLERS).flatMap((key) => (key.endsWith(` ${first}`) ? [key.split(' ')[0]] : []))
  if (methods.length > 0) throw new ControlError(405, `/${first} takes ${methods.join(', ')}.`)
  const known = [...new Set(Object.keys(HANDLERS).map((key) => `/${key.split(' ')[1] ?? ''}`))].join(' ')
  throw new ControlError(404, `No such page. There are ${known}, and Eko's API below /ekoapi/v3.`)
}

const ABORTED = Symbol('aborted')

async function controlBody(request: IncomingMessage): Promise<unknown> {
  const read = await readBody(request, CONTROL_BODY_LIMIT_BYTES)
  if (read.kind === 'aborted') return ABORTED
  if (read.kind === 'tooLarge') throw new ControlError(413, 'The body is too large.')
  if (read.text === '') return undefined
  const json = parseJson(read.text)
  if (!json.ok) throw new ControlError(400, `The body is not JSON: ${json.reason}`)
  return json.value
}

function inboxFilter(query: URLSearchParams): InboxFilter {
  const mobile = query.get('mobile')
  const purpose = query.get('purpose')
  return {
    ...(mobile === null ? {} : { mobile }),
    ...(purpose === null ? {} : { purpose: parsed(purposeSchema, purpose) }),
  }
}

function faults(world: World): Served {
  return { json: { faults: world.faults.list() } }
}

function clock(world: World): Served {
  const { clock: now } = world
  const [platformNow, bankNow] = [now.platformNow(), now.bankNow()].map((time) => new Date(time).toISOString())
  return { json: { offsetMs: now.offsetMs, platformNow, bankAheadMs: now.bankAheadMs, bankNow } }
}
