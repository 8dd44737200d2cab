import { recoveryDropInPath } from './names.js';

/**
 * A drop-in that lets one start run another script, e.g. `recovery.sh`, which keeps the data folder in place. That start
 * removes the file and makes systemd forget it, so that a later restart cannot be a second recovery start. The removal
 * must succeed before the script runs; that systemd is told is no reason to stop a broker that runs.
 */
export function renderDropIn(place: { readonly cluster: string; readonly home: string }, script: string): string {
  return `# Written by Hivekeeper for one start.
[Service]
ExecStart=
ExecStart=${place.home}/current/bin/${script}
ExecStartPre=+/bin/rm -f ${recoveryDropInPath(place.cluster)}
ExecStartPost=-+/bin/systemctl --no-block daemon-reload
Restart=no
`;
}
