import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './programs.js';

/** A certificate and its key, made by OpenSSL: PEM texts and the files that hold them. */
export interface Pair {
  readonly certificate: string;
  readonly key: string;
  readonly certificateFile: string;
  readonly keyFile: string;
}

type KeyKind = 'rsa' | 'ec';

const newKey: Record<KeyKind, string[]> = {
  rsa: ['-newkey', 'rsa:2048'],
  ec: ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'],
};

export async function makeAuthority(folder: string, name: string, kind: KeyKind = 'ec'): Promise<Pair> {
  const files = filesOf(folder, name);
  const request = ['req', '-x509', '-nodes', ...newKey[kind], '-days', '3650', '-subj', `/O=Example/CN=${name}`];
  await run('openssl', ...request, '-keyout', files.keyFile, '-out', files.certificateFile);
  return pairOf(files);
}

/** @param options `names` as OpenSSL writes them, e.g. `DNS:n1,IP:10.0.0.1`; `days` below 0 for one that has expired */
export async function makeCertificate(
  folder: string,
  name: string,
  authority: Pair,
  options: { names?: string; days?: number; kind?: KeyKind; authority?: boolean } = {},
): Promise<Pair> {
  const files = filesOf(folder, name);
  const request = join(folder, `${name}.csr`);
  const extensions = join(folder, `${name}.ext`);
  const subject = ['-subj', `/O=Example, Inc./CN=${name}`];
  await run(
    'openssl',
    'req',
    '-nodes',
    ...newKey[options.kind ?? 'ec'],
    ...subject,
    '-keyout',
    files.keyFile,
    '-out',
    request,
  );
  const names = options.names === undefined ? [] : [`subjectAltName=${options.names}`];
  writeFileSync(
    extensions,
    [...names, `basicConstraints=CA:${options.authority === true ? 'TRUE' : 'FALSE'}`, ''].join('\n'),
  );
  const days = options.days ?? 30;
  const signer = [
    '-CA',
    authority.certificateFile,
    '-CAkey',
    authority.keyFile,
    '-set_serial',
    `0x${randomBytes(8).toString('hex')}`,
  ];
  await run(
    'openssl',
    'x509',
    '-req',
    '-in',
    request,
    ...signer,
    '-days',
    `${days}`,
    '-extfile',
    extensions,
    '-out',
    files.certificateFile,
  );
  return pairOf(files);
}

const filesOf = (folder: string, name: string): Pick<Pair, 'certificateFile' | 'keyFile'> => ({
  certificateFile: join(folder, `${name}.crt`),
  keyFile: join(folder, `${name}.key`),
});

const pairOf = (files: Pick<Pair, 'certificateFile' | 'keyFile'>): Pair => ({
  ...files,
  certificate: readFileSync(files.certificateFile, 'utf8'),
  key: readFileSync(files.keyFile, 'utf8'),
});
