/** Where a sender's mobile number goes in the path of an operation. */
export const CUSTOMER_ID = '{customer_id}'

/** The path of an operation with the sender's number in it. */
export function fillPath(template: string, mobile: string): string {
  return template.replaceAll(CUSTOMER_ID, encodeURIComponent(mobile))
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
