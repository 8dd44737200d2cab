import type { CheckFacts, ClusterCheckName } from '../../domain/checks/index.js';
import type { ClusterObservation } from '../../domain/observation/index.js';
import type { ClusterSession } from '../cluster-session.js';
import { readBackup } from './read-backup.js';
import { readBalancer } from './read-balancer.js';
import { readCpu } from './read-cpu.js';
import { readLicense } from './read-license.js';
import { readWindow } from './read-window.js';

/** What a reader may look at; it answers undefined where nobody can tell. */
export interface FactRequest {
  readonly session: ClusterSession;
  readonly observation: ClusterObservation;
  readonly signal: AbortSignal | undefined;
}

/** Which facts a check looks at. */
const factsOf: Readonly<Partial<Record<ClusterCheckName, readonly (keyof CheckFacts)[]>>> = {
  'backup-not-running': ['backup'],
  headroom: ['cpu'],
  'license-covers': ['license'],
  'clients-can-move': ['balancer'],
  'balancer-capacity': ['balancer'],
  'maintenance-window': ['window'],
};

/** Reads what these checks look at beyond the observation, each once. */
export async function readCheckFacts(names: readonly ClusterCheckName[], request: FactRequest): Promise<CheckFacts> {
  const wanted = new Set(names.flatMap((name) => factsOf[name] ?? []));
  const read = <Fact>(
    fact: keyof CheckFacts,
    reader: (request: FactRequest) => Promise<Fact>,
  ): Promise<Fact | undefined> => (wanted.has(fact) ? reader(request) : Promise.resolve(undefined));
  const [backup, cpu, license, balancer, window] = await Promise.all([
    read('backup', readBackup),
    read('cpu', readCpu),
    read('license', readLicense),
    read('balancer', readBalancer),
    read('window', readWindow),
  ]);
  return {
    ...(backup !== undefined && { backup }),
    ...(cpu && { cpu }),
    ...(license && { license }),
    ...(balancer && { balancer }),
    ...(window && { window }),
  };
}
