import { wantedOf } from '../../../src/activities/steps/manifest/wanted-of.js';
import { settingsOf } from '../../../src/activities/steps/manifest/wanted-items.js';
import type { CheckFacts } from '../../../src/domain/checks/index.js';
import {
  operationDefinition,
  type OperationType,
  type ParsedInput,
  parseOperationInput,
  type PlanDraft,
} from '../../../src/domain/operations/index.js';
import type { PlanContext, WantedItems } from '../../../src/domain/planning/index.js';
import { memberNames, type RecordState } from '../../../src/domain/record/index.js';
import { type ClusterSpec, reviveClusterSpec } from '../../../src/domain/spec/index.js';
import { product } from '../support/specs.js';
import { Cache } from './cache.js';
import type { ModelCluster } from './cluster.js';
import { observe } from './observe.js';

/** Everything there is: hosts, record, and the spec that somebody has in a file. */
export interface World {
  readonly cluster: ModelCluster;
  record: RecordState;
  /** The file, for operations that bring a spec. */
  file: ClusterSpec;
}

/** One operation that somebody asks for. */
export interface Job {
  readonly type: OperationType;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface Planned {
  readonly draft: PlanDraft;
  readonly input: ParsedInput;
  readonly spec: ClusterSpec;
  readonly context: PlanContext;
}

const items = new Cache<Map<string, WantedItems>>();
const revived = new Cache<ClusterSpec>();

/** What the real renderer asks for on a host. */
export function wanted(spec: ClusterSpec, host: string): WantedItems {
  const known = items.of(spec, () => new Map());
  const found = known.get(host) ?? wantedOf(spec, host);
  known.set(host, found);
  return found;
}

/** The spec of the record, as steps and checks read it. */
export function recordedSpec({ record }: Pick<World, 'record'>): ClusterSpec | null {
  const { spec } = record;
  return spec === null ? null : revived.of(spec, () => reviveClusterSpec(spec));
}

/** What can be told beyond the observation. */
export function factsOf({ cluster }: World, spec: ClusterSpec): CheckFacts {
  const hosts = [...cluster.nodes].filter(([, { reachable }]) => reachable);
  return {
    backup: cluster.backup > 0 ? { id: 'b1', state: 'BACKUP_IN_PROGRESS' } : null,
    cpu: Object.fromEntries([...cluster.nodes].map(([host, { cpu, reachable }]) => [host, reachable ? cpu : null])),
    ...(spec.loadBalancer && {
      balancer: {
        name: 'gate',
        down: {},
        open: Object.fromEntries(hosts.map(([host, { gate }]) => [host, gate === 'open'])),
        limit: null,
        connections: null,
      },
    }),
    ...(spec.policy.maintenanceWindows.length > 0 && {
      window: { open: cluster.windowClosed === 0, next: '2026-01-02T00:00:00.000Z' },
    }),
  };
}

/** What a planner gets to see now. */
export function contextOf(world: World, spec: ClusterSpec): PlanContext {
  const { cluster, record } = world;
  const hosts = [...cluster.nodes.keys()];
  return {
    spec,
    product,
    record,
    recorded: recordedSpec(world),
    observation: observe(cluster),
    facts: [],
    checkFacts: factsOf(world, spec),
    items: Object.fromEntries(hosts.map((host) => [host, wanted(spec, host)])),
    settings: Object.fromEntries(hosts.map((host) => [host, settingsOf(wanted(spec, host))])),
    stamp: `2026010100${String(record.lease.token).padStart(4, '0')}`,
    recoveryHost: { host: 'rec1', isMember: false, cpus: 8, memoryBytes: 64e9, freeBytes: 1e12, dataBytes: 1e6 },
    answering: answering(world),
  };
}

/** Hosts that the worker cannot reach and others can. */
export function answering({ cluster }: World): Record<string, string> {
  const alive = [...cluster.nodes].filter(([, { reachable, phase }]) => !reachable && phase !== 'off');
  return Object.fromEntries(alive.map(([host]) => [host, 'port 1883 answers another host']));
}

/** What an operation plans now. @throws HivekeeperError as the real one */
export function plan(world: World, { type, input: json }: Job): Planned {
  const definition = operationDefinition(type);
  const bringsSpec = definition.specFromInput !== undefined;
  const input = parseOperationInput(type, { cluster: 'prod', ...json, ...(bringsSpec && { spec: {} }) });
  const spec = bringsSpec ? world.file : (recordedSpec(world) ?? world.file);
  const adjusted = definition.adjustSpec?.(spec, input) ?? spec;
  const context = contextOf(world, adjusted);
  return { draft: definition.plan(context, input), input, spec: adjusted, context };
}

export const members = ({ record }: Pick<World, 'record'>): string[] => memberNames(record);
