import { inProject } from './paths.mjs';
import { npm, runQuietly } from './process.mjs';
import { fingerprint, hasStamp, writeStamp } from './stamp.mjs';

const STAMP = inProject('dist', '.hivekeeper-stamp');
const SOURCES = [
  'src',
  'tsconfig.json',
  'tsconfig.build.json',
  'package.json',
  'package-lock.json',
  'scripts/bundle.mjs',
];

/** Builds the product when its sources are not those of the last build. */
export async function ensureBuilt() {
  const wanted = fingerprint(SOURCES);
  if (hasStamp(STAMP, wanted)) return;
  const [program, args] = npm('run', '--silent', 'build');
  await runQuietly('Building (npm run build)', program, args);
  writeStamp(STAMP, wanted);
}
