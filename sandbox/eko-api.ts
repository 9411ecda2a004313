import type { IncomingMessage, ServerResponse } from 'node:http'
import { Delivery, replyOf } from './delivery.js'
import type { Developer } from './developers.js'
import { gateway, missingFields, unauthorised } from './envelope.js'
import type { Answer } from './envelope.js'
import { replyInstead } from './fault-replies.js'
import type { FaultSpec } from './faults.js'
import { isObject, parseJson, readBody, requestUrl, saysJson } from './http.js'
import type { BodyRead } from './http.js'
import type { CallEntry } from './ledger.js'
import { Rail } from './names.js'
import type { Operation } from './operations.js'
import { ownerOf } from './owner.js'
import { EKO_BASE_PATH, route } from './routing.js'
import type { World } from './world.js'
import { refusedRequest } from './validation.js'

/** What surrounds one call. */
interface Surroundings {
  world: World
  origin: string
  closing: AbortSignal
}

/** A call that is known, signed and readable. */
interface Admitted {
  operation: Operation
  rail: Rail | null
  mobile: string
  reference: string
  params: Record<string, unknown>
  developer: Developer
  clientRefId: string | null
  fault: FaultSpec | undefined
}

/** Serves one request below `/ekoapi/v3`: ledger, route, signature, fault, fields, operation, answer. */
export async function serveEko(
  request: IncomingMessage,
  response: ServerResponse,
  around: Surroundings,
): Promise<void> {
  const { world, closing } = around
  const url = requestUrl(request)
  const routed = route(request.method ?? 'GET', url.pathname.slice(EKO_BASE_PATH.length))
  const found = routed.kind === 'found' ? routed : undefined
  world.money.tick()
  const whose = found && ownerOf(world, found)
  const entry = world.ledger.received({
    at: world.clock.stamp(),
    operation: found?.operation.name ?? null,
    rail: whose?.rail ?? null,
    mobile: whose?.mobile ?? null,
    method: request.method ?? '',
    path: url.pathname,
    developerKey: headerText(request, 'developer_key'),
    clientRefId: null,
  })
  response.setHeader('date', new Date(world.clock.platformNow()).toUTCString())
  const delivery = new Delivery(response, entry, closing)

  const body = await readBody(request, world.policy.bodyLimitBytes)
  if (body.kind === 'aborted') return
  const params = requestParams(request, url, body)
  noteParams(entry, params)
  if (body.kind === 'tooLarge') {
    response.setHeader('connection', 'close')
    return delivery.send(replyOf(gateway(413, 'Request Entity Too Large')))
  }
  if (routed.kind === 'unknown') return delivery.send(replyOf(gateway(404, 'No mapping rule matched')))
  if (routed.kind === 'wrongMethod') {
    return delivery.send(replyOf(gateway(405, 'Method Not Allowed'), { allow: routed.allow }))
  }

  const { operation, reference } = routed
  const { rail } = entry
  const signature = world.signatures.check(request.headers, world.clock.platformNow())
  if (!signature.ok) return delivery.send(replyOf(unauthorised(signature.failure, world.rules.authHttp)))
  if (operation.method !== 'GET' && !saysJson(request)) {
    return delivery.send(replyOf(gateway(415, 'Unsupported Media Type')))
  }
  if (!params) return delivery.send(replyOf(unreadable(world)))

  const mobile = routed.mobile ?? entry.mobile ?? ''
  const fault = takeFault(world, operation, rail, mobile)
  if (fault) entry.fault = fault.fault
  const clientRefId = entry.clientRefId
  const call = {
    operation,
    rail,
    mobile,
    reference: reference ?? '',
    params,
    developer: signature.developer,
    clientRefId,
    fault,
  }
  return serveAdmitted(call, entry, delivery, around)
}

function headerText(request: IncomingMessage, name: string): string | null {
  const value = request.headers[name]
  return typeof value === 'string' ? value : null
}

/** Query parameters of a GET, the JSON object of everything else; undefined when the body is none. */
function requestParams(request: IncomingMessage, url: URL, body: BodyRead): Record<string, unknown> | undefined {
  if (request.method === 'GET') return Object.fromEntries(url.searchParams)
  if (body.kind !== 'read') return undefined
  const parsed = parseJson(body.text)
  return parsed.ok && isObject(parsed.value) ? parsed.value : undefined
}

function noteParams(entry: CallEntry, params: Record<string, unknown> | undefined): void {
  const { client_ref_id: clientRefId, customer_id: customerId, otp_ref_id: otpRefId } = params ?? {}
  if (typeof clientRefId === 'string') entry.clientRefId = clientRefId
  const presented = scalarText(otpRefId)
  if (presented !== null) entry.otpRefId = presented
  if (entry.operation !== null) entry.mobile ??= scalarText(customerId)
}

function scalarText(value: unknown): string | null {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null
}

function unreadable(world: World): Answer {
  const answer = missingFields([], world.rules.invalidParams)
  return { ...answer, body: { ...answer.body, message: 'No Key for Response' }, policy: 'answer to an unreadable body' }
}

/** Faults that were asked for come before those of the mobile's scenario. */
function takeFault(world: World, operation: Operation, rail: Rail | null, mobile: string): FaultSpec | undefined {
  const call = { operation: operation.name, rail, mobile }
  return world.faults.take(call) ?? (rail && world.senders.get(rail, mobile).faults.take(call)) ?? undefined
}

async function serveAdmitted(
  call: Admitted,
  entry: CallEntry,
  delivery: Delivery,
  around: Surroundings,
): Promise<void> {
  const { fault } = call
  const { replaced } = around.world.faults
  if (fault?.fault === 'delay') await delivery.wait(fault.ms, replaced)
  if (fault?.fault === 'dropBeforeCommit') return delivery.drop()
  const instead = fault && replyInstead(fault, scalarText(call.params['initiator_id']) ?? '', around.world.rules)
  if (instead && !('executed' in fault && fault.executed)) return delivery.send(instead)

  const reply = replyOf(
    fault?.fault === 'duplicateDelivery'
      ? carryOutTwice(call, entry, around, fault.answer)
      : carryOut(call, entry, around),
  )
  if (instead) return delivery.send(instead)
  switch (fault?.fault) {
    case 'dropAfterCommit':
      return delivery.drop()
    case 'lateCommit':
      return fault.http === undefined ? delivery.drop() : delivery.send(replyOf(gateway(fault.http, 'Internal error')))
    case 'delayAfterCommit':
      await delivery.wait(fault.ms, replaced)
      return delivery.send(reply)
    case 'truncatedBody':
      return delivery.sendHalf(reply)
    case 'slowBody':
      return delivery.sendSlowly(reply, fault.ms, replaced)
    default:
      return delivery.send(reply)
  }
}

/** Validates and carries out; only what was carried out is `executed`. */
function carryOut(call: Admitted, entry: CallEntry, { world, origin }: Surroundings): Answer {
  const { operation, mobile, params, developer, clientRefId, fault, reference } = call
  // Where nothing says whose reference it is, nothing is found, on whatever rail.
  const rail = call.rail ?? Rail.digikhata
  const refused = refusedRequest(operation, mobile, params, developer, world.rules)
  if (refused) return refused
  const { rules } = world
  const answer = operation.handle({ world, rules, rail, mobile, reference, params, clientRefId, fault, origin })
  entry.executed = answer.http === 200
  if (fault?.fault === 'missingData') {
    const { data: _dropped, ...body } = answer.body
    return { ...answer, body }
  }
  if (fault?.fault === 'unknownTypeId') {
    const typeId = fault.responseTypeId ?? 9999
    const body = { ...answer.body, status: 0, response_status_id: 0, response_type_id: typeId, message: 'Success!' }
    return { ...answer, body }
  }
  return answer
}

/** Something between client and platform delivered the request twice; the client gets one of the two answers. */
function carryOutTwice(
  call: Admitted,
  entry: CallEntry,
  around: Surroundings,
  answer: 'first' | 'second' = 'first',
): Answer {
  const { at, operation, rail, mobile, method, path, developerKey, clientRefId, otpRefId } = entry
  const first = carryOut(call, entry, around)
  const presented = otpRefId === undefined ? {} : { otpRefId }
  const twin = { at, operation, rail, mobile, method, path, developerKey, clientRefId, ...presented }
  const second = carryOut(call, around.world.ledger.received({ ...twin, fault: 'duplicateDelivery' }), around)
  return answer === 'first' ? first : second
}
