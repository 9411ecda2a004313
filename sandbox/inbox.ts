import type { Purpose, Rail } from './names.js'

/** One SMS as its reader sees it. */
export interface InboxMessage {
  id: number
  at: string
  rail: Rail
  /** The phone that received it. */
  mobile: string
  /** The sender whose onboarding it belongs to; differs from `mobile` where Aadhaar is linked to another phone. */
  sender: string
  purpose: Purpose
  code: string
  otpRefId: string
}

/** `GET /inbox`, newest last. */
export interface InboxJson {
  messages: InboxMessage[]
}

export interface InboxFilter {
  mobile?: string
  purpose?: string
}

/** Every phone of the sandbox. */
export class Inbox {
  readonly #messages: InboxMessage[] = []

  deliver(message: Omit<InboxMessage, 'id'>): void {
    this.#messages.push({ id: this.#messages.length + 1, ...message })
  }

  /** Messages, newest last; `mobile` matches the phone or the sender. */
  messages(filter: InboxFilter = {}): InboxMessage[] {
    return this.#messages.filter(
      (message) =>
        (filter.mobile === undefined || message.mobile === filter.mobile || message.sender === filter.mobile) &&
        (filter.purpose === undefined || message.purpose === filter.purpose),
    )
  }
}
