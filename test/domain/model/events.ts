import type { Purpose } from '../../../src/domain/checks/index.js';

/** What the hosts of the model would write into their journals, whoever caused it. The watcher hears nothing else. */
export type ModelEvent =
  | { type: 'stopping'; host: string; purpose: Purpose; clientsMayStay: boolean }
  /** `lost`: items that no running broker has any more. */
  | { type: 'stopped'; host: string; planned: boolean; lost: readonly string[] }
  | { type: 'starting'; host: string; version: string; mode: 'run' | 'recovery' }
  | { type: 'joined'; host: string }
  | { type: 'configured'; host: string; version: string }
  | { type: 'opened' | 'dropped' | 'retired'; host: string }
  | { type: 'overwritten'; host: string; items: readonly string[] }
  /** A step acts, under this fencing token; `host` where it acts on one. */
  | { type: 'acts'; kind: string; host: string | null; token: number };
