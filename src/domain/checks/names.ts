/** Checks of a cluster in motion: evaluated on a fresh observation before each step that disturbs a node. */
export const clusterCheckNames = [
  'max-unavailable',
  'synchronized',
  'replicas',
  'replica-count',
  'drained',
  'single-recovery-start',
  'data-kept',
  'versions',
  'disk',
  'really-gone',
  'authentication',
  'backup-not-running',
  'clients-can-move',
  'headroom',
  'license-covers',
  'balancer-capacity',
  'maintenance-window',
] as const;

/** Checks of a host before anything is put on it. */
export const hostCheckNames = [
  'host-reachable',
  'host-key',
  'privilege',
  'name-free',
  'java',
  'open-files',
  'ports-free',
  'node-to-node',
  'clock-skew',
  'host-disk',
  'tools',
  'executable-home',
  'same-filesystem',
] as const;

/** Checks of the way in which nodes find and reach each other, tried out between the hosts. */
export const discoveryCheckNames = [
  'discovery-reach',
  'same-network',
  'datagrams',
  'bucket',
  'announcements',
  'discovery-name',
  'discovery-settings',
] as const;

/** Checks of what listeners show to clients; evaluated where somebody asks how the cluster does. */
export const certificateCheckNames = ['certificates'] as const;

/** Checks of what lies on the nodes against the record; evaluated where somebody asks how the cluster does. */
export const recordCheckNames = ['as-recorded'] as const;

/** Checks of the machine that runs the recovery tool. */
export const recoveryCheckNames = ['recovery-host'] as const;

/** The lease itself: held by the record, shown like any other check, never to be overridden. */
export const leaseCheckNames = ['one-operation'] as const;

export const checkNames = [
  ...leaseCheckNames,
  ...clusterCheckNames,
  ...hostCheckNames,
  ...discoveryCheckNames,
  ...certificateCheckNames,
  ...recordCheckNames,
  ...recoveryCheckNames,
] as const;
export type CheckName = (typeof checkNames)[number];
export type ClusterCheckName = (typeof clusterCheckNames)[number];
export type DiscoveryCheckName = (typeof discoveryCheckNames)[number];
