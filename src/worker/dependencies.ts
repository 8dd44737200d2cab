import { join } from 'node:path';
import type { Dependencies } from '../activities/index.js';
import { DirectoryContentStore } from '../adapters/content/index.js';
import { commandFencing } from '../adapters/fencing/index.js';
import { createGates } from '../adapters/gate/index.js';
import { createDrivers, fileUserPasswords, readerOf } from '../adapters/products/index.js';
import { WorkerSecrets } from '../adapters/secrets/index.js';
import { SshHostPool } from '../adapters/ssh/index.js';
import type { Supervisor } from '../adapters/ports/index.js';
import { ProcessSupervisor, SystemdSupervisor } from '../adapters/supervisor/index.js';
import { keyMaterialIssuer } from '../adapters/tls/index.js';
import type { ClusterSpec } from '../domain/spec/index.js';
import type { WorkerConfig } from './config.js';

const supervisors: Readonly<Record<ClusterSpec['broker']['supervisor'], Supervisor>> = {
  process: new ProcessSupervisor(),
  systemd: new SystemdSupervisor(),
};

/** The real world as one worker reaches it; the records come with the connection to Temporal. */
export function createDependencies(config: WorkerConfig): Omit<Dependencies, 'records'> {
  const supervisor = (spec: ClusterSpec): Supervisor => supervisors[spec.broker.supervisor];
  const secrets = new WorkerSecrets(config.secrets);
  return {
    hosts: new SshHostPool(),
    store: new DirectoryContentStore(join(config.data, 'content')),
    secrets,
    keyMaterial: keyMaterialIssuer(config.data, { ...(config.issuers && { hooks: config.issuers }) }),
    userPasswords: fileUserPasswords(config.data),
    diagnostics: join(config.data, 'diagnostics'),
    ...(config.stallAfter !== undefined && { stallAfter: config.stallAfter }),
    supervisor,
    driver: createDrivers({ supervisor, secrets }),
    reader: readerOf,
    gate: createGates(config.hooks),
    fencing: ({ fencing }) => (fencing ? commandFencing(config.fencing ?? {}, fencing.hook) : null),
  };
}
