interface KindInfo {
  /** Whether Temporal should try the activity again on its own. */
  readonly retryable: boolean;
  readonly meaning: string;
}

const retry = (meaning: string): KindInfo => ({ retryable: true, meaning });
const final = (meaning: string): KindInfo => ({ retryable: false, meaning });

/** Every kind of error by name. The names are API: they are the `type` of Temporal failures and stand in the docs. */
export const errorKinds = {
  // input
  InvalidInput: final('The input of an operation or a spec file is not valid.'),
  UnknownCluster: final('No record of this cluster exists.'),
  UnknownNode: final('The cluster has no such node.'),
  UnknownStep: final('A plan names a step that this worker does not know.'),
  PlanRefused: final('The request cannot be planned against what was observed.'),
  ConfirmationMissing: final('The operation needs a typed confirmation.'),
  // lease
  ClusterBusy: final('Another operation holds the cluster and onBusy is fail.'),
  LeaseLost: final('The operation no longer holds the lease of its cluster.'),
  FencedOut: final('The host belongs to another cluster or has seen a newer operation.'),
  Rejected: final('The plan was rejected.'),
  // checks
  CheckFailed: final('A named safety check does not hold.'),
  CheckWaiting: retry('A named safety check does not hold yet.'),
  // hosts
  HostUnreachable: retry('The host cannot be reached by SSH.'),
  HostKeyMismatch: final('The host presents another key than the spec names.'),
  AuthenticationFailed: final('The host refused the log-in.'),
  CommandFailed: retry('A command on a host ended with an error.'),
  CommandTimedOut: retry('A command on a host did not end in time.'),
  DiskFull: final('A host has no room for what is written to it.'),
  // content
  ChecksumMismatch: final('Content does not have the SHA-256 that was asked for.'),
  ContentMissing: final('Content is not in the store and cannot be fetched.'),
  ContentUnavailable: retry('Content could not be fetched now.'),
  UnsafeArchive: final('An archive is damaged or would write outside its folder.'),
  KeyMaterialInvalid: final('A key, certificate or keystore cannot be used.'),
  SecretMissing: final('A secret reference cannot be resolved at the worker.'),
  // broker
  ApiUnreachable: retry('A broker API did not answer.'),
  ApiRefused: final('A broker API refused the request.'),
  HandshakeFailed: retry('A listener did not complete a TLS handshake.'),
  BrokerStartFailed: final('The broker did not start as asked.'),
  NotTakenUp: final('A broker did not take what its node was given; the node was put back.'),
  BrokerNotSynchronized: retry('The broker runs but is not yet a synchronized member.'),
  DrainStalled: final('Clients could not be moved off the node within its deadline policy.'),
  RestoreFailed: final('The broker reported that a restore failed.'),
  RecoveryFailed: final('Data could not be recovered or verified.'),
  GateFailed: retry('The traffic gate did not do what was asked.'),
  BalancerRefused: final('HAProxy does not take its configuration, or does not run with it.'),
  FencingFailed: retry('A host could not be made to be off, or it still answers.'),
  // fallback
  Internal: retry('An unexpected error.'),
} as const satisfies Record<string, KindInfo>;

export type ErrorKind = keyof typeof errorKinds;
