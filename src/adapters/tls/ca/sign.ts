import { generateKeyPair as generateWithCallback, randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import { promisify } from 'node:util';
import forge from 'node-forge';

const generateKeyPair = promisify(generateWithCallback);

/** Bits of RSA. An authority lives for years; a node's key for months, and pays with each handshake. */
const authorityBits = 3072;
const nodeBits = 2048;

/** Hosts' clocks may lag behind the worker's. */
const clockSkew = 5 * 60_000;

/** A certificate and its private key, both PEM. */
export interface SignedPair {
  readonly certificate: string;
  readonly privateKey: string;
}

interface Validity {
  readonly from: Date;
  readonly until: Date;
}

/** A new authority that signs itself. */
export async function makeAuthority(name: string, { from, until }: Validity): Promise<SignedPair> {
  const { pair, privateKey } = await newKeyPair(authorityBits);
  const certificate = draft(pair.publicKey, name, { from, until });
  certificate.setIssuer(certificate.subject.attributes);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: true, pathLenConstraint: 0, critical: true },
    { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    { name: 'subjectKeyIdentifier' },
  ]);
  certificate.sign(pair.privateKey, forge.md.sha256.create());
  return { certificate: forge.pki.certificateToPem(certificate), privateKey };
}

/** A certificate by which a node is a server to clients and both server and client to its peers. */
export async function signNode(
  authority: SignedPair,
  node: string,
  names: readonly string[],
  validity: Validity,
): Promise<SignedPair> {
  const { pair, privateKey } = await newKeyPair(nodeBits);
  const issuer = forge.pki.certificateFromPem(authority.certificate);
  const certificate = draft(pair.publicKey, node, validity);
  certificate.setIssuer(issuer.subject.attributes);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: false, critical: true },
    { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
    { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
    subjectAlternativeName(names),
    { name: 'subjectKeyIdentifier' },
    { name: 'authorityKeyIdentifier', keyIdentifier: issuer.generateSubjectKeyIdentifier().getBytes() },
  ]);
  certificate.sign(forge.pki.privateKeyFromPem(authority.privateKey), forge.md.sha256.create());
  return { certificate: forge.pki.certificateToPem(certificate), privateKey };
}

/** A request for a certificate, with a key that never leaves the worker until the node gets it. */
export async function requestFor(
  node: string,
  names: readonly string[],
): Promise<{ request: string; privateKey: string }> {
  const { pair, privateKey } = await newKeyPair(nodeBits);
  const request = forge.pki.createCertificationRequest();
  request.publicKey = pair.publicKey;
  request.setSubject([{ name: 'commonName', value: commonName(node) }]);
  request.setAttributes([{ name: 'extensionRequest', extensions: [subjectAlternativeName(names)] }]);
  request.sign(pair.privateKey, forge.md.sha256.create());
  return { request: forge.pki.certificationRequestToPem(request), privateKey };
}

function draft(publicKey: forge.pki.PublicKey, name: string, { from, until }: Validity): forge.pki.Certificate {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = publicKey;
  // Positive, not zero, and of 20 bytes at most (RFC 5280, 4.1.2.2).
  certificate.serialNumber = `01${randomBytes(15).toString('hex')}`;
  certificate.validity.notBefore = new Date(from.getTime() - clockSkew);
  certificate.validity.notAfter = until;
  certificate.setSubject([{ name: 'commonName', value: commonName(name) }]);
  return certificate;
}

/** 64 characters is all that a common name may have; what counts are the alternative names. */
const commonName = (name: string): string => name.slice(0, 64);

function subjectAlternativeName(names: readonly string[]): object {
  const altNames = names.map((name) => (isIP(name) === 0 ? { type: 2, value: name } : { type: 7, ip: name }));
  return { name: 'subjectAltName', altNames };
}

/** By OpenSSL, off the main thread; in JavaScript it would take seconds. */
async function newKeyPair(bits: number): Promise<{ pair: forge.pki.rsa.KeyPair; privateKey: string }> {
  const keys = await generateKeyPair('rsa', { modulusLength: bits });
  const privateKey = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const publicKey = keys.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const pair = {
    privateKey: forge.pki.privateKeyFromPem(privateKey),
    publicKey: forge.pki.publicKeyFromPem(publicKey),
  };
  return { pair, privateKey };
}
