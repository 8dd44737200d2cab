import { type ClusterSpec, findHost } from '../../domain/spec/index.js';
import { makeHomeCommand } from '../systemd/root-commands.js';
import { renderBalancer } from './index.js';
import { unitCommands } from './unit-commands.js';

/** Characters that sudoers reads as its own. */
const escaped = (text: string): string => text.replace(/[,:=\\]/g, '\\$&');

/** What the log-in user may do as root on a host of the balancer: make its folder, and steer its own units. */
export function balancerSudoers(spec: ClusterSpec, name: string): string {
  const { home, units } = renderBalancer(spec, [], name);
  const user = findHost(spec, name)?.ssh.user ?? spec.ssh.user;
  const service = units.flatMap((unit) => {
    const { install, daemonReload: _, isActive: _a, staged: _s, path: _p, ...others } = unitCommands(unit.name, home);
    return [install, ...Object.values(others)];
  });
  const reload = units.length > 0 ? [['/usr/bin/systemctl', 'daemon-reload']] : [];
  const lines = [makeHomeCommand({ home, user }), ...reload, ...service].map((argv) => argv.map(escaped).join(' '));
  return `# Install as /etc/sudoers.d/hivekeeper-${spec.name}-balancer, mode 0440, and check with: visudo -c
Defaults:${user} !requiretty
${lines.map((line) => `${user} ALL=(root) NOPASSWD: ${line}\n`).join('')}`;
}
