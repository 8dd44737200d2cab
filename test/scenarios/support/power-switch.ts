import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import type { Stage } from '../../../src/sandbox/stage/index.js';
import type { Fencing } from './scenario.js';

/** A switch before the power supplies of a stage's hosts, and the command that a worker has for it. */
export interface PowerSwitch extends Fencing {
  /** Hosts that the command was asked to switch off, in order. */
  readonly asked: readonly string[];
  /** As long as it is broken, it refuses to switch anything. */
  broken: boolean;
  /** The host stops at once, as when its power fails. */
  off(host: string): Promise<void>;
  on(host: string): Promise<void>;
}

/** Exits with 0 for an answer of 200. */
const command = `#!${process.execPath}
const [url, verb, host] = process.argv.slice(2);
const answer = await fetch(url + '/' + verb + '/' + host, { method: 'POST' });
if (!answer.ok) console.error(await answer.text());
process.exitCode = answer.ok ? 0 : 1;
`;

/** @returns it, in service */
export async function startPowerSwitch(stage: Stage, folder: string): Promise<PowerSwitch> {
  const asked: string[] = [];
  const dark = new Set<string>();
  const off = async (name: string): Promise<void> => {
    dark.add(name);
    await stage.host(name).kill9('all');
  };
  const answer = async (verb: string, name: string): Promise<[number, string]> => {
    if (verb === 'is-off') return dark.has(name) ? [200, 'off'] : [409, 'it is on'];
    if (power.broken) return [503, 'the switch does not answer'];
    asked.push(name);
    await off(name);
    return [200, 'off'];
  };
  const server = createServer((request, response) => {
    const [, verb = '', name = ''] = (request.url ?? '').split('/');
    void answer(verb, name).then(([status, text]) => response.writeHead(status).end(text));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const url = typeof address === 'object' && address ? `http://127.0.0.1:${address.port}` : '';
  const program = path.join(folder, 'power.mjs');
  await writeFile(program, command, { mode: 0o755 });
  const power: PowerSwitch = {
    hooks: { power: { fence: [program, url, 'off', '{host}'], verify: [program, url, 'is-off', '{host}'] } },
    asked,
    broken: false,
    off,
    on: async (name) => {
      dark.delete(name);
      await stage.host(name).reboot();
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return power;
}
