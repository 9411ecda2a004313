/** Eko's documented values of `tx_status`; it is text in `data`. */
export const TxStatus = {
  success: '0',
  failed: '1',
  initiated: '2',
  refundPending: '3',
  refunded: '4',
  onHold: '5',
  awaited: '6',
} as const
export type TxStatus = (typeof TxStatus)[keyof typeof TxStatus]
export const TX_STATUSES: readonly TxStatus[] = Object.values(TxStatus)

/** A value that no page lists: to be treated as initiated, says Eko's flow page. */
export const UNLISTED_STATUS = '9'

/** What `tx_status` may be. */
export type AnyTxStatus = TxStatus | typeof UNLISTED_STATUS

/** Text of `txstatus_desc`: documented as words of the table of `tx_status`. */
export const STATUS_TEXT: Readonly<Record<AnyTxStatus, string>> = {
  [TxStatus.success]: 'Success',
  [TxStatus.failed]: 'Fail',
  [TxStatus.initiated]: 'Initiated',
  [TxStatus.refundPending]: 'Refund Pending',
  [TxStatus.refunded]: 'Refunded',
  [TxStatus.onHold]: 'Hold',
  [TxStatus.awaited]: 'Response Awaited',
  [UNLISTED_STATUS]: 'In Process',
}

/** Statuses that change no more. */
export function isFinal(status: AnyTxStatus): boolean {
  return status === TxStatus.success || status === TxStatus.failed || status === TxStatus.refunded
}

/** How a transfer goes. */
export interface PathRule {
  what: string
  /** The status that Initiate Transaction answers. */
  first: AnyTxStatus
  /** Whether the wallet is debited; a failure after a debit gives everything back. */
  debits: boolean
  /** The status after settlement; null where only the control API settles. Absent where the first one stays. */
  then?: AnyTxStatus | null
}

/** Every way that a transfer can go; each recipient has one. *Sandbox policy*: Eko documents no test recipients. */
export const TRANSFER_PATHS = {
  success: { what: 'paid at once', first: '0', debits: true },
  failBeforeDebit: { what: 'declined, nothing was debited', first: '1', debits: false },
  failAfterDebit: { what: 'debited, declined by the bank, and given back at once', first: '1', debits: true },
  pendingSuccess: { what: 'initiated, paid after settlement', first: '2', debits: true, then: '0' },
  pendingFailed: { what: 'initiated, failed after settlement and given back', first: '2', debits: true, then: '1' },
  pendingRefund: { what: 'initiated, refund pending after settlement', first: '2', debits: true, then: '3' },
  refundPending: { what: 'refund pending at once', first: '3', debits: true },
  onHold: { what: 'on hold, paid after settlement', first: '5', debits: true, then: '0' },
  awaited: { what: 'response awaited, paid after settlement', first: '6', debits: true, then: '0' },
  unlisted: { what: 'a tx_status that no page lists, paid after settlement', first: '9', debits: true, then: '0' },
  neverSettled: { what: 'initiated until the control API settles it', first: '2', debits: true, then: null },
} as const satisfies Record<string, PathRule>
export type TransferPath = keyof typeof TRANSFER_PATHS
export const TRANSFER_PATH_NAMES = Object.keys(TRANSFER_PATHS) as [TransferPath, ...TransferPath[]]

/** The rule of a path, with its optional parts. */
export function pathRule(path: TransferPath): PathRule {
  return TRANSFER_PATHS[path]
}
