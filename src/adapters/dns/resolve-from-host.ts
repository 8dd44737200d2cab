import type { Duplex } from 'node:stream';
import { HivekeeperError, messageOf } from '../../domain/errors/index.js';
import type { RemoteHost } from '../ports/index.js';
import { decodeAnswer, encodeQuestion, recordTypes } from './message.js';

/** Milliseconds; a name that takes longer is none for a cluster. */
const answerWithin = 5_000;
const nameError = 3;

/**
 * The addresses of a name as a host sees them; none when the name does not exist.
 * @param server host or host:port, asked over TCP; null: whatever the host itself asks.
 * @throws HivekeeperError ApiUnreachable when the server gives no answer
 */
export async function resolveFromHost(
  host: RemoteHost,
  name: string,
  server: string | null,
  signal: AbortSignal,
): Promise<string[]> {
  if (server === null) {
    const { stdout } = await host.script('getent ahosts "$1" || :', [name], { signal });
    return unique(stdout.split('\n').map((line) => line.split(/\s+/)[0] ?? ''));
  }
  const [address, port] = addressOf(server);
  const types = Object.keys(recordTypes).filter((type) => type === 'A' || type === 'AAAA');
  const answers = await Promise.all(types.map((type) => ask({ host, name, address, port }, type, signal)));
  return unique(answers.flat());
}

const unique = (addresses: readonly string[]): string[] => [...new Set(addresses.filter((one) => one !== ''))];

function addressOf(server: string): [string, number] {
  const [, six, other, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(server) ?? [];
  return [six ?? other ?? server, Number(port ?? 53)];
}

interface Question {
  readonly host: RemoteHost;
  readonly name: string;
  readonly address: string;
  readonly port: number;
}

async function ask(
  { host, name, address, port }: Question,
  type: 'A' | 'AAAA',
  signal: AbortSignal,
): Promise<string[]> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(answerWithin)]);
  const failed = (why: string) =>
    new HivekeeperError(
      'ApiUnreachable',
      `${host.name}: the DNS server ${address}:${port} did not answer for ${name}: ${why}`,
    );
  let stream: Duplex | undefined;
  try {
    stream = await host.open(address, port, limited);
    stream.write(encodeQuestion(type === 'A' ? 1 : 2, name, type));
    const { code, addresses } = decodeAnswer(await framed(stream));
    if (code === 0 || code === nameError) return [...addresses];
    throw failed(`response code ${code}`);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof HivekeeperError) throw error;
    throw failed(messageOf(error));
  } finally {
    stream?.destroy();
  }
}

/** The first message of a stream, without its length. */
async function framed(stream: Duplex): Promise<Buffer> {
  let read = Buffer.alloc(0);
  for await (const chunk of stream) {
    if (!Buffer.isBuffer(chunk)) continue;
    read = Buffer.concat([read, chunk]);
    const length = read.length < 2 ? Number.POSITIVE_INFINITY : read.readUInt16BE(0);
    if (read.length >= length + 2) return read.subarray(2, length + 2);
  }
  throw new Error('the connection ended before the answer');
}
