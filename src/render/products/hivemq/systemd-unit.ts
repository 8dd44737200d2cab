import type { HivemqSpec } from '../../../domain/products/hivemq/spec/index.js';
import type { ResolvedHost } from '../../../domain/spec/index.js';
import { startGuardPath } from '../../systemd/names.js';
import { renderDropIn } from '../../systemd/recovery-drop-in.js';

/**
 * The script that every start by systemd itself runs. A broker without a cluster has its data from nobody but itself, and
 * `recovery.sh` leaves it in place.
 */
const scriptOf = (spec: HivemqSpec): 'run.sh' | 'recovery.sh' => (spec.cluster.enabled ? 'run.sh' : 'recovery.sh');

/**
 * The systemd unit of one node. Nothing ends a stop early: a node that is killed while it replicates takes data with
 * it. Four failed starts within ten minutes are the end of automatic restarts.
 */
export function renderSystemdUnit(spec: HivemqSpec, host: ResolvedHost): string {
  return `# Written by Hivekeeper: changes made here are replaced.
[Unit]
Description=HiveMQ, node ${host.name} of cluster ${spec.name}
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=600
StartLimitBurst=4

[Service]
Type=exec
User=${spec.broker.user}
WorkingDirectory=${host.home}
EnvironmentFile=${host.home}/conf/hivekeeper.env
EnvironmentFile=-${host.home}/conf/hivekeeper-secrets.env
ExecStartPre=/bin/sh ${host.home}/${startGuardPath}
ExecStart=${host.home}/current/bin/${scriptOf(spec)}
Restart=on-failure
RestartSec=5
TimeoutStartSec=infinity
TimeoutStopSec=infinity
SendSIGKILL=no
KillMode=mixed
SuccessExitStatus=143
LimitNOFILE=1048576
UMask=0027
NoNewPrivileges=yes

[Install]
WantedBy=multi-user.target
`;
}

/** A drop-in that lets one start run `recovery.sh`. */
export function renderRecoveryDropIn(spec: HivemqSpec, host: ResolvedHost): string {
  return renderDropIn({ cluster: spec.name, home: host.home }, 'recovery.sh');
}
