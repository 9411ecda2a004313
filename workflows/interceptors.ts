import type { WorkflowInterceptors } from '@temporalio/workflow'

/** Names that begin like this are Temporal's own. */
const RESERVED = '__temporal_'

/** A reserved name as one that nobody has: the default handlers then refuse it by its name. */
function plainName(name: string): string {
  return name.startsWith(RESERVED) ? `?${name}` : name
}

/**
 * Where a workflow has a default handler, the SDK throws at signals and updates of reserved names. Anybody can send one,
 * and the workflow task would fail for ever: so they are renamed before the SDK looks at them.
 */
export function interceptors(): WorkflowInterceptors {
  return {
    internals: [
      {
        activate(input, next) {
          for (const { signalWorkflow, doUpdate } of input.activation.jobs ?? []) {
            if (signalWorkflow?.signalName) signalWorkflow.signalName = plainName(signalWorkflow.signalName)
            if (doUpdate?.name) doUpdate.name = plainName(doUpdate.name)
          }
          next(input)
        },
      },
    ],
  }
}
