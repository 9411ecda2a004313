const hasMessage = (value: unknown): value is { message: string; cause?: unknown } =>
  typeof value === 'object' && value !== null && 'message' in value && typeof value.message === 'string'

/** What an error says, with its cause's words: `fetch failed` alone tells nobody that the host is unknown. */
export const messageOf = (error: unknown): string => {
  // By shape, not by class: an error from another realm (a vm context) is no instance of this realm's Error.
  if (!hasMessage(error)) return String(error)
  const cause = hasMessage(error.cause) ? error.cause.message : ''
  return cause === '' || error.message.includes(cause) ? error.message : `${error.message}: ${cause}`
}
