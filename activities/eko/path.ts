/** Where a sender's mobile number goes in the path of an operation. */
export const CUSTOMER_ID = '{customer_id}'

/** Where Eko's id of a transaction goes. */
export const TID = '{tid}'
/** Where a transaction's id goes, or `client_ref_id:` and the reference that it was asked for under. */
export const TRANSACTION_REFERENCE = '{transaction-reference}'

/** Eko's id of a transaction, or the `client_ref_id` that it was asked for under. */
export type TransactionName = { readonly tid: string } | { readonly clientRefId: string }

/** What a path can name. */
export interface PathNames {
  readonly mobile: string
  readonly transaction?: TransactionName | undefined
}

/** The path of an operation with what it names in it; null where it names a transaction that is not given. */
export function fillPath(template: string, { mobile, transaction }: PathNames): string | null {
  const names: Readonly<Record<string, string | undefined>> = {
    [CUSTOMER_ID]: encodeURIComponent(mobile),
    [TID]: transaction && 'tid' in transaction ? encodeURIComponent(transaction.tid) : undefined,
    [TRANSACTION_REFERENCE]: transaction && referenceOf(transaction),
  }
  const parts = Object.entries(names).filter(([place]) => template.includes(place))
  if (parts.some(([, name]) => name === undefined)) return null
  return parts.reduce((path, [place, name = '']) => path.replaceAll(place, name), template)
}

/** The colon stays one, as on Eko's page; RFC 3986 §3.3 allows it. */
function referenceOf(transaction: TransactionName): string {
  return 'tid' in transaction
    ? encodeURIComponent(transaction.tid)
    : `client_ref_id:${encodeURIComponent(transaction.clientRefId)}`
}

/** Whether a template names the sender; where it does not, `customer_id` travels as a parameter. */
export function namesSender(template: string): boolean {
  return template.includes(CUSTOMER_ID)
}

/** The address of a call: base URL (with or without a slash at its end), path and query. */
export function callUrl(baseUrl: string, path: string, query: Readonly<Record<string, string>>): string {
  const url = new URL(`${baseUrl.replace(/\/+$/, '')}${path}`)
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  return url.href
}
