import { createServer } from 'node:net';

/** Port numbers on the address that nobody listens on right now; all are held open until the last one is known. */
export async function freePorts(count: number, address: string): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  try {
    return await Promise.all(
      servers.map(
        (server) =>
          new Promise<number>((resolve, reject) => {
            server.once('error', reject);
            server.listen(0, address, () => {
              const bound = server.address();
              if (bound === null || typeof bound === 'string') reject(new Error(`No port on ${address}.`));
              else resolve(bound.port);
            });
          }),
      ),
    );
  } finally {
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }
}
