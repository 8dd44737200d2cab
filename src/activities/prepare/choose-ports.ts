import { productOf } from '../../domain/products/index.js';
import type { RecordState } from '../../domain/record/index.js';
import { type ClusterSpec, nodeHosts, reviveClusterSpec } from '../../domain/spec/index.js';
import { ClusterSession } from '../cluster-session.js';
import type { Dependencies } from '../dependencies.js';
import { readSockets, socketsProgram, usedNumbers } from '../hosts/taken-ports.js';

/**
 * The spec with a number for each port that it leaves to Hivekeeper. The record keeps the spec as it is returned here, so
 * that a choice is made once; a number is free on every host that may have a node.
 * @throws HivekeeperError HostUnreachable when a new choice is to be made and a host cannot be asked what it uses
 */
export async function withChosenPorts(
  dependencies: Dependencies,
  spec: ClusterSpec,
  record: RecordState,
  signal: AbortSignal,
): Promise<ClusterSpec> {
  const product = productOf(spec);
  if (!product.hasOpenPorts(spec)) return spec;
  const recorded = record.spec === null ? null : reviveClusterSpec(record.spec);
  // Where the record has them all no host is asked, so that one that is down is in nobody's way.
  const kept = recorded === null ? spec : product.keepPorts(spec, recorded);
  const used = product.hasOpenPorts(kept) ? await usedNumbersOf(dependencies, spec, record, signal) : [];
  return product.choosePorts(spec, recorded, (port) => used.some((numbers) => numbers.has(port)));
}

function usedNumbersOf(
  dependencies: Dependencies,
  spec: ClusterSpec,
  record: RecordState,
  signal: AbortSignal,
): Promise<Set<number>[]> {
  const session = new ClusterSession(dependencies, spec, record);
  return Promise.all(
    nodeHosts(spec).map(async ({ name }) => {
      const host = await session.connect(name, signal);
      const { stdout } = await host.script(socketsProgram, [], { signal });
      return usedNumbers(readSockets(stdout));
    }),
  );
}
