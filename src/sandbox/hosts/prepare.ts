import { chmod, chown, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Account, Accounts } from './accounts.js';
import { cpuLine, quietLoad } from './cpu-line.js';
import type { HostLayout } from './layout.js';
import type { EtcFile } from './own-users.js';
import type { Service } from './ssh-service.js';
import type { StandIn } from './stand-ins.js';

/** What lies on a host before anything runs there. */
export interface HostContents {
  readonly layout: HostLayout;
  readonly accounts: Accounts;
  readonly standIns: readonly StandIn[];
  readonly etc: readonly EtcFile[];
  readonly services: readonly Service[];
}

/** Makes the folders and files of a host, each with the owner and mode that it would have on a real one. */
export async function prepareHost({ layout, accounts, standIns, etc, services }: HostContents): Promise<void> {
  const { login, broker, kind } = accounts;
  const own = async (file: string, account: Account): Promise<void> => {
    if (kind === 'separate') await chown(file, account.id, account.id);
  };
  await Promise.all(
    [layout.bin, layout.etc, layout.ssh, layout.logs, layout.loginHome, layout.home, layout.proc].map((folder) =>
      mkdir(folder, { recursive: true, mode: 0o755 }),
    ),
  );
  await Promise.all([own(layout.loginHome, login), own(layout.home, broker)]);
  await Promise.all([
    ...standIns.map(({ name, text }) => writeFile(path.join(layout.bin, name), text, { mode: 0o755 })),
    ...etc.map(({ name, text, mode }) => writeFile(path.join(layout.etc, name), text, { mode })),
    ...services.flatMap(({ files }) => files.map((file) => writeFile(file.path, file.text, { mode: file.mode }))),
    writeFile(path.join(layout.proc, 'stat'), cpuLine(quietLoad), { mode: 0o644 }),
    openJournal(layout.journal),
  ]);
}

/** Everybody on the host may write to the journal, whatever user he is. */
async function openJournal(file: string): Promise<void> {
  await writeFile(file, '', { mode: 0o666 });
  await chmod(file, 0o666);
}
