import { z } from 'zod';
import { defineStep, patient, quick, waiting } from './define-step.js';

const host = z.string();
const members = z.array(z.string());
const purpose = z.enum(['restart', 'leave', 'shutdown']);

export const installPackage = defineStep({
  kind: 'installPackage',
  meaning: 'Brings a version’s package to a host, checks its SHA-256 and unpacks it beside the others.',
  input: z.object({ host, version: z.string() }),
  title: (input) => `Install ${input.version} on ${input.host}`,
  fenced: true,
  guards: [],
  purpose: () => 'join',
  timeouts: patient,
});

export const configureNode = defineStep({
  kind: 'configureNode',
  meaning: 'Writes a stopped node’s files and points `current` to its version.',
  input: z.object({ host, version: z.string(), members }),
  title: (input) => `Configure ${input.host} for ${input.version}`,
  fenced: true,
  guards: [],
  purpose: () => 'join',
  timeouts: quick,
});

export const updateMembers = defineStep({
  kind: 'updateMembers',
  meaning: 'Writes the list of members into a node’s files without restarting it.',
  input: z.object({ host, members }),
  title: (input) => `Tell ${input.host} the members ${input.members.join(', ')}`,
  fenced: true,
  guards: [],
  purpose: () => 'join',
  timeouts: quick,
});

export const applySettings = defineStep({
  kind: 'applySettings',
  meaning: 'Brings a running node up to date with what its broker takes up without a restart, and waits until it has.',
  input: z.object({ host, members }),
  title: (input) => `Apply changed settings on ${input.host} without a restart`,
  fenced: true,
  guards: [],
  purpose: () => 'join',
  timeouts: patient,
});

export const startNode = defineStep({
  kind: 'startNode',
  meaning:
    'Starts the broker and waits until it serves and every running member sees the same cluster; with `putBack` a node that does not take its new settings is started with those of before, with `back` one that does not take its new version goes back to that one, with `spare` it is a spare again.',
  input: z.object({
    host,
    version: z.string(),
    members,
    joins: z.boolean(),
    putBack: z.boolean().optional(),
    back: z.string().optional(),
    spare: z.boolean().optional(),
  }),
  title: (input) =>
    input.joins ? `Start ${input.host} and await its join` : `Start ${input.host} and await synchronization`,
  fenced: true,
  // A change of the members would abort a backup; one that starts again after a stop makes nothing worse.
  guards: ['backup-not-running', 'license-covers'],
  spares: (input) => (input.joins ? [] : ['backup-not-running', 'license-covers']),
  purpose: () => 'join',
  timeouts: waiting,
});

export const closeTraffic = defineStep({
  kind: 'closeTraffic',
  meaning: 'Takes a node out of new connections at the traffic gate.',
  input: z.object({ host, purpose }),
  title: (input) => `Send no new connections to ${input.host}`,
  fenced: true,
  guards: [
    ...['synchronized', 'max-unavailable', 'replicas', 'replica-count', 'data-kept'],
    ...['backup-not-running', 'clients-can-move', 'headroom', 'balancer-capacity'],
  ] as const,
  purpose: (input) => input.purpose,
  timeouts: waiting,
});

export const openTraffic = defineStep({
  kind: 'openTraffic',
  meaning: 'Puts a node back into new connections at the traffic gate.',
  input: z.object({ host }),
  title: (input) => `Send new connections to ${input.host}`,
  fenced: true,
  guards: [],
  purpose: () => 'join',
  timeouts: quick,
});

export const drainNode = defineStep({
  kind: 'drainNode',
  meaning: 'Moves a node’s clients elsewhere at the asked pace, sessions kept, wills not published.',
  input: z.object({ host, purpose }),
  title: (input) => `Move the clients of ${input.host} elsewhere`,
  fenced: true,
  guards: ['synchronized', 'max-unavailable', 'clients-can-move', 'headroom', 'balancer-capacity'],
  purpose: (input) => input.purpose,
  timeouts: waiting,
});

export const stopNode = defineStep({
  kind: 'stopNode',
  meaning: 'Stops the broker and waits until its leave-replication is finished and its process is gone.',
  input: z.object({ host, purpose, clientsMayStay: z.boolean() }),
  title: (input) =>
    input.purpose === 'shutdown' ? `Stop ${input.host}` : `Stop ${input.host} and await leave-replication`,
  fenced: true,
  guards: [
    ...['synchronized', 'max-unavailable', 'replicas', 'replica-count', 'drained', 'data-kept'],
    ...['backup-not-running', 'clients-can-move', 'headroom'],
  ] as const,
  // After a drain the others carry the load of this node already, and waiting with it stopped halfway helps nobody.
  spares: (input) => (input.clientsMayStay ? [] : ['headroom']),
  purpose: (input) => input.purpose,
  timeouts: waiting,
});

export const retireNode = defineStep({
  kind: 'retireNode',
  meaning: 'Disables a stopped node, moves its data aside and takes it out of the record.',
  input: z.object({ host, cordon: z.boolean(), reason: z.string().optional() }),
  title: (input) => `Retire ${input.host}, its data kept`,
  fenced: true,
  guards: [],
  purpose: () => 'leave',
  timeouts: quick,
});

export const verifyCluster = defineStep({
  kind: 'verifyCluster',
  meaning: 'Waits until every member serves and all see each other.',
  input: z.object({ members }),
  title: (input) => `Verify that ${input.members.join(', ')} see each other`,
  // The last step of most plans: a run that lost its lease before, whose reports were dropped, must not count as completed.
  fenced: true,
  guards: [],
  purpose: () => 'join',
  timeouts: quick,
});
