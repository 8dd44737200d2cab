import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { javaStandIn } from '../distribution/index.js';
import { chooseHostKind, type Host, makeKeyPair, type StandIn, startHost } from '../hosts/index.js';
import { type Claim, claimRange } from './claim.js';
import { type SpecOptions, stageSpec } from './spec.js';

export interface StageOptions {
  /** Names of the hosts for brokers, members and spares. Default: n1 to n4. */
  readonly nodes?: readonly string[];
  /** Names of the hosts with a traffic gate. Default: lb1. */
  readonly gates?: readonly string[];
  /** Names of the hosts for HAProxy, which is not started: a cluster's deployment does that. Default: none */
  readonly balancers?: readonly string[];
  /** Names of the hosts for recovery and scratch clusters. Default: rec1. */
  readonly recovery?: readonly string[];
  /** Folder for everything of the stage, made when missing. Default: a new one for temporary files, removed at the end. */
  readonly root?: string;
  /** Range of addresses to take when it is free, e.g. `127.0.1`. */
  readonly prefer?: string;
  /** Default: OpenSSH where it is installed. */
  readonly sshServer?: 'openssh' | 'built-in' | 'auto';
  /** `separate`: log-in and broker users of their own, with sudo between them. Default: where the machine allows it. */
  readonly accounts?: 'separate' | 'own' | 'auto';
  /** Whether the hosts have a stand-in for systemd; needs separate accounts. Default: false */
  readonly systemd?: boolean;
  /**
   * Size in bytes of a disk of its own under the broker's home of each host, which `fillUp` really fills; needs separate
   * accounts. Its files are found by `outside`. Default: none
   */
  readonly diskBytes?: number;
  /** Programs that come first on the PATH of every host. Default: the `java` that runs the simulated broker. */
  readonly standIns?: readonly StandIn[];
}

/** Hosts, addresses and folders for one cluster. */
export interface Stage {
  readonly id: string;
  readonly root: string;
  /** The first three parts of all addresses, e.g. `127.0.1`. */
  readonly prefix: string;
  readonly hosts: readonly Host[];
  readonly nodes: readonly Host[];
  readonly gates: readonly Host[];
  readonly balancers: readonly Host[];
  readonly recovery: readonly Host[];
  /** @throws Error when there is no host of that name */
  host(name: string): Host;
  /** A cluster spec for these hosts, as plain data. */
  spec(options: SpecOptions): Record<string, unknown>;
  /** Ends all processes of the stage and gives its addresses back. */
  stop(): Promise<void>;
}

const SSH_PORT = 2222;
/** Port on which a traffic gate takes clients. */
export const GATE_PORT = 1883;
const FIRST_ADDRESS = 11;

/** Starts the hosts of a stage; they answer when it returns. */
export async function createStage(options: StageOptions = {}): Promise<Stage> {
  const { nodes = ['n1', 'n2', 'n3', 'n4'], gates = ['lb1'], balancers = [], recovery = ['rec1'] } = options;
  const claim = await claimRange({ prefer: options.prefer });
  let root: string;
  try {
    root = await makeRoot(options.root);
  } catch (error) {
    await claim.release();
    throw error;
  }
  const end = async (hosts: readonly Host[]): Promise<void> => {
    await Promise.all(hosts.map((host) => host.stop()));
    if (options.root === undefined) await rm(root, { recursive: true, force: true });
    await claim.release();
  };
  const names = [...nodes, ...gates, ...balancers, ...recovery];
  const started = await startAll(names, { claim, root, gates, options });
  const hosts = started.filter((one): one is Host => !(one instanceof Error));
  const failed = started.find((host) => host instanceof Error);
  if (failed !== undefined) {
    await end(hosts);
    throw failed;
  }
  const host = (name: string): Host => {
    const found = hosts.find((candidate) => candidate.name === name);
    if (found === undefined) throw new Error(`The stage has no host ${name}, only ${names.join(', ')}.`);
    return found;
  };
  const stage = {
    id: path.basename(root),
    root,
    prefix: claim.prefix,
    hosts,
    nodes: nodes.map(host),
    gates: gates.map(host),
    balancers: balancers.map(host),
    recovery: recovery.map(host),
    host,
    stop: () => end(hosts),
  };
  return { ...stage, spec: (specOptions) => stageSpec(stage, specOptions) };
}

interface Start {
  readonly claim: Claim;
  readonly root: string;
  readonly gates: readonly string[];
  readonly options: StageOptions;
}

async function startAll(names: readonly string[], { claim, root, gates, options }: Start): Promise<(Host | Error)[]> {
  try {
    const { accounts, server } = await chooseHostKind(root, options.sshServer ?? 'auto', options.accounts ?? 'auto');
    const client = { ...makeKeyPair('hivekeeper-stage'), file: path.join(root, 'keys', 'id_ed25519') };
    await mkdir(path.dirname(client.file), { recursive: true, mode: 0o700 });
    await writeFile(client.file, client.privateKey, { mode: 0o600 });
    const stageId = `${claim.prefix}-${randomBytes(6).toString('hex')}`;
    const neighbours = names.map((name, index) => ({ name, address: `${claim.prefix}.${FIRST_ADDRESS + index}` }));
    return await Promise.all(
      neighbours.map(({ name, address }) =>
        startHost({
          ...{ name, address, sshPort: SSH_PORT, stageId, root: path.join(root, 'hosts', name) },
          ...{
            accounts,
            server,
            client,
            neighbours,
            standIns: options.standIns ?? [{ name: 'java', text: javaStandIn(process.execPath) }],
          },
          systemd: options.systemd,
          diskBytes: options.diskBytes,
          gatePort: gates.includes(name) ? GATE_PORT : undefined,
        }).catch((error: unknown) => (error instanceof Error ? error : new Error(String(error)))),
      ),
    );
  } catch (error) {
    return [error instanceof Error ? error : new Error(String(error))];
  }
}

async function makeRoot(given: string | undefined): Promise<string> {
  const root = given ?? (await mkdtemp(path.join(tmpdir(), 'hivekeeper-stage-')));
  await mkdir(root, { recursive: true });
  // The users of the hosts must be able to pass through.
  await chmod(root, 0o755);
  return path.resolve(root);
}
