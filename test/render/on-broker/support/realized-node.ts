import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { keyMaterialIssuer } from '../../../../src/adapters/tls/index.js';
import type { Content, Secret } from '../../../../src/domain/spec/index.js';
import { renderEnvironmentLine } from '../../../../src/render/environment.js';
import {
  secretsPath,
  type MadeStore,
  type NodeManifest,
  type SecretValue,
} from '../../../../src/render/node-manifest.js';

const madePassword = 'made-for-this-test';

export interface Realization {
  readonly home: string;
  /** Of the node, for certificates that an issuer makes. */
  readonly addresses: readonly string[];
  /** Folder of the issuer. */
  readonly issuer: string;
  /** Name of an environment variable -> what a worker would find there. */
  readonly secrets: Readonly<Record<string, string>>;
}

function bytesOf(content: Content): Buffer {
  if ('file' in content) return readFileSync(content.file);
  if ('text' in content) return Buffer.from(content.text);
  throw new Error('Tests name contents as files or text.');
}

/** Lays everything of a manifest but extensions under a home, by plain means: what a host has once a step is done. */
export async function realize(manifest: NodeManifest, options: Realization): Promise<void> {
  const { home, secrets } = options;
  const resolve = (secret: Secret): string => {
    const value = 'env' in secret ? secrets[secret.env] : undefined;
    if (value === undefined) throw new Error(`no value for ${JSON.stringify(secret)}`);
    return value;
  };
  const valueOf = (value: SecretValue): string => {
    if (value.from === 'generated') return madePassword;
    const secret = resolve(value.secret);
    return value.from === 'secret' ? secret : createHash('sha256').update(`${value.user}${secret}`).digest('hex');
  };
  const write = (file: string, bytes: Buffer | string, mode: number): void => {
    const at = path.join(home, file);
    mkdirSync(path.dirname(at), { recursive: true });
    writeFileSync(at, bytes, { mode });
  };
  for (const folder of ['current', 'data', 'log', 'extensions'])
    mkdirSync(path.join(home, folder), { recursive: true });
  for (const { path: file, content, mode } of manifest.files) write(file, content, mode);
  for (const { path: file, content, mode } of manifest.contents) write(file, bytesOf(content), mode);
  for (const { path: file, source } of manifest.stores)
    write(file, await bytesOfStore(source, options, resolve), 0o600);
  const variables = manifest.variables.map(({ name, value }) => renderEnvironmentLine(name, valueOf(value)));
  if (variables.length > 0) write(secretsPath, variables.join(''), 0o600);
}

async function bytesOfStore(
  source: MadeStore['source'],
  { issuer, addresses }: Realization,
  resolve: (secret: Secret) => string,
): Promise<Buffer> {
  const material = keyMaterialIssuer(issuer);
  const issued = () => material.materialFor({ cluster: 'prod', node: 'n1', addresses, issuer: 'internal-ca' });
  const text = (content: Content): string => bytesOf(content).toString('utf8');
  switch (source.from) {
    case 'pem-key': {
      const [certificateChain, privateKey] = [text(source.certificate), text(source.privateKey)];
      const passphrase = source.passphrase && { passphrase: resolve(source.passphrase) };
      return material.keystoreFrom({ certificateChain, privateKey, ...passphrase }, madePassword);
    }
    case 'pem-certificates':
      return material.truststoreFrom(text(source.certificates), madePassword);
    case 'issued-key':
      return material.keystoreFrom(await issued(), madePassword);
    case 'issued-certificates':
      return material.truststoreFrom((await issued()).caCertificates, madePassword);
  }
}

/** What clients of such a node trust. */
export async function issuedAuthority({
  issuer,
  addresses,
}: Pick<Realization, 'issuer' | 'addresses'>): Promise<string> {
  const request = { cluster: 'prod', node: 'n1', addresses, issuer: 'internal-ca' } as const;
  return (await keyMaterialIssuer(issuer).materialFor(request)).caCertificates;
}
