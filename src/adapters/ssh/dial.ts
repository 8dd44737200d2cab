import { readFile } from 'node:fs/promises';
import { connect as connectSocket, type Socket } from 'node:net';
import { homedir } from 'node:os';
import { NodeSSH } from 'node-ssh';
import type { Client, ServerHostKeyAlgorithm } from 'ssh2';
import { HivekeeperError, messageOf } from '../../domain/errors/index.js';
import type { HostTarget } from '../ports/index.js';
import { fingerprint, hostKeyMismatch, keyKinds } from './host-key.js';
import { reasonOf } from './semaphore.js';
import { connectFailure, unreachable } from './ssh-errors.js';

/** Milliseconds and counts of one connection. */
export interface DialOptions {
  readonly connectTimeout: number;
  readonly handshakeTimeout: number;
  /** A host that leaves this many keepalives unanswered is taken for lost. */
  readonly keepaliveInterval: number;
  readonly keepaliveCountMax: number;
}

type Handshake = { readonly client: Client } | { readonly presented: string };

/** Connects and logs in. The host key is checked before anything that could be of use to an impostor is sent. */
export async function dial(target: HostTarget, options: DialOptions, signal?: AbortSignal): Promise<Client> {
  const privateKey = await readKey(target);
  const presented = new Set<string>();
  for (const algorithms of [undefined, ...keyKinds]) {
    let result: Handshake;
    try {
      result = await handshake(target, privateKey, options, algorithms, signal);
    } catch (error) {
      // The first refusal stands: a host that lacks a kind of key fails the handshake for that kind.
      if (presented.size > 0) continue;
      throw error;
    }
    if ('client' in result) return result.client;
    presented.add(result.presented);
  }
  throw hostKeyMismatch(target, [...presented]);
}

/** The fingerprints of all keys that a host presents; every handshake ends at the key, before any log-in. */
export async function scanHostKeys(address: string, port: number, options: DialOptions): Promise<string[]> {
  const target: HostTarget = {
    name: address,
    address,
    port,
    user: 'scan',
    privateKeyFile: '',
    hostKeys: [],
    become: 'none',
  };
  const results = await Promise.allSettled(
    keyKinds.map((kind) => handshake(target, undefined, options, kind, undefined)),
  );
  const found = results.flatMap((r) => (r.status === 'fulfilled' && 'presented' in r.value ? [r.value.presented] : []));
  const failed = results.find((r) => r.status === 'rejected');
  if (found.length === 0 && failed) throw failed.reason;
  return [...new Set(found)];
}

async function readKey(target: HostTarget): Promise<string> {
  const file = target.privateKeyFile.replace(/^~(?=\/)/, homedir());
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new HivekeeperError(
      'SecretMissing',
      `The private key ${file} for ${target.name} cannot be read at the worker: ${messageOf(error)}.`,
      { host: target.name, file },
    );
  }
}

async function handshake(
  target: HostTarget,
  privateKey: string | undefined,
  options: DialOptions,
  algorithms: readonly ServerHostKeyAlgorithm[] | undefined,
  signal: AbortSignal | undefined,
): Promise<Handshake> {
  const sock = await openSocket(target, options.connectTimeout, signal);
  const onAbort = (): void => void sock.destroy();
  signal?.addEventListener('abort', onAbort, { once: true });
  let refused: string | undefined;
  const ssh = new NodeSSH();
  try {
    const ready = ssh.connect({
      sock,
      username: target.user,
      privateKey,
      readyTimeout: options.handshakeTimeout,
      keepaliveInterval: options.keepaliveInterval,
      keepaliveCountMax: options.keepaliveCountMax,
      ...(algorithms && { algorithms: { serverHostKey: [...algorithms] } }),
      hostVerifier: (key: Buffer) => {
        const found = fingerprint(key);
        if (target.hostKeys.includes(found)) return true;
        refused = found;
        return false;
      },
    });
    const client = ssh.connection;
    // node-ssh stops listening once the connection is ready; an error without a listener would end the worker.
    client?.on('error', () => undefined);
    await ready;
    if (!client) throw new Error('the connection closed at once');
    client.setNoDelay(true);
    return { client };
  } catch (error) {
    sock.destroy();
    if (signal?.aborted) throw reasonOf(signal);
    if (refused !== undefined) return { presented: refused };
    throw connectFailure(target, error);
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

/** An own socket, because ssh2 leaves Nagle's algorithm on and each command would stall twice for some 40 ms. */
function openSocket(target: HostTarget, timeout: number, signal: AbortSignal | undefined): Promise<Socket> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const sock = connectSocket({ host: target.address, port: target.port, noDelay: true });
    const timer = setTimeout(() => {
      fail(Object.assign(new Error(`no connection within ${timeout} ms`), { code: 'ETIMEDOUT' }));
    }, timeout);
    const onAbort = (): void => fail(reasonOf(signal));
    const settle = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
    const fail = (error: Error): void => {
      settle();
      sock.destroy();
      reject(signal?.aborted ? error : unreachable(target, error));
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    sock.once('error', fail);
    sock.once('connect', () => {
      settle();
      sock.off('error', fail);
      resolve(sock);
    });
  });
}
