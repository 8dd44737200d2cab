import { readKeystore, servedCertificate } from '../../../adapters/tls/index.js';
import type { RemoteHost } from '../../../adapters/ports/index.js';
import { isHivekeeperError, messageOf } from '../../../domain/errors/index.js';
import { secretsPath } from '../../../render/node-manifest.js';
import type { OpenedStore, ServedListener } from '../../../render/served-listener.js';
import { readEnvironment } from '../manifest/environment-file.js';
import type { Target } from '../manifest/target.js';

/** Milliseconds for one handshake: a listener that changes its key material is asked again. */
const handshakeTimeout = 5_000;

/** Listener -> fingerprints of the certificates that it may serve; null where nothing can be read, so that it must just answer. */
export type Expected = ReadonlyMap<ServedListener, readonly string[] | null>;

/**
 * What the listeners of a node should serve, from the keystores as they lie on its host, opened with the passwords that its
 * broker was started with.
 * @throws HivekeeperError KeyMaterialInvalid for a keystore that this broker cannot open
 */
export async function expectedOn(target: Target, listeners: readonly ServedListener[]): Promise<Expected> {
  const text = await target.host.readFile(await target.pathOf(secretsPath), { asUser: target.user });
  const passwords = readEnvironment(text ?? '');
  const expected = new Map<ServedListener, readonly string[] | null>();
  for (const listener of listeners) {
    const { keystore, readable } = listener;
    expected.set(listener, keystore && readable ? await fingerprintsIn(target, keystore, passwords) : null);
  }
  return expected;
}

async function fingerprintsIn(
  { name, host, user, pathOf, signal }: Target,
  { path, passwordVariable, privateKeyPasswordVariable }: OpenedStore,
  passwords: ReadonlyMap<string, string>,
): Promise<string[]> {
  const absolute = path.startsWith('/') ? path : await pathOf(path);
  const { stdout } = await host.run({ argv: ['base64', '--', absolute], asUser: user }, signal);
  const password = passwords.get(passwordVariable) ?? '';
  const privateKeyPassword = passwords.get(privateKeyPasswordVariable) ?? password;
  const facts = await readKeystore(Buffer.from(stdout, 'base64'), { password, privateKeyPassword }, `${name}: ${path}`);
  return facts.keys.flatMap(({ chain }) => chain[0]?.fingerprint ?? []);
}

/** Why listeners do not serve what they should, one sentence each; none when all is well. */
export async function listenerProblems(host: RemoteHost, expected: Expected, signal: AbortSignal): Promise<string[]> {
  const found = await Promise.all([...expected].map(([listener, prints]) => problemOf(host, listener, prints, signal)));
  return found.filter((problem) => problem !== null);
}

async function problemOf(
  host: RemoteHost,
  { title, address, port }: ServedListener,
  expected: readonly string[] | null,
  signal: AbortSignal,
): Promise<string | null> {
  try {
    if (expected === null) {
      (await host.open(address, port, signal)).destroy();
      return null;
    }
    const served = await servedCertificate(host, { address, port, timeout: handshakeTimeout }, undefined, signal);
    if (expected.includes(served.fingerprint)) return null;
    return `the listener ${title} serves the certificate ${served.fingerprint}, not ${expected.join(' or ')}`;
  } catch (error) {
    signal.throwIfAborted();
    if (!isHivekeeperError(error)) throw error;
    return `the listener ${title} does not answer: ${messageOf(error)}`;
  }
}
