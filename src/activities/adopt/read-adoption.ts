import type { ReadHost } from '../../adapters/ports/index.js';
import { HivekeeperError, isHivekeeperError } from '../../domain/errors/index.js';
import type { ParsedInput } from '../../domain/operations/index.js';
import { type Adoption, type FoundSecret, refuseAll } from '../../domain/planning/index.js';
import type { RecordState } from '../../domain/record/index.js';
import {
  type ClusterSpec,
  formatIssue,
  outlineSpec,
  parseClusterSpec,
  type SpecResult,
} from '../../domain/spec/index.js';
import { ClusterSession } from '../cluster-session.js';
import type { Dependencies } from '../dependencies.js';
import { findPlace } from './place-facts.js';

/** A cluster that was made by hand, as its hosts tell of it, and its spec. */
export interface ReadCluster {
  readonly spec: ClusterSpec;
  readonly adoption: Adoption;
}

/**
 * Reads the hosts of a cluster that was made by hand and changes nothing on them. The licenses and extensions that they
 * have are in the content store afterwards.
 * @throws PlanRefused with everything that keeps it from being adopted, HostUnreachable
 */
export async function readAdoption(
  dependencies: Dependencies,
  input: ParsedInput,
  record: RecordState,
  signal: AbortSignal,
): Promise<ReadCluster> {
  const { cluster } = input;
  const given = mapping(input['spec'], cluster);
  const outline = specIn(outlineSpec(given));
  if (outline.name !== cluster) {
    throw new HivekeeperError('InvalidInput', `the spec is of ${outline.name}, the operation of ${cluster}`);
  }
  const { user, product } = outline.broker;
  const reader = dependencies.reader(product);
  const hosts = await installed(new ClusterSession(dependencies, outline, record), reader.isInstalled, signal);
  if (hosts.length === 0) {
    const homes = [...new Set(outline.hosts.map(({ home }) => home ?? outline.broker.home))].join(', ');
    refuseAll({ spec: outline }, [
      `no host of the file has a broker in ${homes}; say where it is: broker.home, or hosts[].home`,
    ]);
  }
  const {
    spec: found,
    nodes,
    secrets,
    notes,
    problems,
  } = await reader.read({ given, cluster, user, hosts }, dependencies.store, signal);
  refuseAll({ spec: outline }, problems);
  const spec = specIn(parseClusterSpec(found));
  const session = new ClusterSession(dependencies, spec, record);
  const places = await Promise.all(nodes.map((node) => findPlace(session, node, signal)));
  const known = await Promise.all(
    secrets.map(async (secret) => ({ ...secret, set: await isSet(dependencies, secret) })),
  );
  return { spec, adoption: { spec: found, nodes, places, secrets: known, notes } };
}

/** The hosts that may have a node and do; those without one are spares. */
async function installed(session: ClusterSession, test: string, signal: AbortSignal): Promise<ReadHost[]> {
  const { user } = session.spec.broker;
  const hosts = await Promise.all(
    session.nodeHosts().map(async (name) => {
      const host = await session.connect(name, signal);
      const { home } = session.resolved(name);
      const program = `if ${test}; then echo there; fi`;
      const { stdout } = await host.script(program, [home], { asUser: user, signal });
      return stdout.trim() === 'there' ? [{ name, host, home }] : [];
    }),
  );
  return hosts.flat();
}

async function isSet({ secrets }: Dependencies, { reference }: Pick<FoundSecret, 'reference'>): Promise<boolean> {
  try {
    await secrets.resolve({ env: reference });
    return true;
  } catch (error) {
    if (isHivekeeperError(error, 'SecretMissing')) return false;
    throw error;
  }
}

function mapping(value: unknown, cluster: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new HivekeeperError('InvalidInput', `${cluster}: a spec is a mapping with name, broker, ssh and hosts`);
}

function specIn(result: SpecResult): ClusterSpec {
  if (result.ok) return result.spec;
  throw new HivekeeperError('InvalidInput', `the spec is not valid: ${result.issues.map(formatIssue).join('; ')}`);
}
