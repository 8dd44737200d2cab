import type { HivemqSpec } from '../spec/index.js';
import type { Installations, PackedExtensions, SpecReading } from './reading.js';
import type { AdoptRequest } from './request.js';

/** config.xml of one member, as the renderer writes it. */
export type ConfigRenderer = (spec: HivemqSpec, members: readonly string[], name: string) => string;

export interface ReadSpecInput {
  readonly request: AdoptRequest;
  readonly installations: Installations;
  readonly packed: PackedExtensions;
  readonly renderConfig: ConfigRenderer;
}

/** See `specOf`, which gives the renderer. */
export function readSpec({ request, installations }: ReadSpecInput): SpecReading {
  const problems = Object.keys(installations).length === 0 ? ['no host was read'] : [];
  return { spec: { ...request, nodes: Object.keys(installations).length }, secrets: [], notes: [], problems };
}
