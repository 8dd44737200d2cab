import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inProject } from './paths.mjs';

/** All files below a path of the project, itself when it is a file, in a fixed order. */
function filesBelow(name) {
  let stat;
  try {
    stat = statSync(inProject(name));
  } catch {
    return [];
  }
  if (!stat.isDirectory()) return [name];
  const names = readdirSync(inProject(name)).sort();
  return names.flatMap((child) => filesBelow(path.join(name, child)));
}

/** A hash of names and contents. What else matters, such as a version, goes into `extra`. */
export function fingerprint(names, extra = '') {
  const hash = createHash('sha256').update(extra);
  for (const name of names.flatMap(filesBelow)) {
    hash.update(`\0${name}\0`).update(readFileSync(inProject(name)));
  }
  return hash.digest('hex');
}

/** Whether the stamp file holds this text. */
export function hasStamp(file, text) {
  try {
    return readFileSync(file, 'utf8') === text;
  } catch {
    return false;
  }
}

export function writeStamp(file, text) {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}
