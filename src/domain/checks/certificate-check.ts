import { type CheckDefinition, defineCheck, type Verdict } from './define-check.js';

/** What a handshake with a listener showed. */
export interface SeenListener {
  readonly host: string;
  /** Name of the listener, or type and port. */
  readonly listener: string;
  /** ISO 8601; null when no handshake came about. */
  readonly certificate: { readonly notBefore: string; readonly notAfter: string } | null;
  /** Why there was no handshake. */
  readonly problem: string | null;
}

export interface CertificateCheckContext {
  readonly listeners: readonly SeenListener[];
  /** ISO 8601. */
  readonly at: string;
}

const day = 24 * 60 * 60_000;

/** From when on a certificate is to be renewed: 30 days before its end, and for a short one in the last third of its life. */
function isDue({ notBefore, notAfter }: NonNullable<SeenListener['certificate']>, at: number): boolean {
  const end = Date.parse(notAfter);
  return end - at < Math.min(30 * day, (end - Date.parse(notBefore)) / 3);
}

export const certificateCheck: CheckDefinition<CertificateCheckContext> = defineCheck({
  name: 'certificates',
  meaning: 'Each listener with TLS shows a certificate in a handshake from its node, and none ends soon.',
  remedy: 'Renew them with setCertificates; where there is no handshake, see the log of the broker.',
  unmet: 'refuse',
  evaluate: ({ listeners, at }) => {
    const now = Date.parse(at);
    const wrong = listeners.flatMap(({ host, listener, certificate, problem }): Verdict[] => {
      if (certificate === null)
        return [{ holds: false, node: host, reason: `the listener ${listener}: ${problem ?? 'no handshake'}` }];
      if (!isDue(certificate, now)) return [];
      const ends = Date.parse(certificate.notAfter) < now ? 'has ended' : 'ends';
      return [
        {
          holds: false,
          node: host,
          reason: `the certificate of the listener ${listener} ${ends} on ${certificate.notAfter}`,
        },
      ];
    });
    if (wrong.length > 0) return wrong;
    const first = listeners.flatMap(({ certificate }) => certificate?.notAfter ?? []).sort()[0];
    return { holds: true, found: first === undefined ? 'no listener has TLS' : `the first one ends on ${first}` };
  },
});
