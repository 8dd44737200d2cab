import { type Guarded, list, literal, number, record, table, text } from '../../wire/guards.js';
import { isRetained, isUnit } from '../../wire/records.js';
import { call, isDone } from './channel.js';
import { isMember, isView } from './view.js';

/** The node's state in the Health API. Only RUNNING is public; the others are this stand-in's own words. */
export const isPhase = literal('JOINING', 'RUNNING', 'MERGING', 'LEAVING');
export type Phase = Guarded<typeof isPhase>;

export const isKind = literal('join', 'leave', 'merge', 'failure');
/** Why the members change. */
export type ChangeKind = Guarded<typeof isKind>;

export const isPulse = record({ id: text, phase: isPhase, viewId: text, size: number, coordinator: text });
/** What a node tells of itself with each heartbeat. */
export type Pulse = Guarded<typeof isPulse>;

const isAmount = record({ items: number, bytes: number });
export type Amount = Guarded<typeof isAmount>;

export const pulse = call('pulse', isPulse, isDone);
export const joinCluster = call('join', isMember, isDone);
export const leaveCluster = call('leave', record({ id: text }), isDone);
export const describe = call('describe', record({}), isView);

const isFreeze = record({ token: text, by: text, kind: isKind });
export const freeze = call('freeze', isFreeze, record({ viewId: text, number, items: number, bytes: number }));
const isMove = record({ token: text, members: list(isMember), views: table(text) });
export const move = call('move', isMove, isAmount);
export const commit = call('commit', record({ token: text, view: isView, kind: isKind }), isDone);
export const abort = call('abort', record({ token: text }), isDone);

const isOffered = record({ kind: literal('session', 'retained'), key: text, digest: text });
export const offer = call('offer', record({ items: list(isOffered) }), record({ wanted: list(number) }));
export type Offered = Guarded<typeof isOffered>;
export const push = call('push', record({ units: list(isUnit), retained: list(isRetained) }), isDone);
