import { existsSync, statSync } from 'node:fs';
import { inProject } from './paths.mjs';
import { npm, runQuietly } from './process.mjs';
import { fingerprint, hasStamp, writeStamp } from './stamp.mjs';

const STAMP = inProject('node_modules', '.hivekeeper-stamp');

/** Installs the dependencies when they are missing or are not those of the lock file. */
export async function ensureInstalled() {
  const wanted = fingerprint(['package-lock.json'], `${process.platform} ${process.arch} ${process.versions.modules}`);
  if (hasStamp(STAMP, wanted)) return;
  if (!isInstalledByHand()) {
    const [program, args] = npm('ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error');
    await runQuietly('Installing the dependencies (npm ci)', program, args);
  }
  writeStamp(STAMP, wanted);
}

/** npm writes this file at the end of an installation; one that is newer than the lock file is up to date. */
function isInstalledByHand() {
  const installed = inProject('node_modules', '.package-lock.json');
  if (existsSync(STAMP) || !existsSync(installed)) return false;
  return statSync(installed).mtimeMs >= statSync(inProject('package-lock.json')).mtimeMs;
}
