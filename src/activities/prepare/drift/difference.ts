import type { NodeIdentity, NodeObservation } from '../../../domain/observation/index.js';
import type { WantedItems } from '../../../domain/planning/index.js';
import type { NodeManifest } from '../../../render/node-manifest.js';

/** One way in which a node is not as Hivekeeper left it. */
export interface Difference {
  /** Key of the item that brings it back when it is given again; null: nothing does, it is only told. */
  readonly key: string | null;
  /** For people: `license/prod.lic: removed by hand`. */
  readonly clause: string;
}

/** A node of which Hivekeeper knows what it gave. */
export interface GivenNode {
  readonly node: NodeObservation;
  readonly identity: NodeIdentity;
  /** What it should have now; the list of members is left out of its texts. */
  readonly manifest: NodeManifest;
  readonly wanted: WantedItems;
}

/** Whether a node still has the layout, the texts and the extensions that somebody gave it by hand. */
export const isAdopted = ({ identity }: Pick<GivenNode, 'identity'>): boolean => identity.layout === 'adopted';

/** Whether an item was given and is to stay as it is: what a plan changes anyhow differs for that reason. */
export function isKept({ identity, wanted }: Pick<GivenNode, 'identity' | 'wanted'>, key: string): boolean {
  const given = identity.hot?.[key] ?? identity.items?.[key];
  return given !== undefined && given === (wanted.hot[key] ?? wanted.restart[key]);
}
