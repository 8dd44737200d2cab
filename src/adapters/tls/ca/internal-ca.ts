import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { HivekeeperError } from '../../../domain/errors/index.js';
import { isIssuedBy } from '../chain.js';
import { certificateFacts, type CertificateFacts } from '../certificate-facts.js';
import { asFolder, certificateNames } from '../names.js';
import { asMaterial, NodeStore, renewalTime, type Issued } from '../node-store.js';
import type { KeyMaterial } from '../port.js';
import { Authorities, type Authority } from './authorities.js';
import { signNode } from './sign.js';

export interface InternalCaOptions {
  /** Days for which a node's certificate is valid; default 90. */
  readonly nodeDays?: number;
  /** Days for which the CA is valid; default 3650. */
  readonly authorityDays?: number;
  /** The clock; default the worker's. */
  readonly now?: () => Date;
}

/**
 * Where the change from one CA to the next stands. `overlap`: both are trusted, the old one issues. `switched`: both are
 * trusted, the new one issues. A rotation goes none, overlap, switched, none; between two phases every node must get its
 * truststore and, after the switch, its certificate.
 */
export type RotationPhase = 'none' | 'overlap' | 'switched';

export interface CaState {
  readonly phase: RotationPhase;
  readonly issuing: CertificateFacts;
  /** All that truststores shall hold. */
  readonly trusted: readonly CertificateFacts[];
  /** Whether less than a third of the issuing CA's life is left, so that a rotation should begin. */
  readonly rotationDue: boolean;
}

const day = 24 * 60 * 60_000;

/** A certificate authority for each cluster, in a folder of the worker that workers on one machine may share. */
export class InternalCa {
  private readonly authorities: Authorities;
  private readonly nodeDays: number;
  private readonly now: () => Date;

  constructor(
    private readonly folder: string,
    { nodeDays = 90, authorityDays = 3650, now = () => new Date() }: InternalCaOptions = {},
  ) {
    this.nodeDays = nodeDays;
    this.now = now;
    this.authorities = new Authorities(folder, authorityDays, now);
  }

  /**
   * The node's certificate: the one that it has while it is good, else a new one.
   * @param options.validity milliseconds of a new one; default that of the CA's options
   * @throws HivekeeperError InvalidInput when the CA has expired
   */
  async issue(
    cluster: string,
    node: string,
    addresses: readonly string[],
    options: { force?: boolean | undefined; validity?: number | undefined } = {},
  ): Promise<KeyMaterial> {
    const names = certificateNames(node, addresses);
    const store = this.nodes(cluster);
    const authority = await this.authorities.issuing(cluster);
    const current = await store.current(node);
    const caCertificates = await this.caCertificates(cluster, authority);
    if (current && options.force !== true && this.isGood(current.issued, authority, names)) {
      return asMaterial({ ...current.issued, caCertificates });
    }
    const signed = await signNode(authority, node, names, this.validity(cluster, authority, options.validity));
    const issued: Issued = {
      certificateChain: signed.certificate,
      privateKey: signed.privateKey,
      caCertificates: authority.certificate,
    };
    return asMaterial({ ...(await store.replace(node, current?.number ?? 0, issued)), caCertificates });
  }

  async state(cluster: string): Promise<CaState> {
    const trusted = await this.authorities.trusted(cluster);
    const issuing = await this.authorities.issuing(cluster);
    const [oldest] = trusted;
    const phase = trusted.length === 1 ? 'none' : issuing.number === oldest.number ? 'overlap' : 'switched';
    return {
      phase,
      issuing: certificateFacts(issuing.x509),
      trusted: trusted.map(({ x509 }) => certificateFacts(x509)),
      rotationDue: this.now() >= renewalTime(issuing.x509),
    };
  }

  /** Makes the next CA, which is trusted from now on and does not issue yet. Nothing happens within a rotation. */
  async beginRotation(cluster: string): Promise<CaState> {
    const trusted = await this.authorities.trusted(cluster);
    if (trusted.length === 1) await this.authorities.make(cluster, trusted[0].number + 1);
    return this.state(cluster);
  }

  /** The next CA issues from now on: each node's certificate is made anew when it is asked for. */
  async switchRotation(cluster: string): Promise<CaState> {
    const { phase } = await this.state(cluster);
    if (phase === 'none') throw this.noRotation(cluster);
    const next = (await this.authorities.trusted(cluster)).at(-1);
    if (phase === 'overlap' && next) await this.authorities.issueFrom(cluster, next.number);
    return this.state(cluster);
  }

  /**
   * The old CA is trusted no more.
   * @param nodes the members: each must have a certificate of the new CA
   * @throws HivekeeperError CheckFailed that names those that have not
   */
  async finishRotation(cluster: string, nodes: readonly string[]): Promise<CaState> {
    const { phase } = await this.state(cluster);
    if (phase === 'none') return this.state(cluster);
    const issuing = await this.authorities.issuing(cluster);
    const store = this.nodes(cluster);
    const behind: string[] = [];
    for (const node of nodes) {
      const current = await store.current(node);
      if (!current || !isIssuedBy(new X509Certificate(current.issued.certificateChain), issuing.x509))
        behind.push(node);
    }
    if (phase === 'overlap' || behind.length > 0) {
      const which =
        phase === 'overlap'
          ? 'the new CA does not issue yet'
          : `${behind.join(', ')} still have certificates of the old one`;
      throw new HivekeeperError(
        'CheckFailed',
        `The old CA of ${cluster} is still needed: ${which}. Issue and distribute the new certificates first.`,
        { cluster, behind },
      );
    }
    for (const { number } of await this.authorities.trusted(cluster)) {
      if (number < issuing.number) await this.authorities.retire(cluster, number);
    }
    return this.state(cluster);
  }

  private nodes(cluster: string): NodeStore {
    return new NodeStore(join(this.folder, asFolder(cluster), 'nodes'));
  }

  /** The issuing one first. */
  private async caCertificates(cluster: string, issuing: Authority): Promise<string> {
    const others = (await this.authorities.trusted(cluster)).filter(({ number }) => number !== issuing.number);
    return [issuing, ...others].map(({ certificate }) => certificate).join('');
  }

  private isGood({ certificateChain }: Issued, authority: Authority, names: readonly string[]): boolean {
    const leaf = new X509Certificate(certificateChain);
    const found = certificateFacts(leaf).names.toSorted();
    return (
      this.now() < renewalTime(leaf) &&
      isIssuedBy(leaf, authority.x509) &&
      found.length === names.length &&
      names.every((name, n) => found[n] === name)
    );
  }

  private validity(cluster: string, authority: Authority, length = this.nodeDays * day): { from: Date; until: Date } {
    const from = this.now();
    const end = new Date(authority.x509.validTo);
    if (from >= end) {
      throw new HivekeeperError(
        'InvalidInput',
        `The CA of ${cluster} has expired on ${end.toISOString()} and cannot issue certificates. Rotate the CA of the cluster.`,
        { cluster },
      );
    }
    // Nobody trusts a certificate longer than its issuer.
    return { from, until: new Date(Math.min(from.getTime() + length, end.getTime())) };
  }

  private noRotation(cluster: string): HivekeeperError {
    return new HivekeeperError('InvalidInput', `No rotation of the CA of ${cluster} has begun. Begin it first.`, {
      cluster,
    });
  }
}
