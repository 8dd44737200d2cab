import path from 'node:path';
import { readFileSync } from 'node:fs';
import type { Accounts } from './accounts.js';
import type { HostLayout } from './layout.js';
import { programFile } from './program-file.js';
import { quoteAll } from './quote.js';
import type { Service } from './ssh-service.js';
import type { StandIn } from './stand-ins.js';

/** What the traffic gate of a host is made of. */
export interface GateOptions {
  readonly layout: HostLayout;
  readonly address: string;
  /** Port that clients connect to. */
  readonly port: number;
  readonly accounts: Accounts;
}

/** Port that the `gate` command talks to, on the gate's own address. */
const CONTROL_PORT = 1882;

/** The proxy as a service of its host, run by the log-in user. */
export function gateService({ layout, address, port, accounts }: GateOptions): Service {
  const at = (name: string): string => path.join(layout.root, name);
  // It must outlive a restart of the host, and is written by the log-in user.
  const stateFile = path.join(layout.loginHome, 'gate-state.json');
  const { id } = accounts.login;
  const asLogin = ['setpriv', `--reuid=${id}`, `--regid=${id}`, '--clear-groups', '--'];
  return {
    files: [
      // Copied, because the log-in user may not be allowed to read the folder of the product.
      { path: at('gate-proxy.mjs'), text: readFileSync(programFile('gate-proxy'), 'utf8'), mode: 0o644 },
      { path: at('gate-command.mjs'), text: readFileSync(programFile('gate-command'), 'utf8'), mode: 0o644 },
    ],
    command: quoteAll([
      ...(accounts.kind === 'separate' ? asLogin : []),
      ...[process.execPath, at('gate-proxy.mjs'), address, String(port), String(CONTROL_PORT), stateFile],
    ]),
  };
}

/** The command `gate enable <host> <address:port> | disable <host> | list`. */
export function gateStandIn({ root }: HostLayout, address: string): StandIn {
  const command = quoteAll([process.execPath, path.join(root, 'gate-command.mjs'), address, String(CONTROL_PORT)]);
  return { name: 'gate', text: `#!/bin/sh\nexec ${command} "$@"\n` };
}
