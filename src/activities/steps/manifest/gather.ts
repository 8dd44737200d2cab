import type { NodeManifest } from '../../../render/node-manifest.js';
import { secretsPath } from '../../../render/node-manifest.js';
import type { StepContext } from '../step-context.js';
import { readEnvironment, resolveVariables } from './environment-file.js';
import { issuedMaterial } from './issued-material.js';
import type { KnownSecrets } from './masked.js';
import { type BuiltStore, makeStore } from './make-store.js';
import { fillSecretFiles, type FilledFile } from './place-files.js';
import type { Target } from './target.js';

/** Everything of a manifest that has secrets in it, ready to be written to its node and nowhere else. */
export interface Gathered {
  readonly variables: ReadonlyMap<string, string>;
  readonly secretFiles: readonly FilledFile[];
  readonly stores: readonly BuiltStore[];
}

export interface GatherRequest {
  readonly manifest: NodeManifest;
  /** The part of it that is written now. */
  readonly wanted: NodeManifest;
  /** Whether the broker is stopped, so that its environment may change. */
  readonly stopped: boolean;
}

/**
 * Resolves secrets and makes stores, before anything on the host is touched.
 * @param known learns every value
 * @throws SecretMissing, InvalidInput for key material that cannot be used
 */
export async function gather(
  context: StepContext,
  target: Target,
  { manifest, wanted, stopped }: GatherRequest,
  known: KnownSecrets,
): Promise<Gathered> {
  const { dependencies, spec } = context.session;
  const { secrets, keyMaterial, userPasswords } = dependencies;
  const { host, user, signal, pathOf } = target;
  const present = readEnvironment((await host.readFile(await pathOf(secretsPath), { asUser: user })) ?? '');
  known.add(...present.values());
  const generated = manifest.variables.filter(({ value }) => value.from === 'generated');
  const newPassword = stopped ? () => keyMaterial.storePassword(spec.name) : null;
  const resolved = await resolveVariables(stopped ? wanted.variables : generated, secrets, present, newPassword);
  known.add(...resolved.values.values());
  const secretFiles = await fillSecretFiles(wanted.secretFiles, { secrets, userPasswords, cluster: spec.name });
  known.add(...secretFiles.flatMap((file) => file.secrets));
  const issued = issuedMaterial(context, target.name);
  const stores = await Promise.all(
    wanted.stores.flatMap((made) => {
      const password = resolved.passwords.get(made.path);
      // Without a password the running broker could not open it: its restart brings both.
      return password === undefined ? [] : [makeStore(dependencies, made, password, issued, signal)];
    }),
  );
  return { variables: resolved.values, secretFiles, stores };
}
