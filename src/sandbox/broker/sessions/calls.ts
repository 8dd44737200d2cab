import { flag, type Guarded, list, maybe, number, record, text } from '../../wire/guards.js';
import { isMessage, isQueued, isRetained, isSession, isSubscription, isUnit } from '../../wire/records.js';
import { call, isDone } from '../cluster/channel.js';
import { isMutation } from '../store/mutations.js';

const inView = { viewId: text };
const ofClient = { ...inView, clientId: text };

/** Copies changes to another owner; refused in another view. */
export const replicate = call('replicate', record({ ...inView, mutations: list(isMutation) }), isDone);

export const publish = call('publish', record({ ...inView, message: isMessage }), isDone);

export const isAttach = record({ ...ofClient, clean: flag, expiry: number, node: text, connection: text, at: number });
export type Attach = Guarded<typeof isAttach>;
export const attach = call('attach', isAttach, record({ present: flag, persistent: flag, queue: list(isQueued) }));

/** After a view change: where the clients are connected that the asked node is now responsible for. */
export const bind = call(
  'bind',
  record({ ...inView, node: text, clients: list(record({ clientId: text, connection: text, at: number })) }),
  isDone,
);
export const detach = call('detach', record({ ...ofClient, connection: text, expiry: maybe(number) }), isDone);
export const subscribe = call(
  'subscribe',
  record({ ...ofClient, subscriptions: list(isSubscription) }),
  record({ known: list(flag) }),
);
export const unsubscribe = call(
  'unsubscribe',
  record({ ...ofClient, filters: list(text) }),
  record({ known: list(flag) }),
);
export const acknowledge = call('acknowledge', record({ ...ofClient, ids: list(text) }), isDone);
export const release = call('release', record({ ...ofClient, id: text, packetId: number }), isDone);
export const endSession = call('end-session', record(ofClient), record({ existed: flag }));

export const isDelivery = record({ clientId: text, connection: text, messages: list(isQueued) });
export type Delivery = Guarded<typeof isDelivery>;
export const deliver = call('deliver', isDelivery, isDone);

/** Asks every node to end older connections of a client. */
export const takeOver = call('take-over', record({ clientId: text, connection: text }), isDone);
export const disconnect = call(
  'disconnect',
  record({ clientId: text, preventWill: flag, ended: flag }),
  record({ found: flag }),
);

export const isConnectionFacts = record({
  keepAlive: number,
  mqttVersion: text,
  connectedListenerId: text,
  connectedNodeId: text,
  cleanStart: flag,
  sourceIp: text,
  username: maybe(text),
  connectedAt: text,
  willPresent: flag,
  expiry: number,
});
export type ConnectionFacts = Guarded<typeof isConnectionFacts>;

/** What one node knows of a client: the session when it is responsible for it, the connection when it holds it. */
export const lookUp = call(
  'look-up',
  record({ clientId: text }),
  record({
    session: maybe(isSession),
    queueSize: number,
    connection: maybe(isConnectionFacts),
    subscriptions: list(isSubscription),
  }),
);
export const listClients = call('list-clients', record({}), record({ ids: list(text) }));
export const findRetained = call(
  'find-retained',
  record({ filters: list(text) }),
  record({ retained: list(isRetained) }),
);

export const exportItems = call(
  'export-items',
  record(inView),
  record({ units: list(isUnit), retained: list(isRetained) }),
);
export const importItems = call(
  'import-items',
  record({ ...inView, units: list(isUnit), retained: list(isRetained) }),
  isDone,
);
