import { HivekeeperError } from '../../errors/index.js';
import { findHost } from '../../spec/resolved-host.js';
import type { CertificateWish } from '../product.js';
import type { HivemqSpec } from './spec/index.js';

/** What the certificate of a node must be good for: every address that a client or a peer may use, and no others. */
export function certificateOf(spec: HivemqSpec, name: string): CertificateWish | null {
  const { issuer, hook, alternativeNames } = spec.tls;
  if (issuer === 'files') return null;
  const host = findHost(spec, name);
  if (!host) throw new HivekeeperError('UnknownNode', `${spec.name}: the spec has no host ${name}`);
  const external = host.external === null ? [] : [host.external.address];
  const addresses = [...new Set([host.address, host.clusterAddress, ...external, host.loopback, ...alternativeNames])];
  return { issuer: issuer === 'command' ? { hook: hook ?? '' } : issuer, addresses };
}
