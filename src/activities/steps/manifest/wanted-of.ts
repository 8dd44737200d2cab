import type { WantedItems } from '../../../domain/planning/index.js';
import { productOf } from '../../../domain/products/index.js';
import type { ClusterSpec } from '../../../domain/spec/index.js';
import { manifestOf } from './manifest-of.js';
import { wantedItems } from './wanted-items.js';

/** What a node of this spec should have, the list of members left out: a change of that list needs no restart. */
export function wantedOf(spec: ClusterSpec, host: string): WantedItems {
  return wantedItems(manifestOf(spec, [host], host), productOf(spec).certificate(spec, host));
}
