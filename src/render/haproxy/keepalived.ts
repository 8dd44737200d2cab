import {
  balancerHosts,
  type ClusterSpec,
  type HaproxySpec,
  resolveHost,
  type ResolvedHost,
} from '../../domain/spec/index.js';
import type { RenderedFile } from '../rendered-file.js';
import type { BalancerSecretFile, BalancerUnit } from './contract.js';
import { aliveProgramPath, keepalivedPath, keepalivedProgram, pidPath } from './files.js';
import { isName, word } from './word.js';

type Vip = NonNullable<HaproxySpec['vip']>;

export const vipUnitName = (cluster: string): string => `hivekeeper-${cluster}-vip.service`;

/** Name of the password in the template. */
const password = 'VRRP_PASSWORD';

/** The first host of the spec is preferred when all start at once; later nobody takes the address from one that works. */
const priority = (position: number): number => Math.max(1, 200 - 10 * position);

/** Where VRRP goes: to the other hosts by address, which clouds let through; by multicast where one of them has only a name. */
function peers(vip: Vip, host: ResolvedHost, others: readonly ResolvedHost[]): string[] {
  const six = vip.address.includes(':');
  const addresses = [host, ...others].map(({ clusterAddress }) => clusterAddress);
  if (others.length === 0 || addresses.some((one) => isName(one) || one.includes(':') !== six)) return [];
  return [
    `  unicast_src_ip ${word(host.clusterAddress)}`,
    '  unicast_peer {',
    ...others.map(({ clusterAddress }) => `    ${word(clusterAddress)}`),
    '  }',
  ];
}

function config(spec: ClusterSpec, vip: Vip, host: ResolvedHost, home: string): string {
  const hosts = balancerHosts(spec).map((one) => resolveHost(spec, one));
  const position = hosts.findIndex(({ name }) => name === host.name);
  const others = hosts.filter(({ name }) => name !== host.name);
  const more = [
    ...peers(vip, host, others),
    ...(vip.authentication
      ? ['  authentication {', '    auth_type PASS', `    auth_pass "@{${password}}"`, '  }']
      : []),
  ];
  return `# Written by Hivekeeper: changes made here are replaced.
global_defs {
  router_id ${word(`${spec.name}-${host.name}`)}
  script_user ${word(host.ssh.user)}
  enable_script_security
}
vrrp_script haproxy_alive {
  script "/bin/sh ${word(`${home}/${aliveProgramPath}`)}"
  interval 2
  timeout 2
  fall 2
  rise 2
}
vrrp_instance balancer {
  state BACKUP
  nopreempt
  interface ${word(vip.interface)}
  virtual_router_id ${vip.routerId}
  priority ${priority(position)}
  advert_int 1
${more.map((line) => `${line}\n`).join('')}  virtual_ipaddress {
    ${word(vip.address)}
  }
  track_script {
    haproxy_alive
  }
}
`;
}

const aliveProgram = (home: string): string => `#!/bin/sh
# Ends well while HAProxy runs.
kill -0 "$(cat ${home}/${pidPath})"
`;

/**
 * keepalived as the log-in user, with the two capabilities that it needs to move an address, and the one without which it
 * complains before each run of its script that it cannot leave groups.
 */
const unit = (spec: ClusterSpec, host: ResolvedHost, home: string): BalancerUnit => ({
  name: vipUnitName(spec.name),
  content: `# Written by Hivekeeper: changes made here are replaced.
[Unit]
Description=Address of the load balancer before cluster ${spec.name}
Wants=network-online.target
After=network-online.target

[Service]
Type=exec
User=${host.ssh.user}
ExecStart=${keepalivedProgram} -n -l -f ${home}/${keepalivedPath} -p ${home}/keepalived.pid -r ${home}/vrrp.pid
ExecReload=/bin/kill -HUP $MAINPID
Restart=always
RestartSec=1
KillMode=mixed
AmbientCapabilities=CAP_NET_ADMIN CAP_NET_RAW CAP_SETGID
CapabilityBoundingSet=CAP_NET_ADMIN CAP_NET_RAW CAP_SETGID
NoNewPrivileges=yes
UMask=0077

[Install]
WantedBy=multi-user.target
`,
});

/** What keepalived needs on one host of the balancer. */
export interface RenderedVip {
  readonly files: readonly RenderedFile[];
  readonly secretFiles: readonly BalancerSecretFile[];
  readonly units: readonly BalancerUnit[];
}

export function renderVip(spec: ClusterSpec, { vip }: HaproxySpec, host: ResolvedHost, home: string): RenderedVip {
  if (!vip) return { files: [], secretFiles: [], units: [] };
  const text = config(spec, vip, host, home);
  return {
    files: [
      ...(vip.authentication ? [] : [{ path: keepalivedPath, content: text, mode: 0o600 }]),
      { path: aliveProgramPath, content: aliveProgram(home), mode: 0o700 },
    ],
    secretFiles: vip.authentication
      ? [{ path: keepalivedPath, template: text, values: { [password]: vip.authentication } }]
      : [],
    units: [unit(spec, host, home)],
  };
}
