import type { HivemqSpec } from '../../../domain/products/hivemq/spec/index.js';
import { productOf } from '../../../domain/products/index.js';
import { type ResolvedHost, shieldOf } from '../../../domain/spec/index.js';
import { firewallCommands } from '../../firewall/commands.js';
import { type Argv, makeHomeCommand, systemdCommands } from '../../systemd/root-commands.js';

/** The commands that run as root on a host, each as one argument list; the sudoers file allows these and no others. */
export function rootCommands(spec: HivemqSpec, host: ResolvedHost): Argv[] {
  const place = { cluster: spec.name, home: host.home, user: spec.broker.user };
  const home = makeHomeCommand(place);
  const service = spec.broker.supervisor === 'process' ? [] : Object.values(systemdCommands(place));
  return [home, ...service, ...shieldCommands(spec, host)];
}

/** Only where the firewall is what keeps clients away from a node that is drained. */
function shieldCommands(spec: HivemqSpec, { name, roles }: ResolvedHost): Argv[] {
  if (shieldOf(spec) !== 'firewall' || !roles.includes('node')) return [];
  return firewallCommands({ cluster: spec.name, host: name, ports: productOf(spec).clientPorts(spec, name) });
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
