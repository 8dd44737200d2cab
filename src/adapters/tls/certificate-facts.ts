import type { X509Certificate } from 'node:crypto';
import { normalName } from './names.js';

/** What a certificate says of itself. */
export interface CertificateFacts {
  /** Distinguished name in one line, e.g. `CN=n1, O=Example`. */
  readonly subject: string;
  readonly issuer: string;
  /** DNS names and addresses of the subject alternative name, normalized; other kinds are left out. */
  readonly names: readonly string[];
  /** ISO 8601 in UTC. */
  readonly notBefore: string;
  readonly notAfter: string;
  /** SHA-256 of the certificate as `openssl x509 -fingerprint -sha256` and `keytool -list` print it: `AB:CD:…`. */
  readonly fingerprint: string;
  /** Whether it may sign others. */
  readonly authority: boolean;
}

export function certificateFacts(certificate: X509Certificate): CertificateFacts {
  return {
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    names: alternativeNames(certificate.subjectAltName),
    notBefore: new Date(certificate.validFrom).toISOString(),
    notAfter: new Date(certificate.validTo).toISOString(),
    fingerprint: certificate.fingerprint256,
    authority: certificate.ca,
  };
}

/** Node prints one attribute a line. */
const oneLine = (name: string): string => name.trim().split('\n').join(', ');

/** `DNS:a, IP Address:10.0.0.1`; a value with a comma or quotation mark is printed as a JSON string. */
function alternativeNames(text: string | undefined): string[] {
  const names: string[] = [];
  for (const [, kind, value] of (text ?? '').matchAll(/(?:^|, )([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^,]*)/g)) {
    if ((kind === 'DNS' || kind === 'IP Address') && value !== undefined) names.push(normalName(value));
  }
  return names;
}
