import { Client, Connection, type ConnectionOptions } from '@temporalio/client'
import { dataConverterOf, isEncrypting, KeyFileError } from '../secrets/index.js'
import { readTemporalConfig } from '../secrets/temporal-config.js'
import { type SecretField, type SealedField } from '../values/index.js'
import type { Rail } from '../workflows/messages.js'
import { type BulkRequest, type BulkRun, planBulk } from './bulk.js'
import { type KeyUseReport, usesOfCodecKey } from './codec-key-use.js'
import { type Environment, optionsFromEnvironment } from './environment.js'
import {
  type ConsentExport,
  type DueRequest,
  type DueRun,
  eraseJourneys,
  type EraseRequest,
  type ErasureReport,
  exportConsent,
  planDue,
} from './erasure/index.js'
import { toOnboardingError } from './error-mapping.js'
import { notConfigured, OnboardingError } from './errors.js'
import { createHandle, type HandleContext, type JourneyHandle } from './handle.js'
import { requireIdKey, requireOwnJourney, requireOwnTransfer, senderJourneyId, transferWorkflowId } from './ids.js'
import { type IncidentFilter, type IncidentSummary, listIncidents } from './incidents.js'
import type { JourneySummary } from './journeys.js'
import { findByClientRef, listJourneys, type ListFilter } from './list.js'
import { createSealFor } from './messages.js'
import { type ConnectOptions, type GivenClientOptions, resolveOptions, type Settings } from './options.js'
import { type Started, startJourney, type StartInput, type StartOptions } from './start.js'
import { sendTransactionOtp, type TransactionOtpAnswer, type TransactionOtpRequest } from './transaction-otp.js'
import { openRecipients, type RecipientsRequest, type StartedRecipients } from './recipients/start.js'
import { createTransferHandle, type TransferHandle } from './transfer/handle.js'
import {
  type StartedTransfer,
  startTransfer,
  startWalletLoad,
  type TransferRequest,
  type WalletLoadRequest,
} from './transfer/start.js'
import { wireOf } from './wire.js'

/**
 * One tenant's door to its journeys. Connections are expensive: make one client for each tenant and keep it.
 *
 * ```ts
 * const client = await OnboardingClient.fromEnvironment()
 * const { handle, view } = await client.start({ rail: 'digikhata', mobile: '98…', userCode: '20810200' })
 * ```
 */
export class OnboardingClient {
  readonly tenant: string
  /** Temporal's own client, for what this one does not cover. */
  readonly temporal: Client
  readonly #context: HandleContext
  readonly #settings: Settings
  #owned: Connection | null = null

  /**
   * Over a Temporal client that is there; it stays the caller's to close.
   * @throws OnboardingError NOT_CONFIGURED, also where it would write in plain in production
   */
  constructor({ client, ...options }: GivenClientOptions) {
    this.#settings = resolveOptions(options)
    requireCodec(this.#settings, isEncrypting(client.options.loadedDataConverter.payloadCodecs))
    this.tenant = this.#settings.tenant
    this.temporal = client
    this.#context = { wire: wireOf(client, this.#settings), sealFor: createSealFor(this.#settings) }
  }

  /**
   * Connects as `TEMPORAL_*` variables and Temporal's configuration file say, or as `connection` says.
   * @throws OnboardingError NOT_CONFIGURED, UNREACHABLE, ACCESS_DENIED
   */
  static async connect(options: ConnectOptions): Promise<OnboardingClient> {
    const { connection: overrides, namespace, env = process.env, ...rest } = options
    const settings = resolveOptions(rest)
    const { deadlineMs, codecKeys, idKey } = settings
    requireCodec(settings, codecKeys !== null)
    const configured = temporalConfig(env)
    const connectionOptions = { connectTimeout: deadlineMs, ...configured.connection, ...overrides }
    const dataConverter = requireOwnKeys(() => dataConverterOf(codecKeys, idKey))
    const connection = await connect(connectionOptions, deadlineMs)
    const client = new Client({
      connection,
      dataConverter,
      namespace: namespace ?? configured.namespace ?? 'default',
    })
    const onboarding = new OnboardingClient({ ...rest, client })
    onboarding.#owned = connection
    return onboarding
  }

  /**
   * Connects by settings alone: `ONBOARDING_TENANT`, `ONBOARDING_ID_KEY_FILE`, `ONBOARDING_SEALING_PUBLIC_KEYS_FILE`,
   * `ONBOARDING_CODEC_KEYS_FILE`, `ONBOARDING_ENVIRONMENT`, `ONBOARDING_TASK_QUEUE`, `ONBOARDING_STRICTNESS` and
   * `TEMPORAL_*`. What is given in `overrides` wins.
   * @throws OnboardingError NOT_CONFIGURED, UNREACHABLE, ACCESS_DENIED
   */
  static async fromEnvironment(overrides: Partial<ConnectOptions> = {}): Promise<OnboardingClient> {
    const env = overrides.env ?? process.env
    return OnboardingClient.connect({ ...(await optionsFromEnvironment(env)), ...overrides, env })
  }

  /**
   * Starts a sender's journey, joins the live one, or answers with the completed one's result.
   * @throws OnboardingError e.g. INPUT_CONFLICT, OWNED_BY_ANOTHER_AGENT; DEADLINE: it may have started, ask again
   */
  start(input: StartInput, options: StartOptions = {}): Promise<Started> {
    return startJourney(this.#context, input, options)
  }

  /**
   * The journey with this workflow id. Asks nothing of the server.
   * @throws OnboardingError INVALID_INPUT, TENANT_MISMATCH
   */
  handle(workflowId: string): JourneyHandle {
    requireOwnJourney(workflowId, this.tenant)
    return createHandle(this.#context, workflowId)
  }

  /** The journey of a sender on a rail, whether it was started or not. Asks nothing of the server. */
  handleOf(sender: { readonly rail: Rail; readonly mobile: string }): JourneyHandle {
    return this.handle(this.journeyId(sender))
  }

  /** The workflow id of a sender's journey on a rail. */
  journeyId({ rail, mobile }: { readonly rail: Rail; readonly mobile: string }): string {
    return senderJourneyId(requireIdKey(this.#settings.idKey), this.tenant, rail, mobile)
  }

  /** Checks and seals a secret, for a message that somebody else sends. */
  async seal(workflowId: string, field: SecretField, value: string): Promise<SealedField> {
    requireOwnJourney(workflowId, this.tenant)
    return this.#context.sealFor(workflowId, field, value)
  }

  /** Journeys of this tenant, newest first. */
  list(filter: ListFilter = {}): Promise<JourneySummary[]> {
    return listJourneys(this.#context.wire, filter)
  }

  /** The journey behind a `client_ref_id` that Eko's support has named. */
  findByClientRef(clientRef: string): Promise<JourneySummary[]> {
    return findByClientRef(this.#context.wire, clientRef)
  }

  /**
   * One message of an operator to every live journey of this tenant that a condition names. Resolves when the list of
   * journeys is taken; iterating over the answer sends, paced, and gives each result.
   *
   * ```ts
   * const run = await client.bulk({ message: 'retryNow', where: 'parked', reason: 'Eko is back' })
   * for await (const result of run) if (result.kind !== 'applied') console.log(result.workflowId, result.error.code)
   * ```
   * @throws OnboardingError INVALID_INPUT, with `details.fields`
   */
  bulk(request: BulkRequest): Promise<BulkRun> {
    return planBulk(this.#context, request)
  }

  /**
   * Has a transaction OTP sent to a sender, once for each `requestId`.
   * @throws OnboardingError
   */
  sendTransactionOtp(request: TransactionOtpRequest): Promise<TransactionOtpAnswer> {
    return sendTransactionOtp(this.#context.wire, request)
  }

  /**
   * Starts a transfer of a sender's money, once for each `transferId`, or joins it.
   * @throws OnboardingError
   */
  startTransfer(request: TransferRequest): Promise<StartedTransfer> {
    return startTransfer(this.#context, request)
  }

  /**
   * Loads a sender's DigiKhata wallet with the agent's money, once for each `loadId`. Its handle is a transfer's.
   * @throws OnboardingError
   */
  startWalletLoad(request: WalletLoadRequest): Promise<StartedTransfer> {
    return startWalletLoad(this.#context, request)
  }

  /**
   * The transfer with this workflow id. Asks nothing of the server.
   * @throws OnboardingError INVALID_INPUT, TENANT_MISMATCH
   */
  transfer(workflowId: string): TransferHandle {
    requireOwnTransfer(workflowId, this.tenant)
    return createTransferHandle(this.#context, workflowId)
  }

  /** The transfer of this `transferId`, whether it was started or not. Asks nothing of the server. */
  transferOf(transferId: string): TransferHandle {
    return this.transfer(transferWorkflowId(requireIdKey(this.#settings.idKey), this.tenant, transferId))
  }

  /**
   * Starts a session in which a sender's recipients are listed and added, or joins the live one. On Levin it costs an SMS.
   * @throws OnboardingError
   */
  openRecipients(request: RecipientsRequest): Promise<StartedRecipients> {
    return openRecipients(this.#context, request)
  }

  /** Configuration incidents that this tenant's journeys meet: cause, since, how many journeys wait, the fix. */
  incidents(filter: IncidentFilter = {}): Promise<IncidentSummary[]> {
    return listIncidents(this.#context.wire, filter)
  }

  /**
   * Which runs under way, of all tenants of the namespace, hold anything that was encrypted with this codec key.
   * @throws OnboardingError
   */
  usesOfCodecKey(kid: string): Promise<KeyUseReport> {
    return usesOfCodecKey(this.#context.wire, kid)
  }

  /**
   * What proves a sender's consent, masked: of open and closed journeys from Temporal, of erased ones from the store.
   * @throws OnboardingError NOT_FOUND, TENANT_MISMATCH
   */
  exportConsent(workflowId: string): Promise<ConsentExport> {
    return exportConsent(this.#context.wire, workflowId)
  }

  /**
   * Erases every closed journey of a sender on a rail: evidence is kept in the store, then the histories are deleted. May
   * be repeated. An open journey is refused, unless `withdraw`.
   * @throws OnboardingError JOURNEY_OPEN, NOT_FOUND, TENANT_MISMATCH, EVIDENCE_UNREADABLE, EVIDENCE_NOT_KEPT, NOT_CONFIGURED
   */
  erase(workflowId: string, request: EraseRequest): Promise<ErasureReport> {
    return eraseJourneys(this.#context, workflowId, request)
  }

  /**
   * What of this tenant is due by the client's `retention`. Resolves when the list is taken; iterating over the answer
   * erases, paced, and gives each result.
   * @throws OnboardingError NOT_CONFIGURED, INVALID_INPUT
   */
  eraseDue(request: DueRequest = {}): Promise<DueRun> {
    return planDue(this.#context.wire, request, Date.now())
  }

  /** Closes the connection if this client made it. */
  async close(): Promise<void> {
    const owned = this.#owned
    this.#owned = null
    await owned?.close()
  }
}

/**
 * What the environment and Temporal's configuration file say about the server. What is probably not meant becomes a
 * warning of the process.
 * @throws OnboardingError NOT_CONFIGURED, which holds nothing of the file's content
 */
export function temporalConfig(env: Environment): { connection: ConnectionOptions; namespace: string | undefined } {
  const { config, problems, warnings } = readTemporalConfig(env)
  if (Object.keys(problems).length > 0) throw notConfigured(problems)
  for (const [name, warning] of Object.entries(warnings)) process.emitWarning(`${name}: ${warning}`)
  const given = Object.entries(config.connectionOptions).filter(([, value]) => value !== undefined)
  return { connection: Object.fromEntries(given), namespace: config.namespace }
}

/** What goes through Temporal in production is encrypted. */
function requireCodec({ environment }: Settings, encrypts: boolean): void {
  if (encrypts || environment !== 'production') return
  throw notConfigured({
    ONBOARDING_CODEC_KEYS_FILE:
      'Is not set, so names and mobiles would be in Temporal’s history in the clear. Name the file (or the option `codecKeys`); for trials say ONBOARDING_ENVIRONMENT=sandbox.',
  })
}

/** A ring that was given as an option may be another deployment's. */
function requireOwnKeys<T>(make: () => T): T {
  try {
    return make()
  } catch (error) {
    if (error instanceof KeyFileError) throw notConfigured({ codecKeys: error.message }, error)
    throw error
  }
}

async function connect(options: ConnectionOptions, waitedMs: number): Promise<Connection> {
  const connection = Connection.lazy(options)
  try {
    await connection.ensureConnected()
    return connection
  } catch (error) {
    await connection.close()
    const coded = toOnboardingError(error, { call: 'connect' })
    if (coded.code === 'ACCESS_DENIED') throw coded
    const address = options.address ?? 'localhost:7233'
    throw new OnboardingError('UNREACHABLE', {
      message: `Temporal at ${address} did not answer within ${String(waitedMs)} ms. Check TEMPORAL_ADDRESS and the server.`,
      details: { address },
      cause: error,
    })
  }
}
