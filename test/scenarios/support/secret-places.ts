import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Host } from '../../../src/sandbox/hosts/index.js';
import type { Scenario } from './scenario.js';

/** Everything where no secret may ever be, by the name of the place. */
export type Places = ReadonlyMap<string, string>;

/**
 * The histories of these workflows, the logs of the workers, and of each host its node.json, the broker's log and
 * configuration, and the list of processes.
 */
export async function placesWithoutSecrets(
  { folder, session }: Pick<Scenario, 'folder' | 'session'>,
  workflowIds: readonly string[],
  hosts: readonly Host[],
): Promise<Places> {
  const places = new Map<string, string>();
  for (const id of workflowIds) {
    const history = await session.client.workflow.getHandle(id).fetchHistory();
    places.set(`history ${id}`, JSON.stringify(history, decoded));
  }
  const workers = path.join(folder, 'worker');
  for (const file of readdirSync(workers).filter((name) => name.endsWith('.log')))
    places.set(file, readFileSync(path.join(workers, file), 'utf8'));
  for (const host of hosts) {
    for (const file of ['.hivekeeper/node.json', 'log/hivemq.log', 'conf/config.xml'])
      places.set(`${host.name} ${file}`, readFileSync(path.join(host.home, file), 'utf8'));
    places.set(
      `${host.name} processes`,
      host
        .processes()
        .map(({ cmdline }) => cmdline)
        .join('\n'),
    );
  }
  return places;
}

/** The places in which a value is found: as it is, as JSON has it, or in base64 at whatever offset. */
export function placesOf(value: string, places: Places): string[] {
  const encoded = [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), Buffer.from(value)]).toString('base64');
    // The characters at both ends also hold bits of what stands beside the value.
    return text.replace(/=+$/, '').slice(offset === 0 ? 0 : offset + 1, -1);
  });
  const forms = [value, JSON.stringify(value).slice(1, -1), ...encoded];
  return [...places].filter(([, text]) => forms.some((form) => text.includes(form))).map(([name]) => name);
}

/** Payloads of a history are bytes: as text here, so that a search finds what is in them. */
function decoded(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : value;
}
