/** A message is one JSON object. What came as none or as several is a list, which the guards refuse. */
export function bodyOf(args: readonly unknown[]): unknown {
  return args.length === 1 ? args[0] : args
}
