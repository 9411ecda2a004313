import type { JourneySummary } from '../journeys.js'
import {
  ATTENTION,
  type NextAction,
  OUTCOMES,
  type Receipt,
  type StatusWith,
  type View,
} from '../../workflows/messages.js'
import { RAIL_NAMES } from '../start.js'

/** Lines for people: short, aligned, masked. */

export type Row = readonly [name: string, value: string]

/** Name and value, the values below each other. */
export function aligned(rows: readonly Row[]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length))
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`.trimEnd())
}

/** Columns below each other. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

/** `in 4 min 10 s`, `2 h 3 min ago`, with the time itself. */
export function when(iso: string, now: number = Date.now()): string {
  const seconds = Math.round((Date.parse(iso) - now) / 1_000)
  const length = duration(Math.abs(seconds))
  return `${seconds >= 0 ? `in ${length}` : `${length} ago`} (${iso})`
}

function duration(seconds: number): string {
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  if (seconds < 172_800) return `${Math.floor(seconds / 3_600)} h ${Math.floor((seconds % 3_600) / 60)} min`
  return `${Math.floor(seconds / 86_400)} days`
}

export function statusText(status: StatusWith<string>): string {
  switch (status.kind) {
    case 'WAITING_FOR_USER':
      return 'waiting for the user'
    case 'CALLING_EKO':
      return `calling Eko (${status.call})`
    case 'PARKED':
      return `parked: ${status.dependency}, tried again ${when(status.retryAt)}`
    case 'NEEDS_ATTENTION':
      return `needs attention: ${status.reason}`
    case 'CLOSED':
      return 'closed'
  }
}

/** What is to be done, and the command that does it. */
export function nextLines(action: NextAction, id: string, program: string): string[] {
  const { text, command } = next(action)
  return [text, ...(command ? [`${program} ${command} --id ${id}`] : [])]
}

function next(action: NextAction): { readonly text: string; readonly command?: string } {
  switch (action.do) {
    case 'WAIT':
      return { text: 'Wait: a call to Eko is on its way.', command: 'status --watch' }
    case 'WAIT_UNTIL':
      return { text: `Wait: ${action.dependency} is away; tried again ${when(action.retryAt)}.`, command: 'explain' }
    case 'ENTER_SENDER_DETAILS': {
      const errors = Object.entries(action.fieldErrors ?? {}).map(([field, error]) => ` ${field}: ${error}`)
      return { text: `Enter name, date of birth and address.${errors.join('')}`, command: 'details' }
    }
    case 'ENTER_SENDER_OTP':
      return { text: `Enter the code sent to the sender’s mobile. ${codeText(action)}`, command: 'otp' }
    case 'ENTER_AADHAAR_OTP': {
      const where = action.mobileHint ? ` (${action.mobileHint})` : ''
      return {
        text: `Enter the code sent to the Aadhaar-linked mobile${where}. ${codeText(action)}`,
        command: 'aadhaar-otp',
      }
    }
    case 'REQUEST_NEW_CODE':
      return {
        text: `Ask for a new code (${action.reason}), ${when(action.resendAvailableAt)}; ${action.resendsLeft} left.`,
        command: 'resend',
      }
    case 'REQUEST_CONSENT': {
      const offered = action.languages ? ` Languages: ${action.languages.join(', ')}.` : ''
      return { text: `Show the sender the Aadhaar consent.${offered}`, command: 'consent' }
    }
    case 'ENTER_AADHAAR':
      return {
        text: `Enter the Aadhaar number; the consent is shown first.${errorText(action.lastError)}`,
        command: 'aadhaar',
      }
    case 'ENTER_PAN':
      return { text: `Enter the PAN.${errorText(action.lastError)}`, command: 'pan' }
    case 'CONTACT_SUPPORT':
      return { text: `${action.reason}: ${ATTENTION[action.reason].action}`, command: 'explain' }
    case 'NOTHING':
      return { text: `Nothing: the journey ended as ${action.state}.` }
  }
}

export function codeText(action: { attemptsLeft: number; expiresAt: string }): string {
  const tries = action.attemptsLeft === 1 ? '1 try' : `${action.attemptsLeft} tries`
  return `${tries} left, expires ${when(action.expiresAt)}.`
}

function errorText(error: string | undefined): string {
  return error ? ` Last time: ${error}` : ''
}

export function viewLines(view: View, program: string): string[] {
  const [todo = '', command] = nextLines(view.nextAction, view.workflowId, program)
  const { lastOutcome } = view
  return aligned([
    ['Journey', view.workflowId],
    ['Sender', `${view.mobileMasked} · ${RAIL_NAMES[view.rail]} · agent ${view.userCode}`],
    ['State', `${view.state} · ${statusText(view.status)}`],
    ...(view.rejection ? [['Rejected', view.rejection] as Row] : []),
    ...(lastOutcome ? [['Last', `${lastOutcome.code}: ${lastOutcome.message}`] as Row] : []),
    ['Next', todo],
    ...(command ? [['', command] as Row] : []),
  ])
}

export function receiptLines(receipt: Receipt, id: string, program: string): string[] {
  const { outcome, detail } = receipt
  const [todo = '', command] = nextLines(receipt.nextAction, id, program)
  return aligned([
    ['Outcome', `${outcome}: ${OUTCOMES[outcome].cause}${detail ? ` (${detail})` : ''}`],
    ['State', receipt.state],
    ['Next', todo],
    ...(command ? [['', command] as Row] : []),
  ])
}

export function summaryLines(journeys: readonly JourneySummary[]): string[] {
  if (journeys.length === 0) return ['No journeys.']
  return table([
    ['STATE', 'STATUS', 'RUN', 'STARTED', 'ID'],
    ...journeys.map((journey) => [
      journey.state ?? '-',
      journey.status ?? '-',
      journey.runStatus,
      journey.startedAt,
      journey.workflowId,
    ]),
  ])
}
