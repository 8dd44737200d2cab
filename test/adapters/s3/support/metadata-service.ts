import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { S3Keys } from '../../../../src/adapters/s3/index.js';

export interface MetadataService {
  readonly address: string;
  readonly port: number;
  /** Method and path of each request, in order. */
  readonly asked: string[];
}

const TOKEN = 'token-of-the-test';

/**
 * Answers as the instance metadata service of EC2 does ("Use IMDSv2", EC2 user guide): a token by PUT with a time to
 * live, and without the token in a header 401 for everything else. `version` 1 knows no tokens.
 */
export async function metadataService(role: string | undefined, keys: S3Keys, version = 2): Promise<MetadataService> {
  const asked: string[] = [];
  const folder = '/latest/meta-data/iam/security-credentials/';
  const { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token } = keys;
  const document = JSON.stringify({ Code: 'Success', Type: 'AWS-HMAC', AccessKeyId, SecretAccessKey, Token });
  const token = (seconds: number): [number, string?] => {
    if (version === 1) return [405];
    return seconds >= 1 && seconds <= 21600 ? [200, TOKEN] : [400];
  };
  const answer = ({ method, url, headers }: IncomingMessage): [number, string?] => {
    if (method === 'PUT' && url === '/latest/api/token') {
      return token(Number(headers['x-aws-ec2-metadata-token-ttl-seconds']));
    }
    if (version === 2 && headers['x-aws-ec2-metadata-token'] !== TOKEN) return [401];
    if (role !== undefined && url === folder) return [200, role];
    return role !== undefined && url === `${folder}${role}` ? [200, document] : [404];
  };
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const [status, body = ''] = answer(request);
    response.writeHead(status).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { address, port } = server.address() as AddressInfo;
  return { address, port, asked };
}
