import { fetchContent } from '../../../adapters/content/index.js';
import type { KeyMaterial } from '../../../adapters/tls/index.js';
import type { Content, Secret } from '../../../domain/spec/index.js';
import type { MadeStore } from '../../../render/node-manifest.js';
import type { Dependencies } from '../../dependencies.js';

/** A store that Hivekeeper made. */
export interface BuiltStore {
  readonly path: string;
  readonly content: Buffer;
}

/** Makes a store; the same for the same input. @throws HivekeeperError InvalidInput for material that cannot be used */
export async function makeStore(
  { keyMaterial, store, secrets }: Pick<Dependencies, 'keyMaterial' | 'store' | 'secrets'>,
  { source, path }: MadeStore,
  password: string,
  issued: () => Promise<KeyMaterial>,
  signal: AbortSignal,
): Promise<BuiltStore> {
  const text = async (content: Content): Promise<string> => {
    const { sha256 } = await fetchContent(content, store, { secrets, signal });
    return (await store.read(sha256)).toString('utf8');
  };
  const keystore = async (certificateChain: string, privateKey: string, secret?: Secret): Promise<BuiltStore> => {
    const passphrase = secret && { passphrase: await secrets.resolve(secret) };
    const content = await keyMaterial.keystoreFrom(
      { certificateChain, privateKey, ...passphrase, title: path },
      password,
    );
    return { path, content };
  };
  const truststore = (certificates: string): BuiltStore => ({
    ...{ path, content: keyMaterial.truststoreFrom(certificates, password) },
  });
  switch (source.from) {
    case 'pem-key':
      return keystore(await text(source.certificate), await text(source.privateKey), source.passphrase);
    case 'pem-certificates':
      return truststore(await text(source.certificates));
    case 'issued-key': {
      const { certificateChain, privateKey } = await issued();
      return keystore(certificateChain, privateKey);
    }
    case 'issued-certificates':
      return truststore((await issued()).caCertificates);
  }
}
