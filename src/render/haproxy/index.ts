import { HivekeeperError } from '../../domain/errors/index.js';
import { balancerHome, type ClusterSpec, haproxyOf, resolveBindAddress, resolveHost } from '../../domain/spec/index.js';
import { haproxyConfig } from './config.js';
import type { BalancerContent, RenderedBalancer } from './contract.js';
import {
  adminSocketPath,
  certificatePath,
  configPath,
  haproxyProgram,
  masterSocketPath,
  pidPath,
  privateKeyPath,
  statePath,
} from './files.js';
import { renderVip } from './keepalived.js';
import { backendName, backendOf, frontendName } from './servers.js';
import { balancerUnit } from './unit.js';

export { withSecret } from './secret-text.js';
export type {
  BalancerContent,
  BalancerFrontend,
  BalancerSecretFile,
  BalancerServer,
  BalancerUnit,
  RenderedBalancer,
} from './contract.js';

/**
 * Everything that one host of the balancer has, for these members in any order.
 * @throws HivekeeperError UnknownNode for a host or member that the spec does not have; InvalidInput for a spec without HAProxy
 */
export function renderBalancer(spec: ClusterSpec, members: readonly string[], balancerHost: string): RenderedBalancer {
  const haproxy = haproxyOf(spec);
  if (!haproxy) throw new HivekeeperError('InvalidInput', `${spec.name}: its load balancer is no HAProxy`);
  const given = spec.hosts.find(({ name }) => name === balancerHost);
  if (!given) throw new HivekeeperError('UnknownNode', `${spec.name}: no host of the spec is named ${balancerHost}`);
  const host = resolveHost(spec, given);
  const home = balancerHome(haproxy, given);
  const sorted = [...new Set(members)].sort();
  const backends = haproxy.frontends.map((frontend) => backendOf(spec, haproxy, frontend, sorted));
  const systemd = haproxy.supervisor === 'systemd';
  const masterSocket = `${home}/${masterSocketPath}`;
  const config = `${home}/${configPath}`;
  const pidFile = `${home}/${pidPath}`;
  const vip = renderVip(spec, haproxy, host, home);
  return {
    home,
    files: [
      { path: configPath, content: haproxyConfig({ spec, haproxy, host, home, backends }), mode: 0o600 },
      ...vip.files,
    ],
    secretFiles: vip.secretFiles,
    contents: haproxy.frontends.flatMap(({ port, tls }): BalancerContent[] =>
      tls
        ? [
            { path: certificatePath(port), mode: 0o600, content: tls.certificate },
            { path: privateKeyPath(port), mode: 0o600, content: tls.privateKey },
          ]
        : [],
    ),
    units: systemd ? [balancerUnit(spec, haproxy, host, home), ...vip.units] : [],
    config,
    sockets: { admin: `${home}/${adminSocketPath}`, master: masterSocket },
    stateFile: `${home}/${statePath}`,
    pidFile,
    check: (file) => [haproxyProgram, '-c', '-f', file],
    start: [haproxyProgram, '-W', '-D', '-f', config, '-p', pidFile, '-S', `${masterSocket},mode,600`],
    frontends: haproxy.frontends.map((frontend) => ({
      frontend: frontendName(frontend),
      backend: backendName(frontend),
      listener: frontend.listener,
      address: resolveBindAddress(frontend.bindAddress, host),
      port: frontend.port,
    })),
    servers: backends.flatMap(({ servers }) => servers),
  };
}
