import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Guard, parseAs } from './guards.js';
import { deliveredFile, keyHash, layout } from './layout.js';
import { maxDelivered } from './merge.js';
import { isQueued, isRetained, isSession, type Queued, type Retained, type Unit } from './records.js';

/** What a data folder holds, and the files of it that could not be read. */
export interface FolderContent {
  units: Unit[];
  retained: Retained[];
  unreadable: string[];
}

function entries(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

function readItem<T>(file: string, guard: Guard<T>, unreadable: string[]): T | undefined {
  try {
    const item = parseAs(guard, readFileSync(file, 'utf8'));
    if (item === undefined) unreadable.push(file);
    return item;
  } catch {
    unreadable.push(file);
    return undefined;
  }
}

function readQueue(folder: string, unreadable: string[]): { queue: Queued[]; delivered: string[] } {
  const queue: Queued[] = [];
  let delivered: string[] = [];
  for (const name of entries(folder)) {
    if (name === deliveredFile) {
      delivered = readFileSync(join(folder, name), 'utf8').split('\n').filter(Boolean).slice(-maxDelivered);
    } else if (name.endsWith('.json')) {
      const message = readItem(join(folder, name), isQueued, unreadable);
      if (message) queue.push(message);
    }
  }
  const gone = new Set(delivered);
  return { queue: queue.filter((m) => !gone.has(m.id)).sort((a, b) => a.seq - b.seq), delivered };
}

/**
 * Reads a data folder of a stopped node. Damaged items are listed and left out.
 * @throws when the folder is no data folder at all
 */
export function readDataFolder(data: string): FolderContent {
  const folders = layout(data);
  if (!existsSync(folders.persistence)) throw new Error(`${data} is not a data folder: it has no persistence folder.`);
  const content: FolderContent = { units: [], retained: [], unreadable: [] };
  for (const name of entries(folders.sessions).filter((entry) => entry.endsWith('.json'))) {
    const session = readItem(join(folders.sessions, name), isSession, content.unreadable);
    if (!session) continue;
    const queue = readQueue(join(folders.queues, keyHash(session.clientId)), content.unreadable);
    content.units.push({ session, ...queue });
  }
  for (const name of entries(folders.retained).filter((entry) => entry.endsWith('.json'))) {
    const retained = readItem(join(folders.retained, name), isRetained, content.unreadable);
    if (retained) content.retained.push(retained);
  }
  return content;
}

/** What lies in one data folder, as sorted keys: client ids, topics, and `clientId/message id` of queued messages. */
export interface FolderListing {
  sessions: string[];
  retained: string[];
  queued: string[];
}

/** Lists a data folder; markers of deleted items are not items. */
export function listDataFolder(data: string): FolderListing {
  const { units, retained } = readDataFolder(data);
  const alive = units.filter((unit) => !unit.session.deleted);
  return {
    sessions: alive.map((unit) => unit.session.clientId).sort(),
    retained: retained
      .filter((item) => !item.deleted)
      .map((item) => item.topic)
      .sort(),
    queued: alive.flatMap((unit) => unit.queue.map((m) => `${unit.session.clientId}/${m.id}`)).sort(),
  };
}
