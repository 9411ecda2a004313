import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Connection } from '@temporalio/client'
import { messageOf } from './error-message.js'

/** The numbers of `temporal.api.enums.v1.IndexedValueType`, by the names of Temporal's CLI. */
const VALUE_TYPES = { Text: 1, Keyword: 2, Int: 3, Double: 4, Bool: 5, Datetime: 6, KeywordList: 7 } as const

type ValueType = keyof typeof VALUE_TYPES

const nameOfType = (wanted: number): string =>
  Object.entries(VALUE_TYPES).find(([, number]) => number === wanted)?.[0] ?? `number ${wanted}`

/** Type names as Temporal's CLI writes them, by the attribute's name. */
export type SearchAttributes = Readonly<Record<string, ValueType>>

/** What every journey is listed and filtered by in Temporal UI. */
export const ONBOARDING_SEARCH_ATTRIBUTES: SearchAttributes = {
  OnboardingState: 'Keyword',
  OnboardingStatus: 'Keyword',
  OnboardingRail: 'Keyword',
  OnboardingTenant: 'Keyword',
  OnboardingWaitsFor: 'Keyword',
}

export interface ReadinessOptions {
  readonly address: string
  readonly namespace: string
  readonly searchAttributes: SearchAttributes
  /** Asked between attempts: a server that has ended will never be ready. */
  readonly isAlive: () => boolean
  /** Whether the server itself has said that it listens there. */
  readonly hasPort: () => boolean
  readonly timeoutMs: number
}

const CALL_TIMEOUT_MS = 5_000
const RETRY_MS = 50

/** The wrong type of an attribute does not go away by waiting. */
class WrongAttributeType extends Error {}

const ensureSearchAttributes = async (connection: Connection, options: ReadinessOptions): Promise<void> => {
  const { namespace, searchAttributes } = options
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace })
  const missing: Record<string, number> = {}
  for (const [name, type] of Object.entries(searchAttributes)) {
    const present = customAttributes?.[name]
    if (present === undefined) missing[name] = VALUE_TYPES[type]
    else if (Number(present) !== VALUE_TYPES[type]) {
      throw new WrongAttributeType(
        `the search attribute ${name} of namespace ${namespace} is of type ${nameOfType(present)}, not ${type}. Start with a new database file, or remove it with "temporal operator search-attribute remove --name ${name}".`,
      )
    }
  }
  // A database file from before an attribute was added: start-dev registers them only in a new one.
  if (Object.keys(missing).length > 0) {
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes: missing })
  }
  // The list is one thing, the index another: only a query shows that they can be used.
  for (const [name, type] of Object.entries(searchAttributes)) {
    if (type !== 'Keyword') continue
    await connection.workflowService.countWorkflowExecutions({ namespace, query: `${name} = "ready"` })
  }
}

/** Whether somebody listens: a gRPC channel to a closed port backs off for a second and more, a plain socket knows. */
const listens = (address: string): Promise<boolean> =>
  new Promise((resolve) => {
    const [host = '', port = ''] = address.split(':')
    const socket = connect({ host, port: Number(port) })
    const finish = (answer: boolean): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => finish(true))
    socket.once('error', () => finish(false))
  })

/**
 * Waits until the server takes calls in the namespace and its search attributes can be queried.
 * @throws Error with the last refusal, when time is up or the server has ended.
 */
export const waitUntilReady = async (options: ReadinessOptions): Promise<void> => {
  const deadline = Date.now() + options.timeoutMs
  let last = `nobody listens at ${options.address}`
  while (options.isAlive() && Date.now() < deadline) {
    if (!options.hasPort() || !(await listens(options.address))) {
      await sleep(RETRY_MS)
      continue
    }
    let connection: Connection | undefined
    try {
      connection = await Connection.connect({ address: options.address, connectTimeout: CALL_TIMEOUT_MS })
      const connected = connection
      await connected.withDeadline(Date.now() + CALL_TIMEOUT_MS, async () => {
        await connected.workflowService.describeNamespace({ namespace: options.namespace })
        await ensureSearchAttributes(connected, options)
      })
      return
    } catch (error) {
      if (error instanceof WrongAttributeType) throw error
      last = messageOf(error)
    } finally {
      await connection?.close()
    }
    await sleep(RETRY_MS)
  }
  throw new Error(options.isAlive() ? `not ready after ${options.timeoutMs} ms; last: ${last}` : 'it ended')
}
