import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { readBackupFile } from '../../../src/sandbox/wire/backup-file.js';
import { connect, makeSession } from './mqtt.js';
import type { SimNode } from './sim.js';

/** The persistent items of a test: sessions, queued messages and retained messages, each as one text. */
export type Items = Set<string>;

/** Makes `count` sessions with one queued message each, and as many retained messages, through different nodes. */
export async function makeItems(nodes: readonly SimNode[], count: number, prefix: string, size = 0): Promise<Items> {
  const items: Items = new Set();
  const at = (index: number): string => nodes[index % nodes.length]!.url;
  const clients = Array.from({ length: count }, (_, index) => `${prefix}${index}`);
  await Promise.all(clients.map((id, index) => makeSession(at(index), id, `${prefix}/${id}`)));
  const publisher = await connect(at(0));
  const filler = 'x'.repeat(size);
  await Promise.all(
    clients.map(async (id) => {
      const topic = `${prefix}/${id}`;
      await publisher.publishAsync(topic, `${id} ${filler}`, { qos: 1, retain: true });
      items.add(`session ${id}`).add(`queued ${id}: ${id} ${filler}`).add(`retained ${topic}`);
    }),
  );
  await publisher.endAsync();
  return items;
}

/** What a backup file holds. */
export function itemsOfBackup(file: string): string[] {
  const { units, retained } = readBackupFile(file);
  return [
    ...units.map(({ session }) => `session ${session.clientId}`),
    ...units.flatMap(({ session, queue }) =>
      queue.map((message) => `queued ${session.clientId}: ${Buffer.from(message.payload, 'base64').toString()}`),
    ),
    ...retained.map((item) => `retained ${item.topic}`),
  ];
}

export interface ToolRun {
  code: number;
  stdout: string;
  stderr: string;
  /** The backup file, when one was written. */
  file: string | undefined;
}

let runs = 0;

/** Runs the recovery tool on data folders. */
export async function runTool(
  tool: string,
  env: Record<string, string>,
  folders: readonly string[],
  more: readonly string[] = [],
): Promise<ToolRun> {
  runs += 1;
  const out = path.join(path.dirname(tool), '..', '..', `export-${runs}`);
  const args = [...folders.flatMap((folder) => ['-i', folder]), '-e', out, ...more];
  const result = await new Promise<Pick<ToolRun, 'code' | 'stdout' | 'stderr'>>((resolve) => {
    const child = execFile(tool, args, { env }, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
  const names = result.code === 0 ? readdirSync(out) : [];
  return { ...result, file: names[0] === undefined ? undefined : path.join(out, names[0]) };
}

/** In how many of the folders each item lies, as the recovery tool sees each folder alone. */
export async function copies(
  tool: string,
  env: Record<string, string>,
  folders: readonly string[],
): Promise<Map<string, number[]>> {
  const found = new Map<string, number[]>();
  const listings = await Promise.all(folders.map((folder) => runTool(tool, env, [folder])));
  for (const [index, { file }] of listings.entries()) {
    for (const item of file === undefined ? [] : itemsOfBackup(file))
      found.set(item, [...(found.get(item) ?? []), index]);
  }
  return found;
}

/**
 * Checks a placement: every expected item lies in exactly `count` folders and nothing else lies anywhere.
 * @returns what is wrong, one sentence each
 */
export function misplaced(expected: Items, found: ReadonlyMap<string, number[]>, count: number): string[] {
  const wrong = [...expected].flatMap((item) => {
    const at = found.get(item)?.length ?? 0;
    return at === count ? [] : [`${item} lies in ${at} folders instead of ${count}`];
  });
  return [...wrong, ...[...found.keys()].filter((item) => !expected.has(item)).map((item) => `${item} is unknown`)];
}

/** Compares what is there with what should be. */
export function difference(expected: Items, actual: Iterable<string>): { missing: string[]; unknown: string[] } {
  const there = new Set(actual);
  return {
    missing: [...expected].filter((item) => !there.has(item)).sort(),
    unknown: [...there].filter((item) => !expected.has(item)).sort(),
  };
}
