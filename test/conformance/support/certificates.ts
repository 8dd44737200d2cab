import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import forge from 'node-forge';

const password = 'changeit';

/** A key with its certificate, as PEM, and as the PKCS#12 store of a broker. */
export interface Identity {
  key: string;
  certificate: string;
  store: Buffer;
}

function makeKeys(): { privateKey: forge.pki.rsa.PrivateKey; publicKey: forge.pki.rsa.PublicKey; pem: string } {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return {
    privateKey: forge.pki.privateKeyFromPem(privateKey),
    publicKey: forge.pki.publicKeyFromPem(publicKey),
    pem: privateKey,
  };
}

function toStore(certificates: forge.pki.Certificate[], key?: forge.pki.rsa.PrivateKey): Buffer {
  // The algorithms of older Java versions, which every reader knows.
  const asn1 = forge.pkcs12.toPkcs12Asn1(key ?? null, certificates, password, { algorithm: '3des' });
  return Buffer.from(forge.asn1.toDer(asn1).getBytes(), 'binary');
}

function hasKeytool(): boolean {
  try {
    execFileSync('keytool', ['-help'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** A certificate authority that a test trusts or does not trust. */
export class Authority {
  /** The password of all stores. */
  static readonly password = password;
  private readonly keys = makeKeys();
  private readonly own: forge.pki.Certificate;
  private serial = 1;

  constructor(readonly name: string) {
    this.own = this.make(name, this.keys.publicKey, [{ name: 'basicConstraints', cA: true, critical: true }]);
  }

  get certificate(): string {
    return forge.pki.certificateToPem(this.own);
  }

  private make(name: string, publicKey: forge.pki.rsa.PublicKey, extensions: object[]): forge.pki.Certificate {
    const certificate = forge.pki.createCertificate();
    certificate.publicKey = publicKey;
    certificate.serialNumber = (this.serial++).toString(16).padStart(2, '0');
    certificate.validity.notBefore = new Date(Date.now() - 3_600_000);
    certificate.validity.notAfter = new Date(Date.now() + 24 * 3_600_000);
    certificate.setSubject([{ name: 'commonName', value: name }]);
    certificate.setIssuer([{ name: 'commonName', value: this.name }]);
    certificate.setExtensions(extensions);
    certificate.sign(this.keys.privateKey, forge.md.sha256.create());
    return certificate;
  }

  /** @param address goes into the certificate, so that clients find whom they called */
  issue(name: string, address?: string): Identity {
    const { privateKey, publicKey, pem } = makeKeys();
    const names = address === undefined ? [] : [{ name: 'subjectAltName', altNames: [{ type: 7, ip: address }] }];
    const certificate = this.make(name, publicKey, names);
    return {
      key: pem,
      certificate: forge.pki.certificateToPem(certificate),
      store: toStore([certificate, this.own], privateKey),
    };
  }

  /** A trust store with this authority. Java takes only what keytool marked as trusted; without Java the mark is left out. */
  trustStore(): Buffer {
    if (!hasKeytool()) return toStore([this.own]);
    const folder = mkdtempSync(path.join(tmpdir(), 'hivekeeper-trust-'));
    try {
      const certificate = path.join(folder, 'ca.pem');
      const store = path.join(folder, 'trust.p12');
      writeFileSync(certificate, this.certificate);
      const target = ['-keystore', store, '-storetype', 'PKCS12', '-storepass', password];
      execFileSync('keytool', ['-importcert', '-noprompt', '-alias', 'ca', '-file', certificate, ...target], {
        stdio: 'ignore',
      });
      return readFileSync(store);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
}
