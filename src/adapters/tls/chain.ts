import type { KeyObject, X509Certificate } from 'node:crypto';
import { refuse } from './refuse.js';

/** Whether `issuer` signed `certificate` and may sign at all. */
export const isIssuedBy = (certificate: X509Certificate, issuer: X509Certificate): boolean =>
  certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);

/**
 * The certificates in the order of a chain: the one of the key, then each one's issuer.
 * @throws HivekeeperError KeyMaterialInvalid when none belongs to the key or one belongs to nothing
 */
export function orderedChain(
  certificates: readonly X509Certificate[],
  key: KeyObject,
  title: string,
): [X509Certificate, ...X509Certificate[]] {
  const leaf = certificates.find((certificate) => certificate.checkPrivateKey(key));
  if (!leaf) {
    throw refuse(
      'mismatch',
      `The private key of ${title} belongs to none of its ${certificates.length} certificate(s): expected the key whose public half stands in the certificate. Give the pair that was issued together.`,
    );
  }
  const chain: [X509Certificate, ...X509Certificate[]] = [leaf];
  const rest = certificates.filter((certificate) => !same(certificate, leaf));
  for (let last = leaf; ; ) {
    const at = rest.findIndex((candidate) => isIssuedBy(last, candidate));
    const next = at < 0 ? undefined : rest.splice(at, 1)[0];
    if (!next) break;
    // A certificate that is given twice would otherwise be left over.
    for (
      let twin = rest.findIndex((other) => same(other, next));
      twin >= 0;
      twin = rest.findIndex((other) => same(other, next))
    )
      rest.splice(twin, 1);
    chain.push(next);
    last = next;
  }
  const stranger = rest[0];
  if (!stranger) return chain;
  throw refuse(
    'broken-chain',
    `The certificate chain of ${title} holds "${stranger.subject.split('\n').join(', ')}", which did not sign the one before it. Give the certificate of the key and its issuers only, an issuer's after each.`,
  );
}

const same = (a: X509Certificate, b: X509Certificate): boolean => a.fingerprint256 === b.fingerprint256;
