import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Accounts } from './accounts.js';
import { hostEnvironment, hostMarks } from './environment.js';
import { gateService, gateStandIn } from './gate.js';
import type { CutOffManner, Host } from './host.js';
import { listHostProcesses } from './host-processes.js';
import { readJournal } from './journal.js';
import { startKeeper } from './keeper.js';
import { type KeyPair, makeKeyPair } from './keys.js';
import { layoutOf } from './layout.js';
import { etcFiles, type Neighbour, sudoersText } from './own-users.js';
import { prepareHost } from './prepare.js';
import { fillDisk, mountDisk, noDisk } from './own-disk.js';
import { createFaults } from './faults.js';
import { type Service, type SshServer, sshService } from './ssh-service.js';
import { cpuLine } from './cpu-line.js';
import { dfStandIn, type StandIn } from './stand-ins.js';
import { prepareSystemd, systemctlFile, systemctlStandIn, systemdCalls } from './systemd.js';
import { hostWrapper } from './wrapper.js';
import { quoteAll } from './quote.js';
import { untilRefused, untilSshAnswers } from './until-ssh-answers.js';

export interface HostOptions {
  readonly name: string;
  readonly address: string;
  readonly sshPort: number;
  readonly stageId: string;
  /** The host's own folder; it is made. */
  readonly root: string;
  readonly accounts: Accounts;
  readonly server: SshServer;
  /** The key that may log in, and the file that holds its private half. */
  readonly client: KeyPair & { readonly file: string };
  /** All hosts of the stage, for the name table. */
  readonly neighbours: readonly Neighbour[];
  /** Programs for the host's own `bin` folder. */
  readonly standIns: readonly StandIn[];
  /** Whether the host has a stand-in for systemd, which needs accounts of its own. Default: false */
  readonly systemd?: boolean | undefined;
  /**
   * Size in bytes of a disk of the host's own, which holds the broker's home and can really be filled up; needs accounts
   * of its own. Default: the home lies on the machine's disk
   */
  readonly diskBytes?: number | undefined;
  /** Port of the traffic gate on this host. Default: it has none. */
  readonly gatePort?: number | undefined;
}

/** Makes a host and starts its services; returns when it answers on SSH. */
export async function startHost(options: HostOptions): Promise<Host> {
  const { name, address, sshPort, accounts, stageId, systemd = false, diskBytes } = options;
  if (diskBytes !== undefined && accounts.kind !== 'separate') throw new Error(noDisk(name));
  const layout = layoutOf(options.root);
  const hostKey = makeKeyPair(name);
  const environment = hostEnvironment({ layout, stageId, name, address });
  const marks = hostMarks({ stageId, name });
  const ssh = sshService({
    ...{ server: options.server, layout, address, port: sshPort, hostKey, accounts, environment },
    authorizedKey: options.client.publicKey,
  });
  const gate =
    options.gatePort === undefined ? undefined : gateService({ layout, address, port: options.gatePort, accounts });
  const keptVariables = Object.keys(environment).filter((variable) => variable.startsWith('HIVE'));
  if (systemd) await prepareSystemd(layout);
  await prepareHost({
    layout,
    accounts,
    standIns: [
      dfStandIn(layout),
      ...options.standIns,
      ...(gate === undefined ? [] : [gateStandIn(layout, address)]),
      ...(systemd ? [systemctlStandIn(layout)] : []),
    ],
    etc: accounts.kind === 'own' ? [] : etcFiles({ accounts, layout, keptVariables, neighbours: options.neighbours }),
    services: [ssh, ...(gate === undefined ? [] : [gate])],
  });
  const keeper = await startKeeper({
    marks,
    wrapper: hostWrapper({ accounts, server: options.server, systemd }, layout, name),
  });
  const sshLog = path.join(layout.logs, 'ssh.log');
  let sshPid = -1;

  const run = (service: Service, log: string): Promise<number> =>
    keeper.run(`exec env -i ${quoteAll(entries(environment))} ${service.command} >>${quoteAll([log])} 2>&1`);
  const startSsh = async (): Promise<void> => {
    sshPid = await run(ssh, sshLog);
    await untilSshAnswers(address, sshPort, async () => (await readFile(sshLog, 'utf8')).slice(-1000));
  };
  const startServices = async (): Promise<void> => {
    if (gate !== undefined) await run(gate, path.join(layout.logs, 'gate.log'));
    if (systemd)
      await run(
        { files: [], command: quoteAll([systemctlFile(layout), 'stage-boot']) },
        path.join(layout.logs, 'boot.log'),
      );
    await startSsh();
  };
  const processes = () => listHostProcesses({ keeperPid: keeper.pid, subreaper: keeper.subreaper, marks });
  const ownDisk = diskBytes !== undefined && accounts.kind === 'separate';
  const faults = createFaults(processes, () => sshPid);
  let runs = 0;
  const runCommand = async (command: string, as: 'login' | 'broker' | 'root'): Promise<void> => {
    runs += 1;
    const out = path.join(layout.logs, `run-${runs}`);
    const account = as === 'root' ? undefined : accounts[as];
    const become =
      account === undefined || accounts.kind === 'own'
        ? []
        : ['setpriv', `--reuid=${account.id}`, `--regid=${account.id}`, '--clear-groups', '--'];
    const words = quoteAll(['env', '-i', ...entries(environment), ...become, '/bin/sh', '-c', command]);
    await keeper.run(`${words} >${quoteAll([out])} 2>&1; echo $? >${quoteAll([`${out}.code`])}`);
    const code = async (): Promise<string> => (await readFile(`${out}.code`, 'utf8').catch(() => '')).trim();
    let ended = await code();
    for (; ended === ''; ended = await code()) await sleep(20);
    if (ended !== '0') throw new Error(`On ${name}, "${command}" ended with ${ended}: ${await readFile(out, 'utf8')}`);
  };
  try {
    if (ownDisk) await runCommand(mountDisk(layout.home, diskBytes, accounts.broker.id), 'root');
    await startServices();
  } catch (error) {
    await keeper.stop();
    throw error;
  }

  let cut: CutOffManner | undefined;
  let off = false;
  return {
    ...{ name, address, sshPort, root: layout.root, home: layout.home, journalFile: layout.journal },
    hostKeyFingerprint: hostKey.fingerprint,
    user: accounts.login.name,
    brokerUser: accounts.broker.name,
    become: accounts.kind === 'separate' ? 'sudo' : 'none',
    privateKeyFile: options.client.file,
    subreaper: keeper.subreaper,
    journal: () => readJournal(layout.journal),
    systemctlCalls: () => systemdCalls(layout),
    processes,
    brokers: () => faults.select('broker'),
    kill9: (what) => faults.kill9(what),
    freeze: () => faults.freeze(),
    thaw: () => faults.thaw(),
    async cutOff(manner = 'silent') {
      cut = manner;
      await writeFile(layout.blocked, '*\n');
      if (manner === 'silent') await faults.freezeSsh();
      else {
        await faults.killSsh();
        await untilRefused(address, sshPort);
      }
    },
    async installSudoers(shipped) {
      if (accounts.kind === 'own') return;
      // Written in place: the host sees this very file, not its name.
      await writeFile(path.join(layout.etc, 'sudoers'), sudoersText({ accounts, layout, keptVariables }, shipped));
    },
    block: (addresses) => writeFile(layout.blocked, addresses.map((blocked) => `${blocked}\n`).join('')),
    async restore() {
      await rm(layout.blocked, { force: true });
      if (cut === 'silent') faults.thawSsh();
      if (cut === 'refuse') await startSsh();
      cut = undefined;
    },
    async fillDisk(freeBytes) {
      if (freeBytes === undefined) await rm(layout.freeBytes, { force: true });
      else await writeFile(layout.freeBytes, `${freeBytes}\n`);
    },
    holdBackups: (held) => (held ? writeFile(layout.heldBackups, '') : rm(layout.heldBackups, { force: true })),
    setLoad: (percent) => writeFile(path.join(layout.proc, 'stat'), cpuLine(percent)),
    async fillUp(freeBytes) {
      if (!ownDisk) throw new Error(noDisk(name));
      await runCommand(fillDisk(layout.home, freeBytes), 'root');
    },
    outside: (file) =>
      ownDisk && !path.relative(layout.home, file).startsWith('..') ? `/proc/${keeper.pid}/root${file}` : file,
    async reboot({ downForMs = 0 } = {}) {
      await faults.kill9('all');
      await rm(layout.blocked, { force: true });
      cut = undefined;
      await sleep(downForMs);
      await startServices();
    },
    async powerOff() {
      off = true;
      await faults.kill9('all');
      await rm(layout.blocked, { force: true });
      cut = undefined;
    },
    async powerOn() {
      if (!off) return;
      off = false;
      await startServices();
    },
    run: runCommand,
    async stop() {
      await faults.kill9('all');
      await keeper.stop();
    },
  };
}

function entries(environment: Readonly<Record<string, string>>): string[] {
  return Object.entries(environment).map(([name, value]) => `${name}=${value}`);
}
