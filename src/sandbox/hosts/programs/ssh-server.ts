/**
 * The SSH server of a host on a machine without OpenSSH. Runs as the user that starts it, takes one public key, executes
 * commands and forwards connections to TCP ports and unix sockets; nothing else. Its one argument is the file with its configuration.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import ssh2, { type AuthContext, type Connection, type ParsedKey, type ServerChannel, type Session } from 'ssh2';
import { z } from 'zod';

const configurationSchema = z.strictObject({
  address: z.string(),
  port: z.number(),
  hostKeyFile: z.string(),
  authorizedKeysFile: z.string(),
  user: z.string(),
  environment: z.record(z.string(), z.string()),
  folder: z.string(),
});

/** OpenSSH's default for MaxSessions. */
const MAX_SESSIONS = 10;

function readConfiguration(): z.infer<typeof configurationSchema> {
  const file = process.argv[2];
  if (file === undefined) throw new Error('Usage: ssh-server <configuration.json>');
  return configurationSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}

function readKey(file: string): ParsedKey {
  const key = ssh2.utils.parseKey(readFileSync(file));
  if (key instanceof Error) throw key;
  return key;
}

const configuration = readConfiguration();
const authorizedKey = readKey(configuration.authorizedKeysFile);
const authorizedBlob = authorizedKey.getPublicSSH();

function authenticate(context: AuthContext): void {
  if (context.method !== 'publickey' || context.username !== configuration.user) {
    context.reject(['publickey']);
    return;
  }
  const sameKey = context.key.algo === authorizedKey.type && context.key.data.equals(authorizedBlob);
  // Without a signature the client only asks whether the key would do.
  const signed =
    context.signature === undefined ||
    (context.blob !== undefined && authorizedKey.verify(context.blob, context.signature, context.hashAlgo));
  if (sameKey && signed) context.accept();
  else context.reject(['publickey']);
}

function execute(command: string, channel: ServerChannel): ChildProcess {
  const child = spawn('/bin/sh', ['-c', command], {
    env: configuration.environment,
    cwd: configuration.folder,
    detached: true,
  });
  channel.pipe(child.stdin);
  child.stdin.on('error', () => undefined);
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  child.on('error', (error) => {
    channel.stderr.write(`${error.message}\n`);
    channel.exit(127);
    channel.end();
  });
  child.on('exit', (code, signal) => {
    if (signal === null) channel.exit(code ?? 255);
    else channel.exit(signal.replace('SIG', ''));
  });
  // As with OpenSSH, a daemon that holds on to the output keeps the channel open.
  child.on('close', () => channel.end());
  channel.on('close', () => {
    child.stdin.destroy();
    child.stdout.destroy();
    child.stderr.destroy();
  });
  channel.on('error', () => undefined);
  return child;
}

function serveSession(session: Session): void {
  let child: ChildProcess | undefined;
  session.on('exec', (accept, _reject, info) => {
    child = execute(info.command, accept());
  });
  session.on('signal', (_accept, _reject, info) => {
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    try {
      process.kill(-child.pid, `SIG${info.name}`);
    } catch {
      // It ended in the meantime, or there is no such signal.
    }
  });
}

function serve(connection: Connection): void {
  let sessions = 0;
  connection.on('error', () => undefined);
  connection.on('authentication', authenticate);
  connection.on('ready', () => {
    connection.on('session', (accept, reject) => {
      if (sessions >= MAX_SESSIONS) {
        reject();
        return;
      }
      sessions += 1;
      const session = accept();
      session.on('close', () => {
        sessions -= 1;
      });
      serveSession(session);
    });
    connection.on('tcpip', (accept, reject, info) => {
      forward(connect({ host: info.destIP, port: info.destPort, noDelay: true }), accept, reject);
    });
    connection.on('openssh.streamlocal', (accept, reject, info) => {
      forward(connect({ path: info.socketPath }), accept, reject);
    });
  });
}

function forward(target: Socket, accept: () => ServerChannel, reject: () => void): void {
  target.once('error', () => {
    reject();
  });
  target.once('connect', () => {
    target.removeAllListeners('error');
    const channel = accept();
    target.on('error', () => channel.destroy());
    channel.on('error', () => target.destroy());
    channel.pipe(target).pipe(channel);
    channel.on('close', () => target.destroy());
  });
}

const server = new ssh2.Server({ hostKeys: [readFileSync(configuration.hostKeyFile)] }, serve);
// A listener of its own, because the library's leaves Nagle's algorithm on.
createServer({ noDelay: true }, (socket) => server.injectSocket(socket)).listen(
  configuration.port,
  configuration.address,
);
