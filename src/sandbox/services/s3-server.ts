import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { get as httpGet } from 'node:http';
import { get as httpsGet } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { startServerProcess } from '../../worker/temporal-server/server-process.js';
import { onFreePort } from './on-free-port.js';
import { untilReady } from './until-ready.js';

export interface S3ServerOptions {
  /** The versitygw program, see `ensureVersitygw`. */
  readonly program: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Default: 127.0.0.1 */
  readonly address?: string;
  /** Default: a free one. */
  readonly port?: number;
  /** The region that requests must be signed for. Default: us-east-1 */
  readonly region?: string;
  /** Files with a PEM certificate and its key: the server then speaks HTTPS alone. */
  readonly tls?: { readonly certificateFile: string; readonly keyFile: string };
  /** Takes what the server prints, a line for each request. Default: dropped. */
  readonly log?: (line: string) => void;
}

/** A running S3 server that keeps its objects as files of its own folder. */
export interface S3Server {
  /** `http://127.0.0.1:<port>`; buckets are addressed by path. */
  readonly endpoint: string;
  readonly address: string;
  readonly port: number;
  readonly region: string;
  readonly pid: number;
  /** Holds a folder for each bucket, and in it a file for each object, at the path that is its key. */
  readonly folder: string;
  makeBucket(name: string): Promise<void>;
  /** Adds an account that owns nothing and may therefore do nothing with the buckets that are there. */
  addStranger(accessKeyId: string, secretAccessKey: string): Promise<void>;
  /** Ends the server, and only it, and removes its folder. */
  stop(): Promise<void>;
}

const GRACE_MS = 5_000;
const READY_WITHIN_MS = 15_000;

/** Starts the server and returns when it answers. It ends with this process. @throws ServiceError with its last words */
export function startS3Server(options: S3ServerOptions): Promise<S3Server> {
  const { address = '127.0.0.1', port } = options;
  return onFreePort({ address, port }, (free) => startOnce(options, address, free));
}

async function startOnce(options: S3ServerOptions, address: string, port: number): Promise<S3Server> {
  const { program, accessKeyId, secretAccessKey, region = 'us-east-1', tls } = options;
  // Nobody else knows this path, so that an answer is ours even where another server has the port.
  const health = `/health-${randomUUID()}`;
  const root = await mkdtemp(path.join(tmpdir(), 'hivekeeper-s3-'));
  const [folder, accounts] = [path.join(root, 'buckets'), path.join(root, 'accounts')];
  await Promise.all([mkdir(folder), mkdir(accounts)]);
  const args = ['--port', `${address}:${port}`, '--region', region, '--iam-dir', accounts, '--health', health];
  if (tls) args.push('--cert', tls.certificateFile, '--key', tls.keyFile);
  // Keys travel by the environment, because everybody on the machine may read the command line.
  const env = { PATH: process.env['PATH'], ROOT_ACCESS_KEY: accessKeyId, ROOT_SECRET_KEY: secretAccessKey };
  const server = startServerProcess(program, [...args, 'posix', folder], options.log ?? (() => undefined), env);
  const end = async (graceMs: number): Promise<void> => {
    await server.stop(graceMs);
    await rm(root, { recursive: true, force: true });
  };
  const endpoint = `${tls ? 'https' : 'http'}://${address}:${port}`;
  try {
    await untilReady(`The S3 server on ${endpoint}`, server, () => answers(`${endpoint}${health}`), READY_WITHIN_MS);
  } catch (error) {
    await end(0);
    throw error;
  }
  return {
    ...{ endpoint, address, port, region, folder, pid: server.pid },
    makeBucket: (name) => makeBucket({ endpoint, region, credentials: { accessKeyId, secretAccessKey } }, name),
    async addStranger(access, secret) {
      const account = ['--access', access, '--secret', secret, '--role', 'user'];
      const admin = { ...env, ADMIN_ACCESS_KEY: accessKeyId, ADMIN_SECRET_KEY: secretAccessKey, ADMIN_REGION: region };
      const args = ['admin', '--allow-insecure', '--endpoint-url', endpoint, 'create-user', ...account];
      await promisify(execFile)(program, args, { env: admin });
    },
    stop: () => end(GRACE_MS),
  };
}

function answers(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    // The certificate is the caller's matter; this only asks whether the server is there.
    const request = url.startsWith('https:') ? httpsGet(url, { rejectUnauthorized: false }) : httpGet(url);
    request.on('response', (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on('error', () => {
      resolve(false);
    });
  });
}

interface Access {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

async function makeBucket(access: Access, name: string): Promise<void> {
  // A library's advice on the version of Node.js is not for the users of the demo.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const client = new S3Client({ ...access, forcePathStyle: true });
  try {
    await client.send(new CreateBucketCommand({ Bucket: name }));
  } finally {
    client.destroy();
  }
}
