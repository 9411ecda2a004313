/**
 * The platform's clock. Its offset moves the `Date` header, the ±2 minutes of the signature and the `exp` of tokens,
 * and nothing else: lifetimes of codes are measured on the true clock, so that a skew test does not expire codes.
 */
export class SandboxClock {
  offsetMs: number
  /**
   * How far the bank's clock is ahead of the true time, ms. It moves settlements, cooling periods, late commits, and the
   * days and months of limits, and nothing else, so that a test can let an hour pass for money alone.
   */
  bankAheadMs = 0

  constructor(offsetMs = 0) {
    this.offsetMs = offsetMs
  }

  /** What the platform believes the time is, ms since the epoch. */
  platformNow(): number {
    return Date.now() + this.offsetMs
  }

  /** The true time, ms since the epoch; the ledger and lifetimes of codes use it. */
  trueNow(): number {
    return Date.now()
  }

  /** What the time is for money, ms since the epoch. */
  bankNow(): number {
    return Date.now() + this.bankAheadMs
  }

  /** The true time as ISO 8601, for ledger and inbox. */
  stamp(): string {
    return new Date().toISOString()
  }
}
