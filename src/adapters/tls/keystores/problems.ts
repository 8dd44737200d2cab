import { factProblems, missingNames } from '../problems.js';
import type { KeystoreFacts } from './read.js';

/**
 * Why a file cannot serve as a broker's keystore, against the names that its certificate must be good for. Sentences
 * without a subject, as of `materialProblems`; none when all is well.
 */
export function keystoreProblems(facts: KeystoreFacts, addresses: readonly string[], now = new Date()): string[] {
  const [first, ...others] = facts.keys;
  if (!first) return ['holds no private key: it is a truststore'];
  const problems: string[] = [];
  if (others.length > 0) {
    const aliases = facts.keys.map(({ alias }) => alias).join(', ');
    problems.push(`holds ${facts.keys.length} private keys (${aliases}), of which a broker takes any`);
  }
  for (const { alias, keyMatches, chain } of facts.keys) {
    if (!keyMatches) problems.push(`has no certificate that belongs to its private key "${alias}"`);
    else problems.push(...factProblems(chain, addresses, now));
  }
  return problems;
}

/** Why a file cannot serve as a truststore; none when at least one certificate in it can be trusted now. */
export function truststoreProblems({ trusted, unseen, keys }: KeystoreFacts, now = new Date()): string[] {
  if (trusted.length === 0) {
    if (unseen.length > 0) {
      return [
        `holds ${unseen.length} certificate(s) without the mark by which Java trusts them, so that it is empty for the broker; make it with keytool -importcert or give the certificates as PEM`,
      ];
    }
    return [keys.length > 0 ? 'holds a private key and no trusted certificate: it is a keystore' : 'is empty'];
  }
  const valid = trusted.some(({ notBefore, notAfter }) => now >= new Date(notBefore) && now <= new Date(notAfter));
  return valid ? [] : [`holds only certificates that are not valid now (the last until ${lastOf(trusted)})`];
}

const lastOf = (certificates: readonly { notAfter: string }[]): string =>
  certificates
    .map(({ notAfter }) => notAfter)
    .toSorted()
    .at(-1) ?? '';

const day = 24 * 60 * 60_000;
/** Days before its end from which on a certificate is warned of. */
const endsSoon = 30;

/** What is not right with a keystore that can serve all the same: names that its certificate is not good for, an end that is near. */
export function materialWarnings({ keys }: KeystoreFacts, addresses: readonly string[], now = new Date()): string[] {
  return keys.flatMap(({ chain }) => {
    const [leaf] = chain;
    if (!leaf) return [];
    const soon = new Date(leaf.notAfter).getTime() - now.getTime() < endsSoon * day;
    return [...missingNames(leaf, addresses), ...(soon ? [`ends on ${leaf.notAfter}`] : [])];
  });
}
