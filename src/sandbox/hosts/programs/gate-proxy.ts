/**
 * The traffic gate of a stage: a TCP proxy in front of the brokers. New connections go round over the back ends that are
 * enabled and answer; a back end that is disabled keeps the connections it has.
 *
 * Arguments: address, port, control port, file that keeps the back ends. A connection to the control port takes one line
 * (`enable <host> <address:port>`, `disable <host>`, `list`, `states`) and answers `ok`, `ok <JSON>` or `error <why>`.
 */
import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

interface BackEnd {
  readonly host: string;
  readonly address: string;
  readonly port: number;
  readonly enabled: boolean;
}

const CONNECT_TIMEOUT_MS = 2000;

const [address = '', port = '', controlPort = '', stateFile = ''] = process.argv.slice(2);
const backEnds = new Map<string, BackEnd>(readState().map((backEnd) => [backEnd.host, backEnd]));
const connections = new Map<string, number>();
let turn = 0;

function isBackEnd(value: unknown): value is BackEnd {
  if (typeof value !== 'object' || value === null) return false;
  const { host, address: target, port: number, enabled } = { host: 0, address: 0, port: '', enabled: 0, ...value };
  const isTarget = typeof host === 'string' && typeof target === 'string';
  return isTarget && typeof number === 'number' && typeof enabled === 'boolean';
}

function readState(): BackEnd[] {
  try {
    const state: unknown = JSON.parse(readFileSync(stateFile, 'utf8'));
    return Array.isArray(state) ? state.filter(isBackEnd) : [];
  } catch {
    return [];
  }
}

function saveState(): void {
  const scratch = `${stateFile}.new`;
  writeFileSync(scratch, JSON.stringify([...backEnds.values()], null, 2));
  renameSync(scratch, stateFile);
}

function journal(event: string, facts: Record<string, unknown> = {}): void {
  const file = process.env['HIVEMQ_SIM_JOURNAL'];
  if (file === undefined) return;
  appendFileSync(file, `${JSON.stringify({ at: new Date().toISOString(), event, pid: process.pid, ...facts })}\n`);
}

function dial(backEnd: BackEnd): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: backEnd.address, port: backEnd.port, noDelay: true });
    const giveUp = (): void => {
      socket.destroy();
      resolve(undefined);
    };
    const timer = setTimeout(giveUp, CONNECT_TIMEOUT_MS);
    socket.once('error', giveUp);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.off('error', giveUp);
      resolve(socket);
    });
  });
}

/** Connects to the next back end in turn that answers. */
async function dialNext(): Promise<{ backEnd: BackEnd; socket: Socket } | undefined> {
  const enabled = [...backEnds.values()].filter((backEnd) => backEnd.enabled);
  const first = turn;
  turn += 1;
  for (let index = 0; index < enabled.length; index += 1) {
    const backEnd = enabled[(first + index) % enabled.length];
    if (backEnd === undefined) return undefined;
    const socket = await dial(backEnd);
    if (socket === undefined) continue;
    // It may have been disabled while the connection was made.
    if (backEnds.get(backEnd.host)?.enabled === true) return { backEnd, socket };
    socket.destroy();
  }
  return undefined;
}

async function forward(client: Socket): Promise<void> {
  client.on('error', () => client.destroy());
  client.pause();
  const target = await dialNext();
  if (target === undefined || client.destroyed) {
    target?.socket.destroy();
    client.destroy();
    return;
  }
  const { backEnd, socket } = target;
  connections.set(backEnd.host, (connections.get(backEnd.host) ?? 0) + 1);
  socket.on('error', () => client.destroy());
  socket.on('close', () => {
    connections.set(backEnd.host, (connections.get(backEnd.host) ?? 1) - 1);
    client.destroy();
  });
  client.on('close', () => socket.destroy());
  client.pipe(socket).pipe(client);
}

function enable(host: string, target: string): string {
  const [, backEndAddress, backEndPort] = /^(.+):(\d+)$/.exec(target) ?? [];
  if (backEndAddress === undefined) return `error not an address:port: ${target}`;
  backEnds.set(host, { host, address: backEndAddress, port: Number(backEndPort), enabled: true });
  saveState();
  journal('gate-enable', { host, target });
  return 'ok';
}

function disable(host: string): string {
  const backEnd = backEnds.get(host);
  // What is not there gets no connections: that is what was asked for.
  if (backEnd === undefined) return 'ok';
  backEnds.set(host, { ...backEnd, enabled: false });
  saveState();
  journal('gate-disable', { host });
  return 'ok';
}

function list(): string {
  const rows = [...backEnds.values()].map((backEnd) => ({
    host: backEnd.host,
    address: `${backEnd.address}:${backEnd.port}`,
    enabled: backEnd.enabled,
    connections: connections.get(backEnd.host) ?? 0,
  }));
  return `ok ${JSON.stringify(rows)}`;
}

/** Which hosts get new connections, in the form that a traffic gate's hook has to print. */
function states(): string {
  return `ok ${JSON.stringify(Object.fromEntries([...backEnds.values()].map(({ host, enabled }) => [host, enabled])))}`;
}

function answer(request: string): string {
  const [verb, host = '', target = '', ...rest] = request.split(' ');
  const words = [host, target, ...rest].filter((word) => word !== '').length;
  if (verb === 'list' && words === 0) return list();
  if (verb === 'states' && words === 0) return states();
  if (verb === 'disable' && words === 1) return disable(host);
  if (verb === 'enable' && words === 2) return enable(host, target);
  return 'error usage: gate enable <host> <address:port> | gate disable <host> | gate list | gate states';
}

createServer((socket) => {
  socket.on('error', () => socket.destroy());
  createInterface({ input: socket }).on('line', (line) => socket.end(`${answer(line)}\n`));
}).listen(Number(controlPort), address);

createServer({ noDelay: true, pauseOnConnect: true }, (client) => {
  forward(client).catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    client.destroy();
  });
}).listen(Number(port), address, () => {
  journal('gate-start', { address, port: Number(port) });
});
