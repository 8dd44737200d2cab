import type { KeyMaterial, KeyMaterialRequest } from '../../../adapters/tls/index.js';
import { HivekeeperError } from '../../../domain/errors/index.js';
import type { ClusterSession } from '../../cluster-session.js';
import type { StepContext } from '../step-context.js';

/** Asks the issuer of the spec for a node's key material, once however many stores it goes into. */
export function issuedMaterial(context: StepContext, name: string): () => Promise<KeyMaterial> {
  const { session, signal } = context;
  let material: Promise<KeyMaterial> | undefined;
  return () => {
    material ??= ask();
    return material;
  };
  async function ask(): Promise<KeyMaterial> {
    return session.dependencies.keyMaterial.materialFor(materialRequest(session, name), signal);
  }
}

/** What is asked of the issuer of the spec for a node. */
export function materialRequest({ product, spec }: ClusterSession, node: string): KeyMaterialRequest {
  const wish = product.certificate(spec, node);
  if (wish === null) throw new HivekeeperError('Internal', `${spec.name}: a store of issued keys, and no issuer`);
  return { cluster: spec.name, node, ...wish, validity: product.certificateValidity(spec) };
}
