import { isWildcard } from '../bind-address.js';
import type { ClusterSpec } from '../common.js';
import type { SpecIssue } from '../issue.js';
import { balancerHome, balancerHosts, haproxyOf } from './hosts.js';
import { longestHome, type HaproxySpec } from './haproxy.js';
import type { FrontendSpec } from './frontend.js';
import { findListener } from './listener.js';

/** What the rules ask of a listener; each broker product has its own. */
export interface JudgedListener {
  readonly name?: string | undefined;
  readonly type: string;
  readonly port: number;
  readonly tls: boolean;
  readonly proxyProtocol: boolean;
  /** Whether only the host itself can connect. */
  readonly local: boolean;
}

type Path = SpecIssue['path'];

const namesOf = (listeners: readonly JudgedListener[]): string =>
  listeners.map(({ name, type, port }) => name ?? `${type} (port ${port})`).join(', ');

function listenerIssues(frontend: FrontendSpec, listeners: readonly JudgedListener[], path: Path): SpecIssue[] {
  const issue = (key: string, message: string): SpecIssue => ({ path: [...path, key], message });
  const { listener: wanted, tls, proxyProtocol } = frontend;
  const found = findListener(listeners, wanted);
  if (!found.ok) {
    const message =
      found.reason === 'none'
        ? `no listener has the name or the type ${wanted}; there are: ${namesOf(listeners)}`
        : `several listeners have the type ${wanted}; give the one that is meant a name and write that`;
    return [issue('listener', message)];
  }
  const { listener } = found;
  const issues: SpecIssue[] = [];
  if (listener.local)
    issues.push(
      issue('listener', `the listener ${wanted} is bound to the loopback of its node, where no balancer reaches it`),
    );
  if (tls && listener.tls) {
    issues.push(
      issue(
        'tls',
        `the listener ${wanted} does TLS itself: leave tls out to pass it through, or name a listener without TLS`,
      ),
    );
  }
  if (proxyProtocol === true && !listener.proxyProtocol)
    issues.push(issue('proxyProtocol', `the listener ${wanted} expects none; write proxyProtocol: true there too`));
  if (proxyProtocol === false && listener.proxyProtocol)
    issues.push(issue('proxyProtocol', `the listener ${wanted} takes no connection without it; leave this key out`));
  return issues;
}

function portIssues({ frontends, stats }: HaproxySpec, path: Path): SpecIssue[] {
  const ports = frontends.map(({ port }) => port);
  return [
    ...ports.flatMap((port, index) =>
      ports.indexOf(port) < index
        ? [
            {
              path: [...path, 'frontends', index, 'port'],
              message: `another frontend has port ${port}; choose another`,
            },
          ]
        : [],
    ),
    ...(stats && ports.includes(stats.port)
      ? [{ path: [...path, 'stats', 'port'], message: `a frontend has port ${stats.port}; choose another` }]
      : []),
  ];
}

function vipIssues({ vip, supervisor, frontends }: HaproxySpec, path: Path): SpecIssue[] {
  if (!vip) return [];
  const six = vip.address.includes(':');
  const wanted = six ? ['::'] : ['0.0.0.0', '::'];
  return [
    ...(supervisor === 'process'
      ? [
          {
            path: [...path, 'vip'],
            message: 'an address that moves needs supervisor: systemd, which starts keepalived',
          },
        ]
      : []),
    ...(six && vip.authentication
      ? [{ path: [...path, 'vip', 'authentication'], message: 'VRRP for IPv6 knows no passwords; leave it out' }]
      : []),
    ...frontends.flatMap(({ bindAddress }, index) =>
      isWildcard(bindAddress) && wanted.includes(bindAddress)
        ? []
        : [
            {
              path: [...path, 'frontends', index, 'bindAddress'],
              message: `has to be ${wanted.join(' or ')}, so that connections to the address of vip are taken`,
            },
          ],
    ),
  ];
}

function homeIssues(spec: ClusterSpec, haproxy: HaproxySpec): SpecIssue[] {
  return spec.hosts.flatMap((host, index) => {
    if (!host.roles.includes('load-balancer')) return [];
    const home = balancerHome(haproxy, host);
    if (home !== haproxy.home && home.length > longestHome) {
      const message = `the folder of the balancer has at most ${longestHome} characters, because sockets lie in it`;
      return [{ path: ['hosts', index, 'home'], message }];
    }
    if (!host.roles.includes('node') || home !== (host.home ?? spec.broker.home)) return [];
    return [{ path: ['loadBalancer', 'home'], message: `is the folder of the broker on ${host.name}; choose another` }];
  });
}

/** What is wrong with the HAProxy of a spec that has these listeners; nothing where it has none. */
export function balancerIssues(spec: ClusterSpec, listeners: readonly JudgedListener[]): SpecIssue[] {
  const haproxy = haproxyOf(spec);
  if (!haproxy) return [];
  const path = ['loadBalancer'];
  const noHost =
    balancerHosts(spec).length === 0
      ? [
          {
            path: [...path, 'product'],
            message: 'no host carries HAProxy; give one or several hosts roles: [load-balancer]',
          },
        ]
      : [];
  return [
    ...noHost,
    ...haproxy.frontends.flatMap((one, index) => listenerIssues(one, listeners, [...path, 'frontends', index])),
    ...portIssues(haproxy, path),
    ...vipIssues(haproxy, path),
    ...homeIssues(spec, haproxy),
  ];
}
