import type { ClusterCheckName } from '../names.js';
import { authentication } from './authentication.js';
import { backupNotRunning } from './backup-not-running.js';
import { balancerCapacity } from './balancer-capacity.js';
import { clientsCanMove } from './clients-can-move.js';
import type { ClusterCheck } from './cluster-check.js';
import { dataKept } from './data-kept.js';
import { disk } from './disk.js';
import { drained } from './drained.js';
import { headroom } from './headroom.js';
import { licenseCovers } from './license-covers.js';
import { maintenanceWindow } from './maintenance-window.js';
import { maxUnavailable } from './max-unavailable.js';
import { reallyGone } from './really-gone.js';
import { replicaCount } from './replica-count.js';
import { replicas } from './replicas.js';
import { singleRecoveryStart } from './single-recovery-start.js';
import { synchronized } from './synchronized.js';
import { versions } from './versions.js';

/** Checks of a cluster in motion, by name. */
export const clusterChecks: Readonly<Record<ClusterCheckName, ClusterCheck>> = {
  'max-unavailable': maxUnavailable,
  synchronized,
  replicas,
  'replica-count': replicaCount,
  drained,
  'single-recovery-start': singleRecoveryStart,
  'data-kept': dataKept,
  versions,
  disk,
  'really-gone': reallyGone,
  authentication,
  'backup-not-running': backupNotRunning,
  'clients-can-move': clientsCanMove,
  headroom,
  'license-covers': licenseCovers,
  'balancer-capacity': balancerCapacity,
  'maintenance-window': maintenanceWindow,
};
