import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readDataFolder } from '../wire/folder.js';
import { clusterBackupFolder } from '../wire/layout.js';
import { mergeRetained, mergeUnits } from '../wire/merge.js';
import type { Retained, Unit } from '../wire/records.js';

/** What was gathered from the data folders, each item once. */
export interface Recovered {
  units: Map<string, Unit>;
  retained: Map<string, Retained>;
  /** Sentences for the user: folders and files that could not be read. */
  problems: string[];
  /** Folders that gave nothing. */
  failed: number;
}

/** A folder may be a data folder, or hold only the copy that run.sh moved aside. */
function dataFolder(path: string): string {
  const moved = join(path, clusterBackupFolder);
  return !existsSync(join(path, 'persistence')) && existsSync(join(moved, 'persistence')) ? moved : path;
}

/** Merges data folders: replicas become one item, the newest version wins, queues are united. */
export function recover(paths: readonly string[], say: (line: string) => void): Recovered {
  const result: Recovered = { units: new Map(), retained: new Map(), problems: [], failed: 0 };
  for (const path of paths) {
    say(`Reading data folder ${path}`);
    try {
      const content = readDataFolder(dataFolder(path));
      for (const unit of content.units) {
        const known = result.units.get(unit.session.clientId);
        result.units.set(unit.session.clientId, known ? mergeUnits(known, unit) : unit);
      }
      for (const item of content.retained) {
        const known = result.retained.get(item.topic);
        result.retained.set(item.topic, known ? mergeRetained(known, item) : item);
      }
      if (content.unreadable.length > 0) {
        result.problems.push(`${content.unreadable.length} unreadable entries in ${path} were left out.`);
      }
    } catch (error) {
      result.failed += 1;
      result.problems.push(
        `Could not read data folder ${path}: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
  return result;
}
