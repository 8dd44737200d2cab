import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Authority, type Identity } from '../../../conformance/support/certificates.js';

/** Files with key material for one address, as an engineer would have them beside a spec. */
export class Credentials {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'hivekeeper-credentials-'));
  private readonly authority = new Authority('test authority');
  private readonly node: Identity;
  readonly client: Identity = this.authority.issue('client');
  readonly stranger: Identity = new Authority('foreign authority').issue('client');
  /** What the stores' passwords are, by the name of the variable that specs of these tests use. */
  readonly secrets = { STORE_PASSWORD: Authority.password };

  constructor(address: string) {
    this.node = this.authority.issue('node', address);
    const write = (name: string, bytes: Buffer | string) => writeFileSync(path.join(this.folder, name), bytes);
    write('node.p12', this.node.store);
    write('node.pem', `${this.node.certificate}${this.authority.certificate}`);
    write('node.key', this.node.key);
    write('clients.p12', this.authority.trustStore());
    write('clients.pem', this.authority.certificate);
  }

  /** PEM, for clients. */
  get trusted(): string {
    return this.authority.certificate;
  }

  private readonly password = { env: 'STORE_PASSWORD' };

  /** A keystore that lies on the host. */
  get placed() {
    return { path: path.join(this.folder, 'node.p12'), password: this.password };
  }

  /** A keystore that Hivekeeper brings. */
  get brought() {
    return { content: this.at('node.p12'), password: this.password, privateKeyPassword: this.password };
  }

  /** PEM, of which Hivekeeper makes the keystore. */
  get pem() {
    return { certificate: this.at('node.pem'), privateKey: this.at('node.key') };
  }

  /** The authority of clients, as store and as PEM. */
  get trust() {
    return {
      placed: { path: path.join(this.folder, 'clients.p12'), password: this.password },
      pem: { certificates: this.at('clients.pem') },
    };
  }

  private at(name: string) {
    return { file: path.join(this.folder, name) };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
