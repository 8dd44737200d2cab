import {
  type ClusterSpec,
  type FrontendSpec,
  type HaproxySpec,
  resolveBindAddress,
  type ResolvedHost,
} from '../../domain/spec/index.js';
import { adminSocketPath, certificatePath, statePath } from './files.js';
import { type Backend, backendName, frontendName, resolversName, serverLine } from './servers.js';
import { authority, word } from './word.js';

export interface ConfigInput {
  readonly spec: ClusterSpec;
  readonly haproxy: HaproxySpec;
  readonly host: ResolvedHost;
  /** Absolute path of the balancer's folder on the host. */
  readonly home: string;
  readonly backends: readonly Backend[];
}

/** Seconds after which a silent connection is closed: MQTT lets a client be silent for 1.5 times its keep-alive. */
export const silence = ({ keepAlive }: HaproxySpec): number => Math.ceil((keepAlive * 1.5) / 1_000) + 60;

const globalLines = ({ haproxy, home }: ConfigInput): string[] => [
  'global',
  `  maxconn ${haproxy.maxConnections}`,
  `  stats socket ${word(`${home}/${adminSocketPath}`)} mode 600 level admin expose-fd listeners`,
  '  stats timeout 1m',
  `  server-state-file ${word(`${home}/${statePath}`)}`,
  // MQTT connections last for days. A process of before a reload keeps them until they end, or until this.
  `  hard-stop-after ${haproxy.hardStopAfter}ms`,
  ...(haproxy.frontends.some(({ tls }) => tls) ? ['  ssl-default-bind-options ssl-min-ver TLSv1.2'] : []),
];

const keepAliveLines = (side: 'clitcpka' | 'srvtcpka'): string[] => [
  // Finds a peer that vanished without a word long before the silence that MQTT allows is over.
  `  option ${side}`,
  `  ${side}-idle 60s`,
  `  ${side}-intvl 10s`,
  `  ${side}-cnt 6`,
];

const defaultsLines = ({ haproxy }: ConfigInput): string[] => [
  'defaults',
  '  mode tcp',
  '  load-server-state-from-file global',
  '  timeout connect 5s',
  '  timeout queue 10s',
  '  timeout check 3s',
  ...['client', 'server', 'tunnel'].map((side) => `  timeout ${side} ${silence(haproxy)}s`),
  '  timeout client-fin 30s',
  '  timeout server-fin 30s',
  ...keepAliveLines('clitcpka'),
  ...keepAliveLines('srvtcpka'),
  '  option redispatch 1',
  '  retries 3',
];

const resolverLines = ({ haproxy, backends }: ConfigInput): string[] => {
  if (!backends.some(({ servers }) => servers.some(({ dynamic }) => dynamic === null))) return [];
  const given = haproxy.resolvers?.nameservers;
  return [
    `resolvers ${resolversName}`,
    ...(given === undefined
      ? ['  parse-resolv-conf']
      : given.map(({ address, port }, index) => `  nameserver ns${index + 1} ${authority(address, port)}`)),
    '  hold valid 10s',
    '',
  ];
};

function bindLine(frontend: FrontendSpec, host: ResolvedHost, home: string): string {
  const { bindAddress, port, tls } = frontend;
  const words = [
    ...(bindAddress === '::' ? ['v4v6'] : []),
    ...(tls ? ['ssl', 'crt', word(`${home}/${certificatePath(port)}`)] : []),
  ];
  return ['  bind', authority(resolveBindAddress(bindAddress, host), port), ...words].join(' ');
}

function sectionsOf({ haproxy, host, home }: ConfigInput, { frontend, readinessPath, servers }: Backend): string[] {
  return [
    `frontend ${frontendName(frontend)}`,
    bindLine(frontend, host, home),
    `  maxconn ${frontend.maxConnections ?? haproxy.maxConnections}`,
    `  default_backend ${backendName(frontend)}`,
    '',
    `backend ${backendName(frontend)}`,
    '  balance leastconn',
    ...(readinessPath === null
      ? [
          '  # The nodes tell no other host whether they are ready: a node counts as up while its listener takes connections.',
        ]
      : [
          '  option httpchk',
          `  http-check send meth GET uri ${word(readinessPath)}`,
          '  http-check expect status 200',
        ]),
    ...servers.map(serverLine),
    '',
  ];
}

const statsLines = ({ haproxy, host }: ConfigInput): string[] =>
  haproxy.stats === undefined
    ? []
    : [
        'frontend statistics',
        '  mode http',
        `  bind ${authority(host.loopback, haproxy.stats.port)}`,
        '  timeout client 10s',
        '  maxconn 20',
        '  stats enable',
        '  stats uri /',
        '',
      ];

/** haproxy.cfg of one host of the balancer. */
export const haproxyConfig = (input: ConfigInput): string =>
  [
    '# Written by Hivekeeper: changes made here are replaced.',
    ...globalLines(input),
    '',
    ...defaultsLines(input),
    '',
    ...resolverLines(input),
    ...statsLines(input),
    ...input.backends.flatMap((backend) => sectionsOf(input, backend)),
  ].join('\n');
