import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';

/** What a server must offer before it counts as ready. */
export interface Readiness {
  readonly address: string;
  readonly namespace: string;
  readonly searchAttributes: readonly string[];
}

const POLL_MS = 50;

/**
 * Returns once the server answers, knows the namespace and has every search attribute. The development server opens
 * its port before it has made them.
 *
 * @param signal ends the wait; its reason is thrown
 */
export async function waitUntilReady(expected: Readiness, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    // A refused gRPC connection makes the client library hold off for a second, so plain TCP asks first.
    if ((await listens(expected.address)) && (await isReady(expected))) return;
    await sleep(POLL_MS);
  }
}

function listens(address: string): Promise<boolean> {
  const { hostname, port } = new URL(`tcp://${address}`);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => {
      resolve(false);
    });
  });
}

async function isReady({ address, namespace, searchAttributes }: Readiness): Promise<boolean> {
  let connection: Connection | undefined;
  try {
    connection = await Connection.connect({ address, tls: false, connectTimeout: 1000 });
    await connection.workflowService.describeNamespace({ namespace });
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    return searchAttributes.every((name) => name in customAttributes);
  } catch {
    return false;
  } finally {
    await connection?.close();
  }
}
