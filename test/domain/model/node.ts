import type { WantedItems } from '../../../src/domain/planning/index.js';

/** `off`: no process. `joining` and `leaving` take ticks; only one that is `up` serves. */
export type Phase = 'off' | 'joining' | 'up' | 'leaving';

/** A data folder that was moved aside, with the persistent items in it. */
export interface KeptFolder {
  readonly path: string;
  readonly at: string;
  readonly reason: string;
  readonly recovered?: string;
  readonly items: readonly string[];
}

/** One host of the model and the broker on it. */
export interface ModelNode {
  phase: Phase;
  /** Ticks until the phase ends by itself. */
  left: number;
  /** Whether the worker can reach the host, whatever runs there. */
  reachable: boolean;
  gate: 'open' | 'closed';
  clients: number;
  /** Percent of its processors. */
  cpu: number;
  /** What its broker runs, or ran last. */
  version: string | null;
  installed: string[];
  current: string | null;
  /** The version that its files were written for since its process was last gone. */
  configured: string | null;
  /** Members that its files name. */
  told: string[];
  items: WantedItems | null;
  /** Fencing token of the last operation that wrote to it, and of the one that started it. */
  token: number;
  started: number | null;
  /** Token of the operation whose new version it did not take, noted before it goes back. */
  refused: number | null;
  /** How often its broker was started. */
  starts: number;
  /** How long it was watched on which version by which process, in ticks. */
  soak: { version: string; ticks: number; start: number; done: boolean } | null;
  status: 'member' | 'retired' | null;
  /** Persistent items in `data`, and in `data/cluster-backup`. */
  data: Set<string>;
  copy: Set<string>;
  kept: KeptFolder[];
  /** Stopped by a plan and not up again since. */
  away: boolean;
}

export const spareNode = (): ModelNode => ({
  phase: 'off',
  left: 0,
  reachable: true,
  gate: 'closed',
  clients: 0,
  cpu: 20,
  version: null,
  installed: [],
  current: null,
  configured: null,
  told: [],
  items: null,
  token: 0,
  started: null,
  refused: null,
  starts: 0,
  soak: null,
  status: null,
  data: new Set(),
  copy: new Set(),
  kept: [],
  away: false,
});

export const runs = ({ phase }: ModelNode): boolean => phase !== 'off';
