import type { RecordChange } from '../../../../src/domain/record/index.js';
import type { ClusterSpec } from '../../../../src/domain/spec/index.js';
import type { ModelCluster } from '../cluster.js';
import type { ModelNode } from '../node.js';
import type { World } from '../world.js';

export const at = '2026-01-01T00:00:00.000Z';

/** How far a step has come, asked once a tick. `changes` are what its activity tells the record. */
export type Progress = { done: RecordChange[] } | { wait: string } | { fail: string };

export interface Acting {
  readonly world: World;
  readonly cluster: ModelCluster;
  /** The spec of the record. */
  readonly spec: ClusterSpec;
  readonly token: number;
  /** What this attempt remembers; a worker that dies forgets it. */
  readonly memory: Map<string, number>;
}

/** What a step does. Like its activity it looks first and acts on the difference, so that it may be asked again at any time. */
export type Body = (acting: Acting, input: unknown) => Progress;

export const done = (...changes: RecordChange[]): Progress => ({ done: changes });
export const wait = (reason: string): Progress => ({ wait: reason });
export const fail = (reason: string): Progress => ({ fail: reason });

/** Moves what is in a node's data folder aside; nothing where it is empty. */
export function moveAside(node: ModelNode, reason: string): void {
  if (node.data.size > 0)
    node.kept.push({ path: `data-kept/${reason}-${node.kept.length}`, at, reason, items: [...node.data] });
  node.data = new Set();
}

/** `run.sh` keeps one copy of the data of before; an older one is moved aside first. */
export function keepCopy(node: ModelNode): void {
  if (node.copy.size > 0)
    node.kept.push({ path: `data-kept/copy-${node.kept.length}`, at, reason: 'kept-copy', items: [...node.copy] });
  node.copy = new Set();
}
