import type { HivemqSpec } from '../../../domain/products/hivemq/spec/index.js';
import type { ResolvedHost } from '../../../domain/spec/index.js';
import { recoveryDropInPath, stagedUnitPath, unitName, unitPath } from '../../systemd/names.js';

/** The commands that run as root on a host, each as one argument list; the sudoers file allows these and no others. */
export function rootCommands(spec: HivemqSpec, host: ResolvedHost): string[][] {
  const { user } = spec.broker;
  const home = ['/usr/bin/install', '-d', '-o', user, '-g', user, '-m', '0750', host.home];
  if (spec.broker.supervisor === 'process') return [home];
  const unit = unitName(spec.name);
  const dropIn = recoveryDropInPath(spec.name);
  const staged = stagedUnitPath(spec.name, host.home);
  const systemctl = (...rest: string[]) => ['/usr/bin/systemctl', ...rest];
  const copy = (from: string, to: string) => [
    '/usr/bin/install',
    '-D',
    '-o',
    'root',
    '-g',
    'root',
    '-m',
    '0644',
    from,
    to,
  ];
  return [
    home,
    copy(staged, unitPath(spec.name)),
    copy(`${staged}.recovery`, dropIn),
    ['/usr/bin/rm', '-f', dropIn],
    systemctl('daemon-reload'),
    ...['start', 'stop', 'enable', 'disable', 'reset-failed'].map((verb) => systemctl(verb, unit)),
    systemctl('--no-block', 'stop', unit),
  ];
}

/** Characters that sudoers reads as its own. */
const escapeSudoers = (text: string) => text.replace(/[,:=\\]/g, '\\$&');

/** The sudoers file of a host: everything as the broker's user, and a short list as root. */
export function renderSudoers(spec: HivemqSpec, host: ResolvedHost): string {
  const { user } = host.ssh;
  const commands = rootCommands(spec, host).map((argv) => argv.map(escapeSudoers).join(' '));
  return `# Install as /etc/sudoers.d/hivekeeper-${spec.name}, mode 0440, and check with: visudo -c
# Who may install the unit decides what root starts. To keep that to yourself, install the unit by hand and drop the
# lines with "install".
Defaults:${user} !requiretty
${user} ALL=(${spec.broker.user}) NOPASSWD: ALL
${commands.map((command) => `${user} ALL=(root) NOPASSWD: ${command}\n`).join('')}`;
}
