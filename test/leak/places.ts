import { type Kind, MISTAKES, PERSONAL } from './kinds.js'

/** A place that is searched: a row of the table. */
export interface Place {
  readonly title: string
  /** What may be readable there, and why. Everything else must not be. */
  readonly readable: Readonly<Partial<Record<Kind, string>>>
}

/** Because of what it is for. */
const SERVES = 'whoever holds the codec’s keys serves the sender; the codec server, which has them, shows masks'
const NAMES_A_WALLET = 'it names a wallet, opens none, and says of nobody who it is'
const AS_SENT = 'Temporal keeps a message as its sender sent it'
const OUTSIDE = 'ids, names and reasons are no payloads: no codec sees them'

const DEBUGGING =
  'Node’s own debugging prints URLs and headers of requests; in production a worker refuses to run with it'
const NAMELESS = 'a code in a field of another name has no form by which it could be known'

const personal = Object.fromEntries(PERSONAL.map((kind) => [kind, SERVES]))
const mistakes = Object.fromEntries(MISTAKES.map((kind) => [kind, AS_SENT]))

export const PLACES = {
  history: { title: 'event histories, as Temporal holds them', readable: { inClear: AS_SENT, asId: OUTSIDE } },
  historyDecoded: { title: 'event histories, decoded with the codec’s keys', readable: { ...personal, ...mistakes } },
  codecServer: {
    title: 'payloads of histories, through the codec server',
    readable: { walletId: NAMES_A_WALLET, strayCode: NAMELESS },
  },
  temporalCli: {
    title: 'Temporal’s tool, with and without the codec server',
    readable: { walletId: NAMES_A_WALLET, strayCode: NAMELESS, inClear: AS_SENT, asId: OUTSIDE },
  },
  database: { title: 'Temporal’s database file, write-ahead log', readable: { inClear: AS_SENT, asId: OUTSIDE } },
  records: { title: 'records of that database, put together', readable: { inClear: AS_SENT, asId: OUTSIDE } },
  visibility: { title: 'visibility: lists, search attributes, memos, summaries', readable: {} },
  details: { title: 'current details, as Temporal UI shows them', readable: {} },
  failures: { title: 'failures and stack traces of tasks, decoded', readable: {} },
  heartbeats: { title: 'activities under way, heartbeat details, decoded', readable: {} },
  answers: { title: 'answers of the client: views, receipts, results', readable: {} },
  errors: { title: 'errors of the client, with all that they hold', readable: {} },
  workerLog: { title: 'worker’s log, at its most talkative', readable: {} },
  httpTrace: {
    title: 'what Node’s HTTP client prints with NODE_DEBUG',
    readable: { mobile: DEBUGGING, developerKey: DEBUGGING, walletToken: DEBUGGING },
  },
  codecServerLog: { title: 'codec server’s log', readable: {} },
  temporalLog: { title: 'Temporal server’s log', readable: {} },
  metrics: { title: 'metrics endpoints', readable: {} },
  cli: { title: 'onboard: output of every command', readable: {} },
  brokenStarts: { title: 'programs that do not start: complaints, dumps', readable: {} },
  files: { title: 'temporary files and .local, without the files of keys', readable: {} },
} as const satisfies Readonly<Record<string, Place>>
export type PlaceName = keyof typeof PLACES
export const ALL_PLACES = Object.keys(PLACES) as PlaceName[]

/** What was found to search, by place. */
export type Material = Readonly<Record<PlaceName, readonly Buffer[]>>
