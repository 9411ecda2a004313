import type { Logger } from '@temporalio/common'
import { Runtime } from '@temporalio/worker'
import type { WorkerConfig } from './config.js'

/**
 * Sets the SDK's runtime up: our log for everything (its native part included), metrics for Prometheus with the names
 * that Temporal's dashboards and alerts use. Once a process, before the first connection; SIGINT and SIGTERM then shut
 * workers down gracefully.
 */
export function installRuntime(config: Pick<WorkerConfig, 'metricsAddress'>, logger: Logger): Runtime {
  const { metricsAddress } = config
  return Runtime.install({
    logger,
    telemetryOptions: {
      logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} },
      ...(metricsAddress === undefined
        ? {}
        : {
            metrics: {
              prometheus: {
                bindAddress: metricsAddress,
                countersTotalSuffix: true,
                unitSuffix: true,
                useSecondsForDurations: true,
              },
            },
          }),
    },
  })
}
