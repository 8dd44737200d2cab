import { z } from 'zod';
import { across } from './across.js';
import type { Findings } from './findings.js';
import type { InstallationSecret } from './installation.js';
import type { Installations, NeededSecret } from './reading.js';

const reference = z.strictObject({ env: z.string() });

/** Every environment variable of the worker that a spec names. */
function namesIn(value: unknown): string[] {
  const found = reference.safeParse(value);
  if (found.success) return [found.data.env];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(namesIn);
}

/** A hash is enough where the whole file is kept, and not where Hivekeeper makes the hash of the password. */
function howToSet(one: InstallationSecret, keepsFile: boolean): string {
  if (one.kind !== 'hash' || !keepsFile) return one.howToSet;
  return `set ${one.reference} in the environment of the worker to what stands there in config.xml, which is a hash`;
}

/** What the worker must have for this spec; a problem where nodes have several values for one of them. */
export function neededSecrets(
  spec: Record<string, unknown>,
  installations: Installations,
  findings: Findings,
): NeededSecret[] {
  const keepsFile = 'configOverride' in spec;
  const names = [...new Set(namesIn(spec))].sort();
  return names.map((name) => {
    const found = Object.entries(installations).flatMap(([host, { secrets }]) =>
      secrets.filter((one) => one.reference === name).map((one) => [host, one] as const),
    );
    const variants = found.map(([host, { variant }]) => [host, variant ?? undefined] as const);
    const { differs } = across(variants, (variant) => `value ${variant}`);
    if (differs !== null) {
      findings.problem(`the secret ${name} is not the same on all nodes: ${differs}; make them equal first`);
    }
    const first = found[0]?.[1];
    return {
      reference: name,
      where: [...new Set(found.map(([host, { where }]) => `${host}: ${where}`))],
      howToSet: first ? howToSet(first, keepsFile) : `set ${name} in the environment of the worker`,
    };
  });
}
