import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/**
 * Compiles the programs of the stage that run by plain Node to the place where `npm run build` puts them as well, so
 * that tests never run an older state of them. Takes milliseconds, because types are not checked.
 */
export async function compileStagePrograms(): Promise<void> {
  const source = fileURLToPath(new URL('../../src/sandbox/hosts/programs/', import.meta.url));
  const outdir = fileURLToPath(new URL('../../dist/sandbox/hosts/programs/', import.meta.url));
  const files = (await readdir(source)).filter((name) => name.endsWith('.ts')).map((name) => `${source}${name}`);
  await build({ entryPoints: files, outdir, format: 'esm', platform: 'node', target: 'node20', logLevel: 'error' });
}
