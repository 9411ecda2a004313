/**
 * The first characters of a workflow id's hash: the start of every `client_ref_id`. Whoever starts a run by hand may
 * give it any id, so what Eko does not take (all but letters and digits) is left out.
 */
export function idHash(workflowId: string): string {
  const last = workflowId.split(':').at(-1) ?? ''
  return last.replace(/[^A-Za-z0-9]/g, '').slice(0, 10)
}
