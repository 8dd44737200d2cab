import { request as httpRequest } from 'node:http';
import { z } from 'zod';
import { isHivekeeperError } from '../../domain/errors/index.js';
import type { NodeView, S3Keys } from './access.js';
import { HostHttpAgent } from './host-agent.js';

/** The link-local address of the instance metadata service on EC2. */
const SERVICE = { address: '169.254.169.254', port: 80 } as const;
const TOKEN_SECONDS = '60';
const CREDENTIALS = '/latest/meta-data/iam/security-credentials/';
/** Answered at once on an instance; elsewhere the address may lead nowhere. */
const ANSWER_WITHIN_MS = 3_000;

const answerSchema = z.object({ AccessKeyId: z.string(), SecretAccessKey: z.string(), Token: z.string().optional() });

/**
 * The keys of the role that the instance has, asked for from the host itself: version 2 of the service, and version 1
 * where there is no version 2.
 *
 * @returns undefined where no such service answers, or the instance has no role
 */
export async function instanceKeys(node: NodeView, signal: AbortSignal): Promise<S3Keys | undefined> {
  const brief = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
  try {
    const token = await ask(
      node,
      'PUT',
      '/latest/api/token',
      { 'x-aws-ec2-metadata-token-ttl-seconds': TOKEN_SECONDS },
      brief,
    );
    const headers: Record<string, string> = token === undefined ? {} : { 'x-aws-ec2-metadata-token': token };
    const role = (await ask(node, 'GET', CREDENTIALS, headers, brief))?.trim().split('\n')[0];
    // What names of roles are made of, none of which needs encoding in a path.
    if (role === undefined || !/^[\w+=,.@-]+$/.test(role)) return undefined;
    const text = await ask(node, 'GET', `${CREDENTIALS}${role}`, headers, brief);
    return text === undefined ? undefined : parse(text);
  } catch (error) {
    signal.throwIfAborted();
    if (isHivekeeperError(error, 'HostUnreachable')) throw error;
    return undefined;
  }
}

function parse(text: string): S3Keys | undefined {
  const { success, data } = answerSchema.safeParse(JSON.parse(text));
  if (!success) return undefined;
  return { accessKeyId: data.AccessKeyId, secretAccessKey: data.SecretAccessKey, sessionToken: data.Token };
}

/** The body of a 200 answer; undefined for any other status. */
function ask(
  { host, metadata = SERVICE }: NodeView,
  method: 'GET' | 'PUT',
  path: string,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<string | undefined> {
  const agent = new HostHttpAgent(host, signal);
  const { address, port } = metadata;
  return new Promise((resolve, reject) => {
    const request = httpRequest({ agent, host: address, port, method, path, headers, signal }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      response.once('error', reject);
      response.once('end', () => resolve(response.statusCode === 200 ? body : undefined));
    });
    request.once('error', reject);
    request.end();
  });
}
