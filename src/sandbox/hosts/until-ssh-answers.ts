import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const WITHIN_MS = 15_000;
const POLL_MS = 20;

/**
 * Returns when an SSH server introduces itself on the port.
 *
 * @param explain what to add to the error when none does, e.g. the end of its log
 */
export async function untilSshAnswers(address: string, port: number, explain: () => Promise<string>): Promise<void> {
  const deadline = Date.now() + WITHIN_MS;
  while (!(await introducesItself(address, port))) {
    if (Date.now() > deadline) {
      throw new Error(`No SSH server answers on ${address}:${port} after ${WITHIN_MS} ms. ${await explain()}`);
    }
    await sleep(POLL_MS);
  }
}

function introducesItself(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    const answer = (result: boolean): void => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(1000, () => {
      answer(false);
    });
    socket.once('data', (data) => {
      answer(data.toString('latin1').startsWith('SSH-'));
    });
    socket.once('error', () => {
      answer(false);
    });
    socket.once('end', () => {
      answer(false);
    });
  });
}

/** Returns when connections to the port are refused: the kernel may take some after the last process was killed. */
export async function untilRefused(address: string, port: number): Promise<void> {
  const deadline = Date.now() + WITHIN_MS;
  while (!(await isRefused(address, port))) {
    if (Date.now() > deadline) throw new Error(`${address}:${port} still takes connections after ${WITHIN_MS} ms.`);
    await sleep(POLL_MS);
  }
}

function isRefused(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'));
  });
}
