// A file of its own: its Unicode classes compile to 30 KB, which a workflow bundle must not carry.

/** `Y******* B******`: the first letter of each word. */
export function maskName(name: string): string {
  return name.replace(
    /([\p{L}\p{M}])([\p{L}\p{M}'’.-]*)/gu,
    (_, first: string, rest: string) => first + '*'.repeat(rest.length),
  )
}
