import { setWorkflowOptions, workflowInfo } from '@temporalio/workflow'

/**
 * For workflows that may never end: they go on with whatever build is current, since pinned to one they would need its
 * workers for ever. Where workers are not versioned, the server refuses to hear of a behaviour.
 */
export function outlivesBuilds(workflow: (...args: never[]) => Promise<unknown>): void {
  setWorkflowOptions(
    () => (workflowInfo().currentDeploymentVersion?.deploymentName ? { versioningBehavior: 'AUTO_UPGRADE' } : {}),
    workflow as Parameters<typeof setWorkflowOptions>[1],
  )
}
