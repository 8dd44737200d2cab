import { parallel, type PlanNode, sequence } from '../plan/index.js';
import type { NodeIdentity } from '../observation/index.js';
import type { RecordState } from '../record/index.js';
import { memberNames } from '../record/index.js';
import type { ClusterSpec } from '../spec/index.js';
import { planStep } from '../steps/index.js';

/** A node of a cluster that was made by hand, as its host tells of it. */
export interface FoundNode {
  readonly host: string;
  readonly version: string | null;
  /** Null where the broker does not run. */
  readonly process: { readonly pid: number; readonly startTime: string; readonly user: string } | null;
  /** The systemd unit that keeps the broker. */
  readonly unit: string | null;
  /** Folders that the broker has elsewhere than below the home. */
  readonly elsewhere: readonly { readonly name: string; readonly path: string }[];
  /** The same as long as nothing that matters has changed there: a hash. */
  readonly state: string;
  /** What was found, one line each, for people. */
  readonly lines: readonly string[];
}

/** What only a look at the folders as the broker's user tells. */
export interface FoundPlace {
  readonly host: string;
  readonly identity: NodeIdentity | null;
  /** What the broker's user must be able to change, and cannot. */
  readonly notWritable: readonly string[];
  /** Why the data cannot be moved by a rename within the home; null when it can. */
  readonly dataProblem: string | null;
  /** Folders that lie elsewhere and that a link in the home leads to. */
  readonly linked: readonly string[];
  /** Whether something is named `current` or `packages` that is not Hivekeeper's. */
  readonly taken: readonly string[];
  /** What is missing for the commands that the next planned stop needs as root, and how to give it; null: nothing. */
  readonly rights: string | null;
}

/** A secret of the cluster, as the spec names it. */
export interface FoundSecret {
  readonly reference: string;
  readonly where: readonly string[];
  readonly howToSet: string;
  /** Whether the worker has it. */
  readonly set: boolean;
}

/** A cluster as it is about to be adopted. */
export interface Adoption {
  /** In the form of a file. */
  readonly spec: Readonly<Record<string, unknown>>;
  readonly nodes: readonly FoundNode[];
  readonly places: readonly FoundPlace[];
  readonly secrets: readonly FoundSecret[];
  readonly notes: readonly string[];
}

interface Place {
  readonly home: string;
}

/** Everything that keeps a node from being taken into care as it runs, one sentence each. */
export function nodeProblems(
  { name, broker }: Pick<ClusterSpec, 'name' | 'broker'>,
  node: FoundNode,
  place: FoundPlace,
  { home }: Place,
): string[] {
  const { host, process, unit } = node;
  const { identity } = place;
  const elsewhere = node.elsewhere.filter((folder) => !place.linked.includes(folder.name));
  const problems: (string | null)[] = [
    identity !== null && identity.status !== 'retired' && identity.cluster !== name
      ? `its ${home}/.hivekeeper/node.json says that it belongs to the cluster ${identity.cluster}`
      : null,
    identity?.cluster === name && identity.layout !== 'adopted' && identity.status === 'member'
      ? `it is in the care of ${name} already; use hivekeeper apply`
      : null,
    process === null
      ? `${home} has a HiveMQ that does not run; start it, or take the host out of the file, and adopt the cluster when all nodes serve`
      : null,
    process !== null && process.user !== broker.user
      ? `its broker runs as ${process.user}, and broker.user is ${broker.user}`
      : null,
    node.version === null ? 'nothing says for certain which version runs; enable the health API' : null,
    node.version !== null && node.version !== broker.version
      ? `it runs ${node.version}, and others ${broker.version}; bring all nodes to one version first`
      : null,
    unit !== null && broker.supervisor === 'process'
      ? `its broker is kept by ${unit}, which would start it again after each stop; set broker.supervisor: systemd`
      : null,
    ...elsewhere.map(({ name: folder, path }) =>
      folder === 'data'
        ? `its data lies in ${path}; it must be within ${home}/data, so that it can be moved aside by a rename. Move it there at a restart of your own`
        : `its ${folder} folder is ${path}; make ${home}/${folder} a link to it, which the running broker does not notice: sudo -u ${broker.user} sh -c 'rmdir ${home}/${folder}; ln -s ${path} ${home}/${folder}'`,
    ),
    place.dataProblem,
    place.taken.length > 0
      ? `${place.taken.map((one) => `${home}/${one}`).join(' and ')} ${place.taken.length > 1 ? 'are' : 'is'} there, and the layout of Hivekeeper has something else of that name; move it away`
      : null,
    place.notWritable.length > 0
      ? `${broker.user} cannot change ${place.notWritable.join(', ')}, which its next planned stop needs; sudo chown -R ${broker.user} on them changes nothing for the running broker`
      : null,
  ];
  return problems.flatMap((problem) => (problem === null ? [] : [`${host}: ${problem}`]));
}

/** Why the record stands against an adoption; none where it is empty, or of an adoption that was not finished. */
export function recordProblems(
  record: Pick<RecordState, 'membership'>,
  nodes: readonly FoundNode[],
  places: readonly FoundPlace[],
): string[] {
  const found = new Set(nodes.map(({ host }) => host));
  const own = (host: string): boolean =>
    places.some((place) => place.host === host && place.identity?.layout === 'adopted');
  const others = memberNames(record).filter((host) => !found.has(host) || !own(host));
  return others.length === 0
    ? []
    : [`${others.join(', ')} ${others.length > 1 ? 'are members' : 'is a member'} of it already; use hivekeeper apply`];
}

/** Nodes that are not taken into care yet, one step each; nothing is disturbed, so many at once. */
export function adoptNodes(
  record: Pick<RecordState, 'membership'>,
  { nodes }: Pick<Adoption, 'nodes'>,
): { readonly root: PlanNode; readonly adopted: readonly FoundNode[] } {
  const known = new Set(memberNames(record));
  const adopted = nodes.filter(({ host }) => !known.has(host));
  const members = nodes.map(({ host }) => host);
  const root = sequence('adopt', 'Take the cluster into care as it runs', [
    adopted.length > 0
      ? parallel(
          'nodes',
          'Every node, none is touched',
          adopted.map(({ host, version, unit, process, state }) =>
            planStep('adoptNode', {
              ...{ host, version: version ?? '', unit, state },
              process: { pid: process?.pid ?? 0, startTime: process?.startTime ?? '' },
            }),
          ),
          { limit: 10 },
        )
      : null,
    adopted.length > 0 ? planStep('verifyCluster', { members }) : null,
  ]);
  return { root, adopted };
}

/** What the next planned stop of each node does, besides what it is made for. */
export function atNextStop({ nodes, places }: Pick<Adoption, 'nodes' | 'places'>): string[] {
  const rights = places.flatMap(({ host, rights: missing }) => (missing === null ? [] : [`${host}: ${missing}`]));
  const units = [...new Set(nodes.flatMap(({ unit }) => unit ?? []))];
  return [
    'at the next planned stop of a node its package moves to packages/ within its home; data, logs, licenses, extensions and settings stay where they are',
    'at the next planned stop of a node conf/config.xml and conf/logback.xml are replaced by what the spec renders, which means the same; the ones of now are kept in .hivekeeper/adopted',
    ...units.map(
      (unit) =>
        `at the next planned stop of a node ${unit} is stopped and disabled there, and Hivekeeper's own unit takes its place`,
    ),
    ...rights,
  ];
}

/** One line for each secret that the worker does not have. */
export function unsetSecrets(secrets: readonly FoundSecret[]): string[] {
  return secrets
    .filter(({ set }) => !set)
    .map(
      ({ reference, where, howToSet }) =>
        `the worker has no ${reference} (${where.join(', ')}); ${howToSet}, before the next restart of a node`,
    );
}
