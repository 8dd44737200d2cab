import type { KeyObject, X509Certificate } from 'node:crypto';
import { isIssuedBy } from './chain.js';
import { certificateFacts, type CertificateFacts } from './certificate-facts.js';
import { namesCover } from './names.js';

export interface MaterialExpectation {
  /** Names and addresses that the certificate must be good for. */
  readonly addresses: readonly string[];
  /** Whom the other side trusts; left out, nothing is asked of the issuer. */
  readonly trusted?: readonly X509Certificate[];
  readonly now?: Date;
}

/**
 * Why a certificate cannot serve: its key, names, dates or issuer. Sentences without a subject, e.g. "has expired on …";
 * none when all is well.
 * @param chain leaf first
 */
export function materialProblems(
  chain: readonly [X509Certificate, ...X509Certificate[]],
  expected: MaterialExpectation,
  key?: KeyObject,
): string[] {
  const [leaf] = chain;
  const now = expected.now ?? new Date();
  const problems: string[] = [];
  if (key && !leaf.checkPrivateKey(key)) problems.push('does not belong to its private key');
  problems.push(...factProblems(chain.map(certificateFacts), expected.addresses, now));
  if (expected.trusted && !leadsTo(chain, expected.trusted, now)) {
    const issuer = certificateFacts(chain.at(-1) ?? leaf).issuer;
    problems.push(`was issued by "${issuer}", which is not among the trusted certificates`);
  }
  return problems;
}

/** What the facts of a chain alone tell, leaf first: dates and names. */
export function factProblems(chain: readonly CertificateFacts[], addresses: readonly string[], now: Date): string[] {
  const problems = chain.flatMap(({ notBefore, notAfter, subject }, n) => {
    const who = n === 0 ? '' : `has an issuer "${subject}" that `;
    if (now > new Date(notAfter)) return [`${who}has expired on ${notAfter}`];
    return now < new Date(notBefore) ? [`${who}is not valid before ${notBefore}`] : [];
  });
  return [...problems, ...missingNames(chain[0], addresses)];
}

/** That a certificate is not good for some of these names or addresses. */
export function missingNames(
  leaf: Pick<CertificateFacts, 'names'> | undefined,
  addresses: readonly string[],
): string[] {
  const names = leaf?.names ?? [];
  const missing = addresses.filter((address) => !namesCover(names, address));
  return missing.length > 0 ? [`is not good for ${missing.join(', ')} (its names: ${names.join(', ') || 'none'})`] : [];
}

/** Each certificate is signed by the next, and one of them is trusted or signed by a trusted one that is still valid. */
function leadsTo(chain: readonly X509Certificate[], trusted: readonly X509Certificate[], now: Date): boolean {
  const roots = trusted.filter((root) => now <= new Date(root.validTo));
  for (const [n, certificate] of chain.entries()) {
    const anchored = roots.some(
      (root) => root.fingerprint256 === certificate.fingerprint256 || (root.ca && isIssuedBy(certificate, root)),
    );
    if (anchored) return true;
    const next = chain[n + 1];
    if (!next?.ca || !isIssuedBy(certificate, next)) return false;
  }
  return false;
}
