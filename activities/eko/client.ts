import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { answerOf } from './answer.js'
import { classify, type Verdict } from './classify.js'
import { createHttp, type HttpResult } from './http.js'
import { type BuiltRequest, buildRequest, secretsOf } from './request.js'
import { createServerClock } from './server-clock.js'
import { sign } from './signature.js'
import { createTimestamps } from './timestamps.js'
import type { AttemptLog, EkoClient, EkoClientOptions, EkoCredentials, OpenedRequest } from './types.js'

/** How often a call is signed afresh after 2485. */
const MAX_RESIGNS = 3
/** Wait before it where the clock is right, in ms: another process used the same millisecond; odds are it moves on. */
const COLLISION_WAIT_MS = { from: 3, to: 97 } as const
const DEFAULT_TIMEOUT_MS = 30_000

/** Where an attempt would begin after its call's time is up, it is not sent. */
const TIME_IS_UP: HttpResult = { kind: 'NOT_SENT', reason: 'TIME_IS_UP' }

/** A client of Eko's API for any number of tenants; clock and timestamps are kept per developer key. */
export function createEkoClient(options: EkoClientOptions = {}): EkoClient {
  const now = options.now ?? Date.now
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS
  const http = createHttp(now, options.proxyUrl)
  const clock = createServerClock(now)
  const timestamps = createTimestamps({ now: clock.now, sleep: (ms) => sleep(ms) })

  /** One HTTP attempt, and whether the clock was corrected by its answer. */
  async function attempt(credentials: EkoCredentials, built: BuiltRequest, deadline: number) {
    const { developerKey, accessKey } = credentials
    const timestamp = String(await timestamps.next(developerKey))
    const sentAt = now()
    const left = deadline - performance.now()
    const result = !(left > 0)
      ? TIME_IS_UP
      : await http.send({
          method: built.method,
          url: built.url,
          headers: {
            developer_key: developerKey,
            'secret-key': sign(accessKey, timestamp),
            'secret-key-timestamp': timestamp,
            'content-type': 'application/json',
            accept: 'application/json',
            'user-agent': 'sender-onboarding',
          },
          ...(built.body === undefined ? {} : { body: built.body }),
          timeoutMs: Math.ceil(left),
          pooled: built.table.repeatable && built.method === 'GET',
        })
    const corrected =
      result.kind === 'ANSWER' &&
      clock.learn(developerKey, {
        date: result.headers.date,
        age: result.headers.age,
        sentAt,
        receivedAt: result.headAt,
      })
    return { result, corrected }
  }

  return {
    timeoutMs,
    async call(credentials, request, hooks) {
      const built = buildRequest(credentials, request)
      const secrets = secretsOf(credentials, request)
      const deadline = performance.now() + Math.min(hooks?.timeoutMs ?? timeoutMs, timeoutMs)
      for (let resigns = 0; ; resigns += 1) {
        await hooks?.beforeSend?.()
        const startedAt = performance.now()
        const { result, corrected } = await attempt(credentials, built, deadline)
        const verdict = classify(built.table, result)
        const log = attemptLog(built, request, verdict, {
          durationMs: Math.round(performance.now() - startedAt),
          clockOffsetMs: clock.offsetMs(credentials.developerKey),
          result,
        })
        hooks?.onAttempt?.(log)
        options.onAttempt?.(log)
        if (!verdict.resign || resigns === MAX_RESIGNS || performance.now() >= deadline) {
          return answerOf(built.table, verdict, result, { clientRefId: request.clientRefId, secrets, now: now() })
        }
        if (!corrected) await sleep(randomInt(COLLISION_WAIT_MS.from, COLLISION_WAIT_MS.to + 1))
      }
    },
    clockOffsetMs: (developerKey) => clock.offsetMs(developerKey),
    close: () => Promise.resolve(http.close()),
  }
}

interface AttemptTiming {
  readonly durationMs: number
  readonly clockOffsetMs: number
  readonly result: HttpResult
}

function attemptLog(built: BuiltRequest, request: OpenedRequest, verdict: Verdict, timing: AttemptTiming): AttemptLog {
  const envelope = verdict.body.json ? verdict.body.envelope : null
  const reason = timing.result.reason
  return {
    operation: request.operation,
    rail: request.rail,
    method: built.method,
    urlTemplate: built.urlTemplate,
    clientRefId: request.clientRefId,
    httpStatus: verdict.httpStatus,
    status: envelope?.status ?? null,
    responseTypeId: envelope?.typeId ?? null,
    responseStatusId: envelope?.statusId ?? null,
    class: verdict.class,
    answer: verdict.answer,
    durationMs: timing.durationMs,
    clockOffsetMs: timing.clockOffsetMs,
    ...(reason === undefined ? {} : { reason }),
  }
}
