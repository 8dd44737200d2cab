import { createReadStream } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { buildDistribution, buildRecoveryTool } from '../distribution/index.js';
import type { Distribution } from '../stage/index.js';

/** The versions of the simulated broker that the demo offers, oldest first; the last one is left for the reader. */
export const VERSIONS = ['4.30.0', '4.31.0', '4.32.0'] as const;

/** A web server with the packages, as a vendor has one. */
export interface PackageServer {
  /** `broker.package` of a cluster spec. */
  readonly brokerPackage: Readonly<Record<string, unknown>>;
  /** `recovery.tool` of a cluster spec. */
  readonly recoveryTool: Readonly<Record<string, unknown>>;
  /** The same packages as files of this machine. */
  readonly distribution: Distribution;
  stop(): Promise<void>;
}

/**
 * Makes the packages in a folder and serves them on a free port of the address.
 *
 * @param broken further versions and what is wrong with each, as the distribution is built with it
 */
export async function servePackages(
  folder: string,
  address: string,
  broken: Readonly<Record<string, string>> = {},
): Promise<PackageServer> {
  await mkdir(folder, { recursive: true });
  const tool = await buildRecoveryTool({ outFile: path.join(folder, 'hivemq-recovery-tool.zip') });
  const sha256: Record<string, string> = {};
  for (const version of [...VERSIONS, ...Object.keys(broken)]) {
    const outFile = path.join(folder, `hivemq-${version}.zip`);
    const archive = await buildDistribution({ version, outFile, fault: broken[version] });
    sha256[version] = archive.sha256;
  }
  const server = createServer((request, response) => {
    const file = path.join(folder, path.basename(request.url ?? ''));
    stat(file).then(
      ({ size }) => {
        response.writeHead(200, { 'content-type': 'application/zip', 'content-length': size });
        createReadStream(file).pipe(response);
      },
      () => response.writeHead(404).end(),
    );
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, address, () => {
      const bound: AddressInfo | string | null = server.address();
      if (bound === null || typeof bound === 'string') reject(new Error(`No port on ${address}.`));
      else resolve(bound.port);
    });
  });
  const url = `http://${address}:${port}`;
  return {
    brokerPackage: { url: `${url}/hivemq-{version}.zip`, sha256, fetch: 'worker' },
    recoveryTool: { url: `${url}/hivemq-recovery-tool.zip`, sha256: tool.sha256, fetch: 'worker' },
    distribution: { file: path.join(folder, 'hivemq-{version}.zip'), sha256 },
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
