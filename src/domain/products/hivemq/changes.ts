import type { ChangeRule, ProductChanges } from '../../changes/index.js';
import {
  inConfigXml,
  isBroadcast,
  isReloaded,
  isReplaced,
  issuesForListeners,
  issuesForTransport,
  movesKeysReadOnce,
  staysOff,
  switched,
  switchesTransportTls,
  withoutStatic,
} from './change-conditions.js';
import { usersRules } from './users/changes.js';

const elsewhere = 'deploy a cluster of another name on other hosts with it, and move the clients there';
const twoClusters = 'and nodes with the old and with the new one would form two clusters';

const reloadedStore = ['content', 'certificate', 'privateKey', 'certificates'];
const listenerStores = ['listeners.*.tls', 'controlCenter.https.tls'].flatMap((tls) =>
  ['keystore', 'truststore'].flatMap((store) => reloadedStore.map((key) => `${tls}.${store}.${key}`)),
);

/** Keys that become config.xml. The stores of listeners are judged before them. */
const readAtStart = [
  ...['cluster', 'listeners', 'restApi', 'healthApi', 'controlCenter'],
  ...['mqtt', 'restrictions', 'security', 'overloadProtection'],
];

/** What a change of a HiveMQ key does; a test holds it to what the rendered files say. */
export const hivemqChanges: ProductChanges = {
  listKeys: {
    listeners: ({ name, type, port }) => (typeof name === 'string' ? name : `${String(type)}:${String(port)}`),
    'controlCenter.users': ({ name }) => String(name),
    licenses: ({ name }) => String(name),
    extensions: ({ id }) => String(id),
    'users.users': ({ name }) => String(name),
    'users.roles': ({ id }) => String(id),
  },
  rules: [
    {
      path: 'cluster.enabled',
      effect: 'refused',
      why: `makes one cluster of many brokers, or many of one, and their data with it; ${elsewhere}`,
    },
    ...switched.map((key): ChangeRule => ({ path: key, when: staysOff(key), effect: 'nothing', why: 'it is off' })),
    {
      path: 'cluster.transport.type',
      effect: 'refused',
      why: `is spoken by all nodes or by none, ${twoClusters}; ${elsewhere}`,
    },
    {
      path: 'cluster.transport.tls',
      when: switchesTransportTls,
      effect: 'refused',
      why: `is spoken by all nodes or by none, ${twoClusters}; ${elsewhere}`,
    },
    { path: 'cluster.transport.tls', effect: 'restart', why: 'cluster transport is set up at a start' },
    {
      path: 'cluster.transport',
      effect: 'refused',
      why: `is where the nodes find each other, ${twoClusters}; ${elsewhere}`,
    },
    {
      path: 'cluster.discovery',
      when: withoutStatic,
      effect: 'refused',
      why: `leads to no node with the other kind, ${twoClusters}; apply discovery: { type: static } first, then this`,
    },
    {
      path: 'cluster.discovery',
      when: isBroadcast,
      effect: 'refused',
      why: `is where the nodes find each other, ${twoClusters}; apply discovery: { type: static } first, then this`,
    },
    { path: 'cluster.discovery.credentials.expires', effect: 'nothing', why: 'used for a warning before that time' },
    {
      path: 'cluster.discovery.credentials',
      when: movesKeysReadOnce,
      effect: 'restart',
      why: 'keys outside the settings of the extension are read at a start',
    },
    ...inConfigXml.map(
      (rule): ChangeRule => ({ ...rule, effect: 'nothing', why: 'configOverride is the whole config.xml' }),
    ),
    { path: 'cluster.discovery', when: isReloaded, effect: 'hot', why: 'read again at its next reload' },
    ...listenerStores.map(
      (path): ChangeRule => ({
        path,
        when: isReplaced,
        effect: 'hot',
        why: 'a listener takes up a changed store by itself',
      }),
    ),
    ...readAtStart.map((path): ChangeRule => ({ path, effect: 'restart', why: 'config.xml is read at a start' })),
    { path: 'configOverride', effect: 'restart', why: 'config.xml is read at a start' },
    { path: 'env', effect: 'restart', why: 'a process has the environment that it was started with' },
    { path: 'jmx', effect: 'restart', why: 'a process has the environment that it was started with' },
    { path: 'logLevel', effect: 'hot', why: 'logback.xml is read again by itself' },
    { path: 'licenses', effect: 'hot', why: 'the folder of licenses is watched' },
    { path: 'extensions.*.requires', effect: 'nothing', why: 'looked at before the next upgrade' },
    { path: 'extensions', effect: 'hot', why: 'the folder of extensions is watched' },
    ...usersRules,
    { path: 'tls.validity', effect: 'nothing', why: 'used for the next certificate' },
    {
      path: 'tls',
      when: issuesForTransport,
      effect: 'restart',
      why: 'stores of cluster transport are read at a start',
    },
    {
      path: 'tls',
      when: issuesForListeners,
      effect: 'hot',
      why: 'a listener takes up a changed store by itself',
    },
    { path: 'tls', effect: 'nothing', why: 'no listener has a certificate of this issuer' },
  ],
};
