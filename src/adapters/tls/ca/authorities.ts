import type { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { certificatesOf, privateKeyOf } from '../pem.js';
import { asFolder } from '../names.js';
import { NumberedFiles } from './numbered-files.js';
import { makeAuthority, type SignedPair } from './sign.js';

/** One of a cluster's authorities; the first has the number 1. */
export interface Authority extends SignedPair {
  readonly number: number;
  readonly x509: X509Certificate;
}

const day = 24 * 60 * 60_000;

/**
 * The authorities of clusters, in `<folder>/<cluster>/ca`: `1.pem` with certificate and key, `2.pem` after a rotation
 * began, an empty `2.issuing` from the moment when it issues, `1.retired` once nobody need trust it. Marks are only ever
 * added, so that workers that share the folder cannot undo each other's.
 */
export class Authorities {
  constructor(
    private readonly folder: string,
    private readonly days: number,
    private readonly now: () => Date,
  ) {}

  /** All that are not retired, in rising order; the first one is made when there is none. */
  async trusted(cluster: string): Promise<[Authority, ...Authority[]]> {
    const numbers = await this.files(cluster, 'pem').numbers();
    if (numbers.length === 0) return [await this.make(cluster, 1)];
    const retired = await this.files(cluster, 'retired').numbers();
    const [first, ...rest] = numbers.filter((number) => !retired.includes(number));
    return [
      await this.read(cluster, first ?? Math.max(...numbers)),
      ...(await Promise.all(rest.map((number) => this.read(cluster, number)))),
    ];
  }

  /** The one that signs now: the last that was told to. */
  async issuing(cluster: string): Promise<Authority> {
    const trusted = await this.trusted(cluster);
    const number = (await this.files(cluster, 'issuing').numbers()).at(-1) ?? trusted[0].number;
    return trusted.find((authority) => authority.number === number) ?? trusted[0];
  }

  /** Makes the authority of that number; when another worker was quicker, its authority is the one. */
  async make(cluster: string, number: number): Promise<Authority> {
    const from = this.now();
    const until = new Date(from.getTime() + this.days * day);
    const made = await makeAuthority(`Hivekeeper ${asFolder(cluster)} ${number}`, { from, until });
    await this.files(cluster, 'pem').create(number, made.certificate + made.privateKey);
    return this.read(cluster, number);
  }

  /** From now on this one signs. */
  async issueFrom(cluster: string, number: number): Promise<void> {
    await this.files(cluster, 'issuing').create(number, '');
  }

  /** From now on nobody is told to trust this one. */
  async retire(cluster: string, number: number): Promise<void> {
    await this.files(cluster, 'retired').create(number, '');
  }

  private async read(cluster: string, number: number): Promise<Authority> {
    const files = this.files(cluster, 'pem');
    const title = `The CA in ${files.pathOf(number)} of the worker`;
    const text = (await files.read(number)) ?? '';
    const [x509] = certificatesOf(text, title);
    const privateKey = privateKeyOf(text, title).export({ type: 'pkcs8', format: 'pem' }).toString();
    return { number, x509, certificate: x509.toString(), privateKey };
  }

  private files(cluster: string, ending: 'pem' | 'issuing' | 'retired'): NumberedFiles {
    return new NumberedFiles(join(this.folder, asFolder(cluster), 'ca'), ending);
  }
}
