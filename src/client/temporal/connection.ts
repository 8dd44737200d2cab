import { Client, Connection, isGrpcServiceError } from '@temporalio/client';
import { messageOf } from '../../domain/errors/index.js';

/** Where the Temporal server is that runs the operations. */
export interface TemporalAddress {
  /** `host:port` of its gRPC front end. */
  readonly address: string;
  readonly namespace: string;
}

export const defaultAddress: TemporalAddress = { address: '127.0.0.1:7233', namespace: 'default' };

/** A connection that is known to work, to a namespace that is known to exist. */
export interface TemporalSession extends TemporalAddress {
  readonly client: Client;
  readonly connection: Connection;
  close(): Promise<void>;
}

/** The server does not answer, or does not have the namespace; the message says what to do. */
export class TemporalUnreachable extends Error {
  override readonly name = 'TemporalUnreachable';
}

/** Milliseconds until a server counts as not answering. */
const connectWithin = 5_000;

/** The address that was asked for, else TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE, else the defaults. */
export function temporalAddress(
  asked: Partial<TemporalAddress>,
  env: Readonly<Record<string, string | undefined>>,
): TemporalAddress {
  const given = (value: string | undefined): string | undefined => (value === '' ? undefined : value);
  return {
    address: given(asked.address) ?? given(env.TEMPORAL_ADDRESS) ?? defaultAddress.address,
    namespace: given(asked.namespace) ?? given(env.TEMPORAL_NAMESPACE) ?? defaultAddress.namespace,
  };
}

/** @throws TemporalUnreachable */
export async function connect({ address, namespace }: TemporalAddress): Promise<TemporalSession> {
  const connection = await open(address);
  try {
    await connection.withDeadline(Date.now() + connectWithin, () =>
      connection.workflowService.describeNamespace({ namespace }),
    );
  } catch (error) {
    await connection.close();
    throw new TemporalUnreachable(namespaceProblem(address, namespace, error), { cause: error });
  }
  const client = new Client({ connection, namespace });
  return { address, namespace, client, connection, close: () => connection.close() };
}

async function open(address: string): Promise<Connection> {
  try {
    return await Connection.connect({ address, connectTimeout: connectWithin });
  } catch (error) {
    throw new TemporalUnreachable(
      `no Temporal server answers at ${address}; start one with \`hivekeeper up\`, or name another with --address or TEMPORAL_ADDRESS`,
      { cause: error },
    );
  }
}

/** The code of gRPC for something that does not exist. */
const notFound = 5;

function namespaceProblem(address: string, namespace: string, error: unknown): string {
  const code: number | undefined = isGrpcServiceError(error) ? error.code : undefined;
  if (code === notFound) {
    return `the Temporal server at ${address} has no namespace ${namespace}; name another with --namespace, or make it: temporal operator namespace create -n ${namespace}`;
  }
  return `the Temporal server at ${address} does not answer: ${messageOf(error)}`;
}
