import type { JournalEntry } from './journal.js';
import type { HostProcess } from './host-processes.js';
import type { SystemctlCall } from './systemd.js';

/** What to end on a host: its broker, everything but the keeper, one process, or those whose command line matches. */
export type KillTarget = 'broker' | 'all' | number | RegExp;

/** How a host that is cut off answers on its SSH port: not at all, or with a refused connection. */
export type CutOffManner = 'silent' | 'refuse';

/** One machine of the stage: an address, an SSH server, users, folders and processes of its own. */
export interface Host {
  readonly name: string;
  readonly address: string;
  readonly sshPort: number;
  /** `SHA256:…`, as the `hostKey` of a cluster spec. */
  readonly hostKeyFingerprint: string;
  /** Folder that holds everything of the host. */
  readonly root: string;
  /** The broker's home on this host. */
  readonly home: string;
  readonly journalFile: string;
  /** The user to log in as. */
  readonly user: string;
  /** The user that the broker runs as; the same as `user` where `become` is `none`. */
  readonly brokerUser: string;
  readonly become: 'sudo' | 'none';
  /** Private key that may log in. */
  readonly privateKeyFile: string;
  /** Whether orphaned processes of the host are reaped at once. */
  readonly subreaper: boolean;
  /** What the stand-ins wrote down so far, oldest first. */
  journal(): JournalEntry[];
  /** Each call of `systemctl` so far, oldest first; none on a host without systemd. */
  systemctlCalls(): SystemctlCall[];
  /** The live processes of this host; zombies are gone. */
  processes(): HostProcess[];
  /** The processes that are a broker. */
  brokers(): HostProcess[];
  /** SIGKILL. @returns the processes that were ended, once they are gone */
  kill9(what: KillTarget): Promise<HostProcess[]>;
  /** Stops all processes of the host in their tracks; connections stay and nothing answers. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** Takes the host off the network: SSH stops answering and the stand-ins drop their packets. Processes run on. */
  cutOff(manner?: CutOffManner): Promise<void>;
  /** Puts this sudoers file in the place of the one that the host started with; nothing where `become` is `none`. */
  installSudoers(text: string): Promise<void>;
  /** Takes the host off the network towards these addresses only, as far as the stand-ins go. */
  block(addresses: readonly string[]): Promise<void>;
  /** Undoes `cutOff` and `block`. */
  restore(): Promise<void>;
  /** Lets `df` on the host claim that only so many bytes are free; undefined undoes it. */
  fillDisk(freeBytes: number | undefined): Promise<void>;
  /**
   * Lets the host's `stat` (below the folder that HOST_PROC names) say that its processors are so busy, in percent; a host
   * that was told nothing is quiet.
   */
  setLoad(percent: number): Promise<void>;
  /** Keeps backups that the host's broker makes from ending, or lets them end. */
  holdBackups(held: boolean): Promise<void>;
  /**
   * Fills the host's own disk until only so many bytes are free, so that writing really fails; undefined empties it again.
   * @throws Error on a host without a disk of its own
   */
  fillUp(freeBytes: number | undefined): Promise<void>;
  /** Where this process finds a file of the host: elsewhere than the host does when it lies on the host's own disk. */
  outside(file: string): string;
  /** Ends everything at once, as a loss of power does, and comes back with the services only, after `downForMs`. */
  reboot(options?: { readonly downForMs?: number }): Promise<void>;
  /** Ends everything at once, SSH server included, and stays off until `powerOn`. */
  powerOff(): Promise<void>;
  /** Starts the services of a host that is off. */
  powerOn(): Promise<void>;
  /**
   * Runs a shell command on the host, as an operator at its console does, until it ends; what it leaves in the background
   * goes on. `root` is the user that runs the stage where the host has no users of its own.
   * @throws Error with what it said, when it fails
   */
  run(command: string, as: 'login' | 'broker' | 'root'): Promise<void>;
  /** Ends the host and all its processes. */
  stop(): Promise<void>;
}
