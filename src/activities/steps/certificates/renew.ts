import type { KeyMaterial } from '../../../adapters/tls/index.js';
import { materialRequest } from '../manifest/issued-material.js';
import type { StepContext } from '../step-context.js';
import { ownIdentity, updateIdentity } from '../update-identity.js';

/**
 * Has a new certificate issued for a node, once for an operation: an attempt that was cut off after that is known by what
 * it noted on the host.
 */
export async function renewOnce(context: StepContext, name: string): Promise<void> {
  const { session, signal, envelope } = context;
  const { token } = envelope;
  const ask = (force: boolean): Promise<KeyMaterial> =>
    session.dependencies.keyMaterial.materialFor({ ...materialRequest(session, name), force }, signal);
  const last = (await ownIdentity(context, name))?.certificates;
  const begun = last?.token === token && last.goal === 'renew' ? last : null;
  if (begun?.done === true) return;
  const present = await ask(false);
  if (begun?.replaces !== undefined && begun.replaces !== present.fingerprint) return;
  const certificates = { token, goal: 'renew', replaces: present.fingerprint, done: false };
  await updateIdentity(context, name, (old) => ({ ...old, certificates }));
  await ask(true);
}
