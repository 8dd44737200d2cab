import { balancerHosts, haproxyOf } from '../../../../spec/balancer/hosts.js';
import { balancerIssues, type JudgedListener } from '../../../../spec/balancer/issues.js';
import type { SpecIssue } from '../../../../spec/issue.js';
import { resolveHost } from '../../../../spec/resolved-host.js';
import { isLoopback, isWildcard, resolveBindAddress } from '../bind-address.js';
import type { ClusterRule } from '../cluster/rules/rule.js';
import type { HivemqSpec } from '../part.js';
import { boundPorts } from '../ports.js';

/** The listeners as a load balancer sees them. */
export const judgedListeners = ({ listeners }: Pick<HivemqSpec, 'listeners'>): JudgedListener[] =>
  listeners.map((one) => ({
    name: one.name,
    type: one.type,
    port: one.port,
    tls: 'tls' in one,
    proxyProtocol: one.proxyProtocol,
    local: isLoopback(one.bindAddress),
  }));

/** Ports that broker and balancer of one host would both bind. */
function sharedPorts(spec: HivemqSpec): SpecIssue[] {
  const haproxy = haproxyOf(spec);
  if (!haproxy) return [];
  const hosts = balancerHosts(spec).filter(({ roles }) => roles.includes('node'));
  const conflicts = hosts.flatMap((given) => {
    const host = resolveHost(spec, given);
    const taken = boundPorts(spec, host).filter(({ protocol }) => protocol === 'tcp');
    return haproxy.frontends.flatMap(({ port, bindAddress }, index) => {
      const address = resolveBindAddress(bindAddress, host);
      const other = taken.find(
        (one) =>
          port >= one.port &&
          port <= one.port + one.range &&
          (one.address === address || isWildcard(one.address) || isWildcard(address)),
      );
      const path = ['loadBalancer', 'frontends', index, 'port'];
      return other
        ? [{ path, message: `port ${port} is already that of ${other.what} on ${host.name}; choose another` }]
        : [];
    });
  });
  return conflicts.filter(({ path }, index) => index === conflicts.findIndex((one) => one.path.join() === path.join()));
}

/** HAProxy before the listeners. */
export const balancer: ClusterRule = (spec) => [...balancerIssues(spec, judgedListeners(spec)), ...sharedPorts(spec)];
