import type { HivemqSpec } from '../../../domain/products/hivemq/spec/index.js';
import type { ResolvedHost } from '../../../domain/spec/index.js';
import { recoveryDropInPath, startGuardPath } from '../../systemd/names.js';

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
ExecStart=${host.home}/current/bin/run.sh
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

/**
 * A drop-in that lets one start run `recovery.sh`, which keeps the data folder in place. That start removes the file
 * and makes systemd forget it, so that a later restart cannot be a second recovery start.
 */
export function renderRecoveryDropIn(spec: HivemqSpec, host: ResolvedHost): string {
  return `# Written by Hivekeeper for one start.
[Service]
ExecStart=
ExecStart=${host.home}/current/bin/recovery.sh
ExecStartPre=+/bin/rm -f ${recoveryDropInPath(spec.name)}
ExecStartPost=+/bin/systemctl --no-block daemon-reload
Restart=no
`;
}
