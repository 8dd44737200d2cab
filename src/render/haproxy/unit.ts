import type { ClusterSpec, HaproxySpec, ResolvedHost } from '../../domain/spec/index.js';
import type { BalancerUnit } from './contract.js';
import { configPath, haproxyProgram, masterSocketPath, pidPath } from './files.js';

export const balancerUnitName = (cluster: string): string => `hivekeeper-${cluster}-balancer.service`;

/** Two descriptors for each connection, and some for checks, sockets and the process of before a reload. */
const openFiles = ({ maxConnections }: HaproxySpec): number => 2 * maxConnections + 2_000;

/** HAProxy as the log-in user, whose sockets then need no root; ports below 1024 come by the one capability for them. */
export function balancerUnit(spec: ClusterSpec, haproxy: HaproxySpec, host: ResolvedHost, home: string): BalancerUnit {
  const config = `${home}/${configPath}`;
  return {
    name: balancerUnitName(spec.name),
    content: `# Written by Hivekeeper: changes made here are replaced.
[Unit]
Description=HAProxy before cluster ${spec.name}
Wants=network-online.target
After=network-online.target

[Service]
Type=notify
User=${host.ssh.user}
ExecStartPre=${haproxyProgram} -c -q -f ${config}
ExecStart=${haproxyProgram} -Ws -f ${config} -p ${home}/${pidPath} -S ${home}/${masterSocketPath},mode,600
ExecReload=${haproxyProgram} -c -q -f ${config}
ExecReload=/bin/kill -USR2 $MAINPID
Restart=always
RestartSec=1
KillMode=mixed
SuccessExitStatus=143
LimitNOFILE=${openFiles(haproxy)}
AmbientCapabilities=CAP_NET_BIND_SERVICE
CapabilityBoundingSet=CAP_NET_BIND_SERVICE
NoNewPrivileges=yes
UMask=0077

[Install]
WantedBy=multi-user.target
`,
  };
}
