import { looksSecret } from '../../../../domain/secrets/looks-secret.js';
import { referenceTo } from '../../../../domain/products/hivemq/adopt/mask-config.js';
import type { Masking } from './masking.js';

/** Variables that the broker or one of its extensions reads. */
const matters = /^(HIVEMQ_|AWS_|JAVA_OPTS$)/;

/** A name and password within an address. */
const credentials = /:\/\/[^/\s:@]*:[^@\s]+@/;

interface Wanted {
  /** Names that config.xml takes from the environment. */
  readonly inConfig: readonly string[];
  /** Those that hold a secret there. */
  readonly secret: readonly string[];
  /** Names that a unit sets. */
  readonly inUnit: readonly string[];
  readonly cluster: string;
}

/** The variables that matter to the broker, with references for secrets, and the names of all others. */
export function maskedEnvironment(
  values: Readonly<Record<string, string>>,
  { inConfig, secret, inUnit, cluster }: Wanted,
  masking: Masking,
): { environment: Record<string, string>; otherVariables: string[] } {
  const known = new Set([...inConfig, ...secret, ...inUnit]);
  const chosen = Object.entries(values).filter(([name]) => matters.test(name) || known.has(name));
  const environment = chosen.map(([name, value]) => {
    const isSecret = looksSecret(name) || secret.includes(name) || credentials.test(value);
    if (isSecret) return [name, masking.hide(name, value, referenceTo(name, cluster))] as const;
    const plain = name === 'JAVA_OPTS' ? masking.words(value.split(/\s+/)).join(' ').trim() : masking.text(value);
    return [name, plain] as const;
  });
  const names = new Set(chosen.map(([name]) => name));
  return {
    // What one of them hides may stand in another.
    environment: Object.fromEntries(environment.map(([name, value]) => [name, masking.known(value)])),
    otherVariables: Object.keys(values)
      .filter((name) => !names.has(name))
      .sort(),
  };
}
