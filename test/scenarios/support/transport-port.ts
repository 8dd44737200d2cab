import { once } from 'node:events';
import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls, type PeerCertificate } from 'node:tls';
import { describe } from '../../../src/sandbox/broker/cluster/calls.js';
import { Channel } from '../../../src/sandbox/broker/cluster/channel.js';

/** Milliseconds; a node that says nothing for so long does not answer. */
const PATIENCE = 20_000;

export interface TransportPort {
  readonly host: string;
  readonly port: number;
}

/**
 * Asks a node over its cluster transport who the members are, as a node would.
 * @returns how many it names, or in one word why it does not
 */
async function membersTold(socket: Socket): Promise<number | string> {
  const silence = setTimeout(() => socket.destroy(), PATIENCE);
  const channel = new Channel(
    socket,
    () => Promise.reject(new Error('Only asks.')),
    () => undefined,
  );
  try {
    return (await channel.request(describe, {})).members.length;
  } catch (error) {
    return error instanceof Error && 'reason' in error ? String(error.reason) : String(error);
  } finally {
    clearTimeout(silence);
    channel.destroy();
  }
}

/** What somebody hears who talks to the port without encryption. */
export async function toldInPlain(port: TransportPort): Promise<number | string> {
  const socket = connectPlain(port);
  await once(socket, 'connect');
  return membersTold(socket);
}

/** What somebody hears who encrypts and shows no certificate, and the certificate that he is shown. */
export async function toldOverTls(port: TransportPort) {
  const socket = connectTls({ ...port, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const certificate: PeerCertificate = socket.getPeerCertificate();
  const protocol = socket.getProtocol();
  return { certificate, protocol, told: await membersTold(socket) };
}
