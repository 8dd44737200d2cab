import { HivekeeperError } from '../../../../domain/errors/index.js';
import { balancerEndpoints, type BrokerProduct, productOf } from '../../../../domain/products/index.js';
import { memberNames } from '../../../../domain/record/index.js';
import { type ClusterSpec, reviveClusterSpec } from '../../../../domain/spec/index.js';
import { queryRecord, type TemporalAddress } from '../../../temporal/index.js';
import type { CliIo } from '../../io.js';
import { endpointLines, loadBalancers } from '../../output/endpoints-view.js';
import { printJson } from '../../output/json.js';
import { fileTargets } from '../../output/prometheus-targets.js';
import { createScreen } from '../../output/screen.js';
import { srvRecords } from '../../output/srv-records.js';
import { withTemporal } from '../shared/with-temporal.js';

export interface EndpointsRequest {
  readonly cluster: string;
  readonly form: 'table' | 'srv' | 'prometheus' | 'json';
  readonly domain: string | undefined;
}

/** @throws HivekeeperError UnknownCluster; InvalidInput where nothing serves metrics */
export async function showEndpoints(
  { cluster, form, domain }: EndpointsRequest,
  temporal: Partial<TemporalAddress>,
  io: CliIo,
): Promise<void> {
  const record = await withTemporal(io, temporal, (session) => queryRecord(session, cluster));
  if (record.spec === null) throw new HivekeeperError('UnknownCluster', `${cluster} was never deployed`);
  const spec = reviveClusterSpec(record.spec);
  const product = productOf(spec);
  const members = memberNames(record);
  const nodes = product.clientEndpoints(spec, members);
  const before = balancerEndpoints(product, spec);
  switch (form) {
    case 'prometheus':
      showTargets(spec, product, members, io);
      return;
    case 'srv':
      // Clients that find the nodes by DNS would pass the balancer by, and be sent to nodes that are drained.
      io.stdout.write(srvRecords(cluster, before.length > 0 ? before : nodes, domain));
      return;
    case 'json':
      printJson(io, { cluster, endpoints: [...before, ...nodes], loadBalancers: loadBalancers(spec) });
      return;
    case 'table':
      createScreen(io).print(endpointLines({ before, nodes, balancers: loadBalancers(spec) }));
  }
}

function showTargets(spec: ClusterSpec, product: BrokerProduct, members: readonly string[], io: CliIo): void {
  const metrics = product.metricsEndpoints(spec, members);
  if (metrics === null) {
    throw new HivekeeperError(
      'InvalidInput',
      `${spec.name}: no extension of its spec serves metrics; add one: extensions: [{ id: hivemq-prometheus-extension, content: { url, sha256 } }]`,
    );
  }
  if (metrics.some(({ known }) => !known)) {
    io.stderr.write(
      'warning: the port of the extension stands in a file that is not in the spec; its default is given\n',
    );
  }
  if (metrics.some(({ local }) => local)) {
    io.stderr.write('warning: the extension listens on the loopback, where only the host itself can read it\n');
  }
  io.stdout.write(`${JSON.stringify(fileTargets(spec.name, metrics), null, 2)}\n`);
}
