import type { Body } from './body.js';
import { nodeBodies } from './node-bodies.js';
import { recoveryBodies } from './recovery-bodies.js';
import { upgradeBodies } from './upgrade-bodies.js';

export * from './body.js';

/** What each kind of step does to the model. */
export const bodies: Readonly<Record<string, Body>> = { ...nodeBodies, ...recoveryBodies, ...upgradeBodies };

/** Kinds that no operation of the model plans: they stop, start and move nothing that a rule speaks of. */
export const beyondTheModel = [
  'adoptNode',
  'rotateAuthority',
  'rotateCertificates',
  'verifyCertificates',
  'requestArchives',
  'collectNode',
  'packDiagnostics',
  'removeArchives',
  // Hosts of a load balancer: the model has a gate that always answers.
  'configureBalancer',
  'retireBalancer',
];

/** Steps that may act on a node whose host the worker cannot reach: their work is done elsewhere. */
export const actElsewhere = ['fenceNode', 'dropNode', 'closeTraffic', 'openTraffic', 'removeAnnouncement'];
