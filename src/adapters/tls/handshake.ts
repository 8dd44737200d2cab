import { once } from 'node:events';
import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { HivekeeperError, isHivekeeperError, messageOf } from '../../domain/errors/index.js';
import type { RemoteHost } from '../ports/index.js';
import { watchClearCertificates } from './clear-certificate.js';
import { certificateFacts, type CertificateFacts } from './certificate-facts.js';
import { materialProblems, type MaterialExpectation } from './problems.js';

export interface ServedCertificate {
  /** Leaf first, as the listener sends it. */
  readonly chain: readonly CertificateFacts[];
  /** SHA-256 of the leaf: `AB:CD:…`. */
  readonly fingerprint: string;
  /** ISO 8601 in UTC. */
  readonly notAfter: string;
  /** e.g. `TLSv1.3`. */
  readonly protocol: string;
  /** e.g. `TLS_AES_256_GCM_SHA384`; `unknown` when the handshake did not come that far. */
  readonly cipher: string;
  /**
   * The listener showed its certificate under TLS 1.2 and then ended the handshake, since it requires a certificate of its
   * clients and got none that it trusts. Under TLS 1.3 it does so only after the handshake, which is not waited for.
   */
  readonly turnedAway: boolean;
  /** Why the certificate cannot serve, against what was expected; empty when all is well. */
  readonly problems: readonly string[];
}

export interface HandshakeTarget {
  /** As seen from the node itself. */
  readonly address: string;
  readonly port: number;
  /** Sent as the server name (SNI). */
  readonly serverName?: string;
  /** Presented to a listener that asks for a certificate of its clients. PEM. */
  readonly client?: { readonly certificateChain: string; readonly privateKey: string };
  /** Milliseconds for the handshake; default 10 000. */
  readonly timeout?: number;
}

const defaultTimeout = 10_000;

/**
 * The certificate that a listener of a node presents in a real handshake, forwarded over the SSH connection to the node.
 * Nothing is asked of the certificate to make the handshake: what is wrong with it stands in `problems`.
 * @throws HivekeeperError ApiUnreachable when nothing listens there, HandshakeFailed when no handshake comes about
 */
export async function servedCertificate(
  host: RemoteHost,
  target: HandshakeTarget,
  expected: MaterialExpectation = { addresses: [] },
  signal?: AbortSignal,
): Promise<ServedCertificate> {
  const limit = AbortSignal.timeout(target.timeout ?? defaultTimeout);
  const stop = signal ? AbortSignal.any([signal, limit]) : limit;
  try {
    const { chain, ...rest } = await handshake(host, target, stop);
    const [leaf] = chain;
    const { fingerprint, notAfter } = certificateFacts(leaf);
    const problems = materialProblems(chain, expected);
    return { chain: chain.map(certificateFacts), fingerprint, notAfter, ...rest, problems };
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    if (isHivekeeperError(error)) throw error;
    const why = limit.aborted ? `no handshake within ${target.timeout ?? defaultTimeout} ms` : reasonOf(error);
    throw new HivekeeperError(
      'HandshakeFailed',
      `${host.name}: no TLS handshake with ${target.address}:${target.port}: ${why.trim()}. Check that this is a TLS listener, that its keystore was opened (the broker's log), and whether it asks for a client certificate.`,
      { host: host.name, address: target.address, port: target.port },
      { cause: error },
    );
  }
}

/** OpenSSL's `reason` says in words what its message wraps in numbers and names of its source files. */
const reasonOf = (error: unknown): string =>
  error instanceof Error && 'reason' in error && typeof error.reason === 'string' ? error.reason : messageOf(error);

interface Handshake {
  readonly chain: [X509Certificate, ...X509Certificate[]];
  readonly protocol: string;
  readonly cipher: string;
  readonly turnedAway: boolean;
}

/** `once` tells of the first failure. What fails later, e.g. since the listener turns us away, has nobody to hear it. */
const ignored = (): void => undefined;

async function handshake(host: RemoteHost, target: HandshakeTarget, signal: AbortSignal): Promise<Handshake> {
  const stream = await host.open(target.address, target.port, signal);
  stream.on('error', ignored);
  try {
    const name = target.serverName;
    const inTheClear = watchClearCertificates(stream);
    const socket = connect({
      socket: stream,
      rejectUnauthorized: false,
      ...(name === undefined || isIP(name) !== 0 ? {} : { servername: name }),
      ...(target.client ? { cert: target.client.certificateChain, key: target.client.privateKey } : {}),
    });
    socket.on('error', ignored);
    try {
      await once(socket, 'secureConnect', { signal });
      return {
        chain: chainOf(socket),
        protocol: socket.getProtocol() ?? 'unknown',
        cipher: socket.getCipher().standardName,
        turnedAway: false,
      };
    } catch (error) {
      const [leaf, ...issuers] = inTheClear() ?? [];
      if (!leaf || signal.aborted) throw error;
      return { chain: [leaf, ...issuers], protocol: 'TLSv1.2', cipher: 'unknown', turnedAway: true };
    } finally {
      inTheClear();
      socket.destroy();
    }
  } finally {
    stream.destroy();
  }
}

/** As the listener sent them; a root of its chain that signs itself is the last. */
function chainOf(socket: TLSSocket): Handshake['chain'] {
  const leaf = socket.getPeerX509Certificate();
  if (!leaf) throw new Error('the listener presented no certificate');
  const chain: Handshake['chain'] = [leaf];
  for (let next = leaf.issuerCertificate; next; next = next.issuerCertificate) {
    if (next.fingerprint256 === chain.at(-1)?.fingerprint256) break;
    chain.push(next);
  }
  return chain;
}
