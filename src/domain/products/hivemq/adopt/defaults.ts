import { heartbeatTimes } from '../spec/index.js';
import { mqttSchema, restrictionsSchema, securitySchema } from '../spec/mqtt.js';
import { elementName } from './names.js';

/** What config.xml says, one value for each path of element names. */
export type Values = Map<string, string>;

/** Paths and values of the elements that the spec's own schema has, which are the vendor's defaults. */
function ofSchema(value: unknown, path: string): [string, string][] {
  if (typeof value !== 'object' || value === null) return [[path, String(value)]];
  return Object.entries(value).flatMap(([key, inner]) => ofSchema(inner, `${path}/${elementName(key)}`));
}

const limits = [
  ...ofSchema(mqttSchema.parse({}), 'mqtt'),
  ...ofSchema(restrictionsSchema.parse({}), 'restrictions'),
  ...ofSchema(securitySchema.parse({}), 'security'),
];

/** HiveMQ user guide, "HiveMQ Clusters", tables 1 to 10; listeners and TLS: the Community Edition's entities. */
const byPath: readonly [RegExp, readonly (readonly [string, string])[]][] = [
  [
    /^listeners\/[^/]+-listener\[[^\]]*\]$/,
    [
      ['bind-address', '0.0.0.0'],
      ['proxy-protocol', 'false'],
    ],
  ],
  [
    /^listeners\/(tls-)?websocket-listener\[[^\]]*\]$/,
    [
      ['path', '/mqtt'],
      ['subprotocols/subprotocol', 'mqttv3.1 mqtt'],
      ['allow-extensions', 'false'],
    ],
  ],
  [
    /^(listeners\/tls-[^/]+|control-center\/listeners\/https)\/tls$/,
    [
      ['client-authentication-mode', 'NONE'],
      ['handshake-timeout', '10000'],
    ],
  ],
  [
    /^cluster\/transport\/tcp$/,
    [
      ['bind-port', '8000'],
      ['tls/enabled', 'false'],
    ],
  ],
  [/^cluster\/transport\/tcp\/tls$/, [['client-authentication-mode', 'NONE']]],
  [
    /^cluster\/transport\/udp$/,
    [
      ['bind-port', '8000'],
      ['multicast-enabled', 'true'],
      ['multicast-address', '228.8.8.8'],
      ['multicast-port', '45588'],
    ],
  ],
  [
    /^cluster\/discovery\/broadcast$/,
    [
      ['broadcast-address', '255.255.255.255'],
      ['port', '8555'],
      ['port-range', '5'],
    ],
  ],
  [
    /^rest-api\/listeners\/http$/,
    [
      ['port', '8888'],
      ['bind-address', '127.0.0.1'],
    ],
  ],
  [
    /^health-api\/listeners\/http$/,
    [
      ['port', '8889'],
      ['bind-address', '127.0.0.1'],
    ],
  ],
  [/^control-center\/listeners\/http$/, [['port', '8080']]],
  [/^control-center\/listeners\/https$/, [['port', '8443']]],
];

/** Every container that a value lies in, the value's own path included. */
function containers(values: Values): string[] {
  const all = [...values.keys()].flatMap((path) => {
    const parts = path.split('/');
    return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
  });
  return [...new Set(all)];
}

const has = (values: Values, path: string): boolean =>
  [...values.keys()].some((one) => one === path || one.startsWith(`${path}/`) || one.startsWith(`${path}[`));

function set(values: Values, path: string, value: string): void {
  if (!values.has(path)) values.set(path, value);
}

/** What is switched off says nothing but that. */
function onlySwitch(values: Values, path: string): void {
  for (const key of [...values.keys()]) {
    if (key.startsWith(`${path}/`) && key !== `${path}/enabled`) values.delete(key);
  }
}

function fillCluster(values: Values): void {
  set(values, 'cluster/enabled', 'false');
  if (values.get('cluster/enabled') === 'false') {
    onlySwitch(values, 'cluster');
    return;
  }
  if (!has(values, 'cluster/transport/tcp')) set(values, 'cluster/transport/udp', '');
  if (!has(values, 'cluster/discovery')) set(values, 'cluster/discovery/multicast', '');
  set(values, 'cluster/replication/replica-count', '2');
  const type = has(values, 'cluster/transport/udp') ? 'udp' : 'tcp';
  const { interval, timeout } = heartbeatTimes(type, {});
  const heartbeat = 'cluster/failure-detection/heartbeat';
  set(values, `${heartbeat}/enabled`, 'true');
  set(values, `${heartbeat}/interval`, String(interval));
  set(values, `${heartbeat}/timeout`, String(timeout));
  const check = 'cluster/failure-detection/tcp-health-check';
  set(values, `${check}/enabled`, 'true');
  set(values, `${check}/bind-port`, '0');
  set(values, `${check}/port-range`, '50');
  for (const path of [`cluster/transport/${type}`, check]) {
    if (values.has(`${path}/external-address`)) set(values, `${path}/external-port`, '0');
  }
}

function fillApi(values: Values, path: 'rest-api' | 'health-api'): void {
  set(values, `${path}/enabled`, 'false');
  if (values.get(`${path}/enabled`) === 'false') {
    onlySwitch(values, path);
    return;
  }
  if (!has(values, `${path}/listeners`)) set(values, `${path}/listeners/http`, '');
  if (path === 'rest-api') set(values, `${path}/auth/enabled`, 'false');
}

function fillControlCenter(values: Values, byDefault: boolean): void {
  const path = 'control-center';
  set(values, `${path}/enabled`, String(has(values, path) || byDefault));
  if (values.get(`${path}/enabled`) === 'false') {
    onlySwitch(values, path);
    return;
  }
  if (has(values, `${path}/listeners`)) return;
  set(values, `${path}/listeners/http/port`, '8080');
  set(values, `${path}/listeners/http/bind-address`, '0.0.0.0');
}

/**
 * Adds the vendor's defaults for all that is not said, so that two texts that mean the same have the same values.
 * @param controlCenterByDefault whether the broker serves a Control Center where config.xml has no word of one: the
 * Enterprise Edition does, the Community Edition has none.
 */
export function fillDefaults(values: Values, controlCenterByDefault: boolean): void {
  fillCluster(values);
  fillApi(values, 'rest-api');
  fillApi(values, 'health-api');
  fillControlCenter(values, controlCenterByDefault);
  for (const [path, value] of limits) set(values, path, value);
  set(values, 'overload-protection/enabled', 'true');
  set(values, 'anonymous-usage-statistics/enabled', 'true');
  // Twice, because tls of transport is a container only once it has a value.
  for (const pass of [1, 2]) {
    for (const container of containers(values)) {
      if (pass === 1 && values.get(`${container}/enabled`) === 'false') continue;
      for (const [pattern, defaults] of byPath) {
        if (!pattern.test(container)) continue;
        for (const [name, value] of defaults) set(values, `${container}/${name}`, value);
      }
    }
  }
  const tls = 'cluster/transport/tcp/tls';
  if (values.get(`${tls}/enabled`) === 'false') onlySwitch(values, tls);
}
