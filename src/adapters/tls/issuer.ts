import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { InternalCa, type InternalCaOptions } from './ca/internal-ca.js';
import { CommandIssuer, type IssuerHooks } from './command-issuer.js';
import { keystoreFrom, truststoreFrom } from './keystores/make.js';
import { NumberedFiles } from './ca/numbered-files.js';
import { asFolder } from './names.js';
import type { KeyMaterialIssuer } from './port.js';

export interface IssuerOptions extends InternalCaOptions {
  /** Commands by the names that a spec may give. */
  readonly hooks?: IssuerHooks;
}

/** A cluster's key material, and its internal CA for whoever rotates it. */
export interface WorkerKeyMaterial extends KeyMaterialIssuer {
  readonly internalCa: InternalCa;
}

/** @param data the worker's data folder; everything lies below its `tls`, readable by the worker's user only */
export function keyMaterialIssuer(data: string, options: IssuerOptions = {}): WorkerKeyMaterial {
  const folder = join(data, 'tls');
  const internalCa = new InternalCa(folder, options);
  const commands = new CommandIssuer(folder, options.hooks ?? {}, options.now);
  return {
    internalCa,
    authority: (cluster) => internalCa.state(cluster),
    rotateAuthority: (cluster, phase, nodes) => {
      if (phase === 'begin') return internalCa.beginRotation(cluster);
      return phase === 'switch' ? internalCa.switchRotation(cluster) : internalCa.finishRotation(cluster, nodes);
    },
    keystoreFrom,
    storePassword: async (cluster) => storePassword(join(folder, asFolder(cluster))),
    truststoreFrom: (caCertificates, password) => truststoreFrom(caCertificates, password),
    materialFor: ({ cluster, node, addresses, issuer, validity, force }, signal) =>
      issuer === 'internal-ca'
        ? internalCa.issue(cluster, node, addresses, { force, validity })
        : commands.issue(issuer.hook, { cluster, node, addresses, force }, signal),
  };
}

/** 192 bits, in characters that need no quoting in XML, environment files and shells. */
async function storePassword(folder: string): Promise<string> {
  const files = new NumberedFiles(folder, 'password');
  const made = randomBytes(24).toString('base64url');
  if ((await files.latest()) === null) await files.create(1, made);
  return (await files.latest())?.text ?? made;
}
