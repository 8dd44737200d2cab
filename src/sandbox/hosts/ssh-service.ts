import path from 'node:path';
import type { Accounts } from './accounts.js';
import type { HostLayout } from './layout.js';
import type { KeyPair } from './keys.js';
import { programFile } from './program-file.js';
import { programPath } from './program-path.js';
import { quoteAll } from './quote.js';

/** Which SSH server a host runs. */
export type SshServer = 'openssh' | 'built-in';

/** What the SSH server of one host is made of. */
export interface SshServiceOptions {
  readonly server: SshServer;
  readonly layout: HostLayout;
  readonly address: string;
  readonly port: number;
  readonly hostKey: KeyPair;
  /** The public key that may log in. */
  readonly authorizedKey: string;
  readonly accounts: Accounts;
  readonly environment: Readonly<Record<string, string>>;
}

/** A service of a host: its files, and the command that the keeper runs in the foreground. */
export interface Service {
  readonly files: readonly { readonly path: string; readonly text: string; readonly mode: number }[];
  readonly command: string;
}

/** The OpenSSH server of this machine, or undefined where it is not installed. */
export function opensshProgram(): string | undefined {
  return programPath('sshd');
}

/** The SSH server of a host. */
export function sshService(options: SshServiceOptions): Service {
  return options.server === 'openssh' ? openssh(options) : builtIn(options);
}

function openssh({ layout, address, port, hostKey, authorizedKey, environment }: SshServiceOptions): Service {
  const at = (name: string): string => path.join(layout.ssh, name);
  const word = (text: string): string => `"${text}"`;
  const config = [
    `ListenAddress ${address}`,
    `Port ${port}`,
    `HostKey ${word(at('host_key'))}`,
    `PidFile none`,
    `AuthorizedKeysFile ${word(at('authorized_keys'))}`,
    // The folders above belong to the stage, and may be open to others.
    'StrictModes no',
    'UsePAM no',
    'UseDNS no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'AllowTcpForwarding yes',
    'PrintMotd no',
    'PrintLastLog no',
    // One line: only the first counts.
    `SetEnv ${Object.entries(environment)
      .map(([name, value]) => word(`${name}=${value}`))
      .join(' ')}`,
    '',
  ];
  return {
    files: [
      { path: at('host_key'), text: hostKey.privateKey, mode: 0o600 },
      { path: at('authorized_keys'), text: `${authorizedKey}\n`, mode: 0o644 },
      { path: at('sshd_config'), text: config.join('\n'), mode: 0o644 },
    ],
    command: quoteAll([opensshProgram() ?? 'sshd', '-D', '-e', '-f', at('sshd_config')]),
  };
}

function builtIn(options: SshServiceOptions): Service {
  const { layout, address, port, hostKey, authorizedKey, environment, accounts } = options;
  const at = (name: string): string => path.join(layout.ssh, name);
  const config = {
    address,
    port,
    hostKeyFile: at('host_key'),
    authorizedKeysFile: at('authorized_keys'),
    user: accounts.login.name,
    environment: { ...environment, USER: accounts.login.name, LOGNAME: accounts.login.name, SHELL: '/bin/sh' },
    folder: layout.loginHome,
  };
  return {
    files: [
      { path: at('host_key'), text: hostKey.privateKey, mode: 0o600 },
      { path: at('authorized_keys'), text: `${authorizedKey}\n`, mode: 0o644 },
      { path: at('server.json'), text: JSON.stringify(config, null, 2), mode: 0o600 },
    ],
    command: quoteAll([process.execPath, programFile('ssh-server'), at('server.json')]),
  };
}
