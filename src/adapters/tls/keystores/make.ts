import { certificatesOf, privateKeyOf } from '../pem.js';
import { orderedChain } from '../chain.js';
import { writeKeystore, writeTruststore } from '../pkcs12/write.js';
import type { KeystoreSource } from '../port.js';
import { checkPassword } from './password.js';

/** The alias of the one key in a keystore that Hivekeeper makes. */
const keyAlias = 'hivekeeper';

/**
 * A PKCS#12 keystore for a broker: Java 11.0.12 and later opens it, also where `JKS` is asked for (OpenJDK's
 * `keystore.type.compat`, on by default), and so does OpenSSL 3. Key and file have the same password. The same material
 * and password give the same bytes.
 *
 * HiveMQ takes up the changed file of a listener without a restart, when it keeps its password: it compares the MD5 of
 * keystore and truststore every 10 seconds (Community Edition: `SslContextStore`, `SSL_RELOAD_ENABLED` and
 * `SSL_RELOAD_INTERVAL_SEC` of `InternalConfigurations`; a constant, not an option) and logs "Successfully updated changed
 * SSL Context"; open connections stay. The password it has from its start: a file with another one is logged as "Could not
 * parse new SSL Context from changed keystore or truststore", tried again every 10 seconds, and the certificate before is
 * served until a file comes that opens. A new password therefore asks for a restart. test/adapters/tls/hivemq-reload.test.ts
 * shows each of it at the real broker.
 * @throws HivekeeperError KeyMaterialInvalid for damaged PEM, a wrong passphrase, a key of another certificate, a chain with gaps
 */
export async function keystoreFrom(source: KeystoreSource, password: string): Promise<Buffer> {
  const title = source.title ?? 'the keystore';
  checkPassword(password, title);
  const key = privateKeyOf(source.privateKey, `The private key of ${title}`, source.passphrase);
  const chain = orderedChain(certificatesOf(source.certificateChain, `The certificate chain of ${title}`), key, title);
  return writeKeystore(
    keyAlias,
    key,
    chain.map((certificate) => certificate.raw),
    password,
  );
}

/**
 * A PKCS#12 truststore with each certificate of a PEM text once, as entries that Java trusts. The same certificates, in
 * whatever order, and the same password give the same bytes.
 * @throws HivekeeperError KeyMaterialInvalid for a PEM text without certificate
 */
export function truststoreFrom(caCertificates: string, password: string, title = 'the truststore'): Buffer {
  checkPassword(password, title);
  const entries = new Map(
    certificatesOf(caCertificates, `The CA certificates of ${title}`).map(({ fingerprint256, raw }) => {
      const alias = `ca-${fingerprint256.replaceAll(':', '').slice(0, 16).toLowerCase()}`;
      return [fingerprint256, { alias, certificate: raw }];
    }),
  );
  return writeTruststore(
    [...entries].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry),
    password,
  );
}
