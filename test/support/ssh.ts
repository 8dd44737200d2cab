import { createHash } from 'node:crypto';
import { NodeSSH } from 'node-ssh';
import { onTestFinished } from 'vitest';
import type { Host } from '../../src/sandbox/hosts/index.js';

/** Logs in to a host of the stage and checks its key; the connection ends with the test. */
export async function logIn(host: Host, expected = host.hostKeyFingerprint): Promise<NodeSSH> {
  const ssh = new NodeSSH();
  await ssh.connect({
    host: host.address,
    port: host.sshPort,
    username: host.user,
    privateKeyPath: host.privateKeyFile,
    readyTimeout: 5000,
    hostVerifier: (key: Buffer) =>
      `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}` === expected,
  });
  // Each running command listens on the connection; the default of ten is for finding leaks.
  ssh.connection?.setMaxListeners(100);
  // A connection that the stage cuts is no failure of the test.
  ssh.connection?.on('error', () => undefined);
  onTestFinished(() => ssh.dispose());
  return ssh;
}
