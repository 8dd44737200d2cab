import type { HivemqSpec, KeystoreSpec, TruststoreSpec } from '../../../domain/products/hivemq/spec/index.js';
import type {
  Effect,
  MadeStore,
  NodeManifest,
  PlacedContent,
  SecretValue,
  SecretVariable,
} from '../../node-manifest.js';
import { keyMaterial } from './key-material.js';
import { storeUses, type StoreUse } from './stores.js';

type Part = Pick<NodeManifest, 'contents' | 'stores' | 'variables'>;

/** What Hivekeeper makes a store of; undefined where it lies on the host or is brought as it is. */
function madeFrom(store: StoreUse['store'], isKeystore: boolean): MadeStore['source'] | undefined {
  if (!store) return { from: isKeystore ? 'issued-key' : 'issued-certificates' };
  if ('certificate' in store && store.certificate && store.privateKey) {
    const { certificate, privateKey, privateKeyPassword } = store;
    return { from: 'pem-key', certificate, privateKey, ...(privateKeyPassword && { passphrase: privateKeyPassword }) };
  }
  if ('certificates' in store && store.certificates)
    return { from: 'pem-certificates', certificates: store.certificates };
  return undefined;
}

/** The password of the private key, where the store has one of its own; the key of a made store has the store's. */
function keyPassword(store: KeystoreSpec | TruststoreSpec, fallback: SecretValue): SecretValue {
  const own = 'privateKeyPassword' in store ? store.privateKeyPassword : undefined;
  return own ? { from: 'secret', secret: own } : fallback;
}

function partOf({ use, store, isKeystore, reloads }: StoreUse): Part {
  const { path, passwordVariable, privateKeyPasswordVariable } = keyMaterial(use, store);
  const effect: Effect = reloads ? 'hot' : 'restart';
  const source = madeFrom(store, isKeystore);
  const generated: SecretValue = { from: 'generated', store: path };
  const password: SecretValue =
    source === undefined && store?.password ? { from: 'secret', secret: store.password } : generated;
  const ofKey = source === undefined && store ? keyPassword(store, password) : password;
  const content: PlacedContent[] = store?.content ? [{ path, mode: 0o600, content: store.content, effect }] : [];
  const variables: SecretVariable[] = [
    { name: passwordVariable, value: password },
    ...(isKeystore ? [{ name: privateKeyPasswordVariable, value: ofKey }] : []),
  ];
  return { contents: content, stores: source ? [{ path, source, effect }] : [], variables };
}

/** The keystores and truststores of a node: those that are brought, those that Hivekeeper makes, and all passwords. */
export function storeManifest(spec: HivemqSpec): Part {
  const parts = storeUses(spec).map(partOf);
  return {
    contents: parts.flatMap((part) => part.contents),
    stores: parts.flatMap((part) => part.stores),
    variables: parts.flatMap((part) => part.variables),
  };
}
