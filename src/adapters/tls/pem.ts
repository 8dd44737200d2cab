import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { refuse } from './refuse.js';

const block = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g;

/** The blocks of one label, e.g. CERTIFICATE; text between blocks, as `openssl x509 -text` writes it, is skipped. */
function blocks(pem: string, label: RegExp): string[] {
  return [...pem.matchAll(block)].filter((match) => label.test(match[1] ?? '')).map((match) => match[0]);
}

/**
 * All certificates of a PEM text in its order.
 * @param title what the text is, for messages, e.g. "The certificate chain of n1"
 * @throws HivekeeperError KeyMaterialInvalid when there is none or one cannot be read
 */
export function certificatesOf(pem: string, title: string): [X509Certificate, ...X509Certificate[]] {
  const [first, ...rest] = blocks(pem, /^(?:X509 |TRUSTED )?CERTIFICATE$/).map((text, n) => parse(text, title, n + 1));
  if (first) return [first, ...rest];
  const found = blocks(pem, /PRIVATE KEY$/).length > 0 ? 'only a private key' : 'no PEM block';
  throw refuse(
    'no-pem',
    `${title} holds ${found}, expected at least one block "BEGIN CERTIFICATE". Give the certificate as PEM text; \`openssl x509 -inform der\` turns a binary one into it.`,
  );
}

function parse(text: string, title: string, position: number): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch (error) {
    throw refuse('damaged', `Certificate ${position} of ${title} cannot be read: the PEM block is damaged.`, error);
  }
}

/**
 * The one private key of a PEM text: PKCS#8, PKCS#1 or SEC 1, plain or encrypted.
 * @throws HivekeeperError KeyMaterialInvalid; neither key nor passphrase stands in it
 */
export function privateKeyOf(pem: string, title: string, passphrase?: string): KeyObject {
  const [first, second] = blocks(pem, /PRIVATE KEY$/);
  if (first === undefined) {
    throw refuse('no-pem', `${title} holds no PEM block "BEGIN … PRIVATE KEY". Give the key as PEM text.`);
  }
  if (second !== undefined) {
    throw refuse('no-pem', `${title} holds several private keys, expected one. Keep the one of the certificate.`);
  }
  const encrypted = first.includes('ENCRYPTED');
  if (encrypted && (passphrase === undefined || passphrase === '')) {
    throw refuse('wrong-password', `${title} is encrypted and no passphrase was given. Give its passphrase.`);
  }
  try {
    return createPrivateKey({ key: first, format: 'pem', passphrase });
  } catch {
    // The cause is left out: OpenSSL's texts help nobody here, and nothing of a key may travel further.
    throw encrypted
      ? refuse('wrong-password', `${title} is not opened by its passphrase, or its PEM block is damaged.`)
      : refuse('damaged', `${title} cannot be read: the PEM block is damaged or the kind of key is unknown.`);
  }
}
