import type { MetricsEndpoint } from '../../../domain/products/index.js';
import { authority } from './endpoints-view.js';

/** One entry of a file for `file_sd_configs` of Prometheus. */
export interface TargetGroup {
  readonly targets: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

/** One group for each node, so that metrics carry its name. `__metrics_path__` is taken by Prometheus for the scrape. */
export function fileTargets(cluster: string, metrics: readonly MetricsEndpoint[]): TargetGroup[] {
  return metrics.map(({ host, address, port, path }) => ({
    targets: [authority(address, port)],
    labels: { cluster, node: host, __metrics_path__: path },
  }));
}
