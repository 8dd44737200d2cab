import type { KeyObject } from 'node:crypto';

/** What a keystore file holds, whatever its format. Certificates are DER. */
export interface RawStore {
  readonly format: 'pkcs12' | 'jks';
  readonly keys: readonly RawKey[];
  readonly trusted: readonly { readonly alias: string; readonly certificate: Buffer }[];
  /** Certificates of a PKCS#12 file that belong to no key and lack the mark by which Java would trust them. */
  readonly unseen: readonly Buffer[];
}

export interface RawKey {
  readonly alias: string;
  readonly key: KeyObject;
  /** Leaf first. */
  readonly chain: readonly Buffer[];
}

export interface Passwords {
  /** Of the file. */
  readonly store: string;
  /** Of the private key in it. */
  readonly key: string;
}

/** A password that does not fit; turned into our error where the file's name is known. */
export class WrongPassword extends Error {
  constructor(readonly of: 'store' | 'key') {
    super(`wrong password of the ${of}`);
  }
}
