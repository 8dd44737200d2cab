import { X509Certificate } from 'node:crypto';
import { certificateFacts, type CertificateFacts } from '../certificate-facts.js';
import { MalformedStore } from '../pkcs12/ber.js';
import { readPkcs12 } from '../pkcs12/read.js';
import { refuse } from '../refuse.js';
import { jceksMagic, jksMagic, readJks } from './jks.js';
import { WrongPassword, type Passwords, type RawStore } from './raw-store.js';

/** What a keystore or truststore holds, as Java would see it. */
export interface KeystoreFacts {
  readonly format: 'pkcs12' | 'jks';
  readonly keys: readonly KeyEntryFacts[];
  readonly trusted: readonly (CertificateFacts & { readonly alias: string })[];
  /**
   * Certificates of a PKCS#12 file that Java does not see, since the file lacks the mark of a trusted certificate
   * (`openssl pkcs12 -export -nokeys` leaves it out): a truststore with nothing else is an empty one to a broker.
   */
  readonly unseen: readonly CertificateFacts[];
}

export interface KeyEntryFacts {
  readonly alias: string;
  /** e.g. `rsa`, `ec`. */
  readonly keyType: string;
  /** Whether the first certificate of the chain belongs to the private key; false without a certificate. */
  readonly keyMatches: boolean;
  /** Leaf first. */
  readonly chain: readonly CertificateFacts[];
}

/**
 * Opens a PKCS#12 or JKS file and says what is in it.
 * @param title the file, for messages
 * @throws HivekeeperError KeyMaterialInvalid, in its details `reason`: `wrong-password`, `wrong-key-password`, `damaged`,
 * `not-supported`
 */
export async function readKeystore(
  bytes: Buffer,
  passwords: { password: string; privateKeyPassword?: string },
  title: string,
): Promise<KeystoreFacts> {
  const { password, privateKeyPassword = password } = passwords;
  try {
    return factsOf(await readRaw(bytes, { store: password, key: privateKeyPassword }));
  } catch (error) {
    if (error instanceof WrongPassword) throw wrongPassword(error, title, privateKeyPassword === password);
    if (error instanceof MalformedStore && error.message === 'jceks') {
      throw refuse(
        'not-supported',
        `${title} is a JCEKS file, expected PKCS#12 or JKS. Convert it: keytool -importkeystore -srcstoretype JCEKS -deststoretype PKCS12.`,
      );
    }
    const found = error instanceof MalformedStore ? `: ${error.message}` : '';
    throw refuse('damaged', `${title} is neither a PKCS#12 nor a JKS file that can be read${found}. Make it anew.`);
  }
}

async function readRaw(bytes: Buffer, passwords: Passwords): Promise<RawStore> {
  const magic = bytes.length >= 4 ? bytes.readUInt32BE() : 0;
  if (magic === jceksMagic) throw new MalformedStore('jceks');
  return magic === jksMagic ? readJks(bytes, passwords) : readPkcs12(bytes, passwords);
}

function wrongPassword({ of }: WrongPassword, title: string, onePassword: boolean): Error {
  if (of === 'store') {
    return refuse('wrong-password', `The password given for ${title} does not open it. Correct the password.`);
  }
  const which = onePassword ? 'another password than the file' : 'another password than the one given for it';
  return refuse('wrong-key-password', `The private key in ${title} has ${which}. Correct privateKeyPassword.`);
}

function factsOf({ format, keys, trusted, unseen }: RawStore): KeystoreFacts {
  const facts = (certificate: Buffer): CertificateFacts => certificateFacts(new X509Certificate(certificate));
  return {
    format,
    keys: keys.map(({ alias, key, chain }) => ({
      alias,
      keyType: key.asymmetricKeyType ?? 'unknown',
      keyMatches: chain[0] !== undefined && new X509Certificate(chain[0]).checkPrivateKey(key),
      chain: chain.map(facts),
    })),
    trusted: trusted.map(({ alias, certificate }) => ({ alias, ...facts(certificate) })),
    unseen: unseen.map(facts),
  };
}
