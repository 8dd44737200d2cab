import type { ClusterSpec } from '../../../domain/spec/index.js';
import type { NodeManifest } from '../../../render/node-manifest.js';
import { rendererOf } from '../../../render/products/index.js';

/** Everything that a node of this cluster has, for these members. @throws HivekeeperError UnknownNode */
export function manifestOf(spec: ClusterSpec, members: readonly string[], host: string): NodeManifest {
  return rendererOf(spec).manifest(spec, members, host);
}
