import { isHivekeeperError, messageOf } from '../../../domain/errors/index.js';
import { isServing, parseJson, type NodeHealth } from '../../../domain/products/hivemq/health.js';
import { readLiveConfig } from '../../../domain/products/hivemq/live-config.js';
import { readLog } from '../../../domain/products/hivemq/log-facts.js';
import { asHivemqSpec } from '../../../domain/products/hivemq/spec/index.js';
import {
  type MembershipView,
  nodeIdentitySchema,
  type NodeIdentity,
  type NodeObservation,
  unknownNode,
} from '../../../domain/observation/index.js';
import { renderManifest } from '../../../render/products/hivemq/manifest.js';
import type { DrivenNode, ProcessState } from '../../ports/index.js';
import { memberOf, type HivemqDependencies } from './context.js';
import { askHealth } from './health-api.js';
import { observedExtensions } from './observed-extensions.js';
import { managedFiles, numberOf, observeProgram, parseReport, textOf } from './observe-script.js';

type Report = ReadonlyMap<string, readonly string[]>;

/** Undefined: the file is there and says nothing that we understand. */
function identityOf(report: Report): NodeIdentity | null | undefined {
  if (!report.has('identity-there')) return null;
  const parsed = nodeIdentitySchema.safeParse(parseJson(textOf(report, 'identity') ?? ''));
  return parsed.success ? parsed.data : undefined;
}

function versionOf(folder: string | undefined): string | null {
  return folder === undefined ? null : (/^hivemq-(\d+\.\d+\.\d+)$/.exec(folder)?.[1] ?? null);
}

/** Sizes in bytes; the copy in data/cluster-backup is not counted as data. */
function diskOf(report: Report): NodeObservation['disk'] {
  const free = numberOf(report, 'free');
  if (free === null) return null;
  const copy = numberOf(report, 'copy') ?? 0;
  const data = Math.max(0, (numberOf(report, 'data') ?? 0) - copy);
  return { freeBytes: free * 1024, dataBytes: data * 1024, backupCopyBytes: copy * 1024 };
}

function filesOf(report: Report): Record<string, string> {
  return Object.fromEntries(
    (report.get('sha256') ?? []).map((value) => {
      const blank = value.indexOf(' ');
      return [value.slice(blank + 1), value.slice(0, blank)] as const;
    }),
  );
}

function linksOf(report: Report): Record<string, string> {
  return Object.fromEntries(
    (report.get('link') ?? []).map((value) => {
      const tab = value.indexOf('\t');
      return [value.slice(0, tab), value.slice(tab + 1)] as const;
    }),
  );
}

/** What is hashed or read on the host: nothing with secrets in it. */
function looks({ spec, name }: DrivenNode): string[] {
  const { files, contents, stores, links } = renderManifest(asHivemqSpec(spec), [name], name);
  const paths = [...files, ...contents, ...stores].map(({ path }) => path);
  return [...new Set([...managedFiles, ...paths]), '--links', ...links.map(({ path }) => path)];
}

/**
 * The listeners that the running broker read from its file. A file that is newer than the process says nothing of it:
 * then the broker's own list is all that is known.
 */
function expectedPorts(report: Report, ports: readonly number[], health: NodeHealth): readonly number[] {
  const changed = numberOf(report, 'config-changed');
  if (changed === null || health.startedAt === null) return [];
  return (changed + 1) * 1000 <= health.startedAt ? ports : [];
}

/** What a broker without a cluster need not say: it is all of its own. */
const viewAlone = (host: string): MembershipView => ({
  nodeId: host,
  nodeState: 'RUNNING',
  members: [host],
  leaveReplicationInProgress: false,
});

function combine(
  host: string,
  report: Report,
  identity: NodeIdentity | null,
  process: ProcessState,
  health: NodeHealth | null,
  clustered: boolean,
): NodeObservation {
  const config = readLiveConfig(textOf(report, 'config') ?? '');
  const log = readLog((textOf(report, 'log') ?? '').split('\n'));
  // A process that is gone takes part in nothing, whatever answers on its port.
  const own = process.running ? health : null;
  // Before its layout is brought in order an adopted node is its own package.
  const adoptedVersion = identity?.layout === 'adopted' ? (identity.version ?? null) : null;
  const current = versionOf(report.get('current')?.[0]) ?? adoptedVersion;
  return {
    host,
    reachable: true,
    unreachable: null,
    identity,
    process: process.running
      ? { running: true, pid: process.pid, startTime: process.startTime }
      : { running: false, pid: null, startTime: null },
    installed: [...(report.get('installed') ?? []).map(versionOf), adoptedVersion].flatMap((version) => version ?? []),
    current,
    // A broker that is seen without its API runs what `current` was when it started: it is switched on a stopped node only.
    runningVersion: own === null ? null : (own.version ?? (clustered ? null : current)),
    ready: own !== null && isServing(own, expectedPorts(report, config?.listenerPorts ?? [], own)),
    view: own === null ? null : (own.view ?? (clustered ? null : viewAlone(host))),
    clients: null,
    replicaCount: clustered ? (config?.replicaCount ?? null) : null,
    synchronizing: process.running ? log.synchronizing : null,
    disaster: log.disaster,
    files: filesOf(report),
    disk: diskOf(report),
    links: linksOf(report),
    corruptLicenses: Object.fromEntries(
      Object.entries(log.licenses).flatMap(([file, { corrupt, line }]) => (corrupt ? [[file, line] as const] : [])),
    ),
    extensions: observedExtensions(report, log),
    drift: [],
  };
}

/** Reads one node: its disk, its process and its health side by side, so that it takes one round trip. Never throws. */
export async function observe(dependencies: HivemqDependencies, node: DrivenNode): Promise<NodeObservation> {
  try {
    const member = memberOf(node.spec, node.name, node.host);
    const { home, user } = member.supervised;
    const [answer, process, health] = await Promise.all([
      node.host.script(observeProgram, [home, ...looks(node)], { asUser: user }),
      dependencies.supervisor(node.spec).state(member.supervised),
      askHealth(member),
    ]);
    const report = parseReport(answer.stdout);
    const identity = identityOf(report);
    // Taken for a host without a node, it could be given away or overwritten.
    if (identity === undefined) {
      const file = `${home}/.hivekeeper/node.json`;
      return unknownNode(node.name, `${file} cannot be read as an identity; restore or remove it by hand`);
    }
    return combine(node.name, report, identity, process, health, asHivemqSpec(node.spec).cluster.enabled);
  } catch (error) {
    const reason = messageOf(error).split('\n')[0] ?? '';
    return unknownNode(node.name, isHivekeeperError(error, 'CommandFailed') ? `commands fail: ${reason}` : reason);
  }
}
