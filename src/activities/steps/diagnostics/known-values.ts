import { posix } from 'node:path';
import { SecretValues } from '../../../adapters/masking/index.js';
import { HivekeeperError } from '../../../domain/errors/index.js';
import { type ClusterSpec, reviveClusterSpec, type Secret } from '../../../domain/spec/index.js';
import { secretsPath } from '../../../render/node-manifest.js';
import { readEnvironment, resolveVariables } from '../manifest/environment-file.js';
import { manifestOf } from '../manifest/manifest-of.js';
import { secretText } from '../manifest/secret-text.js';
import type { StepContext } from '../step-context.js';

/**
 * Every secret of the cluster that the worker can know: what the recorded spec and the one before refer to, in the forms
 * in which nodes have it, and what the nodes' own files of secrets hold. What cannot be resolved is nothing that can be
 * looked for.
 */
export async function knownValues(context: StepContext): Promise<SecretValues> {
  const { session, signal } = context;
  const values = new SecretValues();
  const { spec, previous } = session.record;
  for (const document of [spec, previous]) {
    for (const secret of secretsIn(document)) {
      const value = await quietly(() => session.dependencies.secrets.resolve(secret));
      if (value !== null) values.add(value);
    }
  }
  const specs = previous === null ? [session.spec] : [session.spec, reviveClusterSpec(previous)];
  for (const one of specs) for (const value of await manifestValues(context, one)) values.add(value);
  const onNodes = await Promise.all(session.members.map((name) => quietly(() => valuesOn(context, name))));
  signal.throwIfAborted();
  for (const found of onNodes) if (found !== null) values.add(...found);
  return values;
}

/** References wherever they stand in a spec. */
export function secretsIn(value: unknown): Secret[] {
  if (typeof value !== 'object' || value === null) return [];
  const entries = Object.entries(value);
  const [[key, name] = [undefined, undefined]] = entries;
  if (entries.length === 1 && typeof name === 'string') {
    if (key === 'env') return [{ env: name }];
    if (key === 'file') return [{ file: name }];
  }
  return entries.flatMap(([field, one]) =>
    field === 'privateKeyFile' && typeof one === 'string' ? [{ file: one }] : secretsIn(one),
  );
}

/** Passwords as nodes have them, which may be hashed. */
async function manifestValues({ session }: StepContext, spec: ClusterSpec): Promise<string[]> {
  const { secrets, userPasswords } = session.dependencies;
  const values: string[] = [];
  for (const member of session.members) {
    const manifest = await quietly(() => Promise.resolve(manifestOf(spec, session.members, member)));
    for (const variable of manifest?.variables ?? []) {
      const resolved = await quietly(() => resolveVariables([variable], secrets, new Map(), null));
      if (resolved !== null) values.push(...resolved.values.values());
    }
    for (const value of (manifest?.secretFiles ?? []).flatMap((file) => Object.values(file.values))) {
      const text = await quietly(() => secretText(value, { secrets, userPasswords, cluster: spec.name }));
      if (text !== null) values.push(text.text, ...text.secrets);
    }
  }
  return values;
}

async function valuesOn({ session, signal }: StepContext, name: string): Promise<string[]> {
  const host = await session.connect(name, signal);
  const file = posix.join(session.resolved(name).home, secretsPath);
  return [...readEnvironment((await host.readFile(file, { asUser: session.spec.broker.user })) ?? '').values()];
}

/** Null for what cannot be read now. */
async function quietly<T>(body: () => Promise<T>): Promise<T | null> {
  try {
    return await body();
  } catch (error) {
    if (error instanceof HivekeeperError) return null;
    throw error;
  }
}
