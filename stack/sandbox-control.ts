import type {
  InboxJson,
  LedgerJson,
  MoneyJson,
  Purpose,
  RecipientJson,
  ScenariosJson,
  TransactionJson,
  TxStatus,
} from '../sandbox/index.js'

/** The sandbox as seen by whoever plays or judges a journey: inbox, ledger, faults, true states. Over HTTP, as anyone. */
export class SandboxControl {
  constructor(readonly url: string) {}

  /** The newest code sent to a mobile for a purpose. @throws Error where none was sent */
  async latestCode(mobile: string, purpose: Purpose): Promise<string> {
    const { messages } = await this.get<InboxJson>(`/inbox?mobile=${mobile}&purpose=${purpose}`)
    const latest = messages.at(-1)
    if (!latest) throw new Error(`The sandbox sent no ${purpose} code to this mobile.`)
    return latest.code
  }

  ledger(mobile?: string): Promise<LedgerJson> {
    return this.get(mobile === undefined ? '/ledger' : `/ledger?mobile=${mobile}`)
  }

  /** Test numbers that pass strict checks, and the numbers that make something happen. */
  scenarios(): Promise<ScenariosJson> {
    return this.get('/scenarios')
  }

  /** The true state of a sender. */
  sender(rail: string, mobile: string): Promise<{ readonly stage: string }> {
    return this.get(`/senders/${rail}/${mobile}`)
  }

  /** Puts a sender into a true state. */
  async putSender(rail: string, mobile: string, sender: Readonly<Record<string, unknown>>): Promise<void> {
    await this.send('PUT', `/senders/${rail}/${mobile}`, sender)
  }

  async addFaults(...faults: readonly Readonly<Record<string, unknown>>[]): Promise<void> {
    await this.send('POST', '/faults', { faults })
  }

  async clearFaults(): Promise<void> {
    await this.send('DELETE', '/faults')
  }

  async putDialect(dialect: string): Promise<void> {
    await this.send('PUT', '/dialect', { dialect })
  }

  /** Where all money is, and whether it is all there. */
  money(): Promise<MoneyJson> {
    return this.get('/money')
  }

  /** Transactions of a sender, with the truth about them. */
  async transactions(mobile: string): Promise<readonly TransactionJson[]> {
    return (await this.get<{ transactions: TransactionJson[] }>(`/transactions?mobile=${mobile}`)).transactions
  }

  /** Has a transaction end, or stand, so. */
  async settle(tid: string, txStatus: TxStatus): Promise<void> {
    await this.send('POST', `/transactions/${tid}`, { txStatus })
  }

  async recipients(rail: string, mobile: string): Promise<readonly RecipientJson[]> {
    return (await this.get<{ recipients: RecipientJson[] }>(`/recipients/${rail}/${mobile}`)).recipients
  }

  /** Registers a recipient of a sender, by default with its bank ready. */
  async addRecipient(rail: string, mobile: string, recipient: { readonly account: string }): Promise<RecipientJson> {
    return (await this.send('POST', `/recipients/${rail}/${mobile}`, recipient)).json() as Promise<RecipientJson>
  }

  /** Changes what the sandbox decides where Eko documents nothing. */
  async putPolicy(policy: Readonly<Record<string, unknown>>): Promise<void> {
    await this.send('PUT', '/policy', policy)
  }

  private async get<T>(path: string): Promise<T> {
    return (await this.send('GET', path)).json() as Promise<T>
  }

  private async send(method: string, path: string, body?: unknown): Promise<Response> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
    if (!response.ok)
      throw new Error(`The sandbox answered ${response.status} to ${method} ${path}: ${await response.text()}`)
    return response
  }
}
