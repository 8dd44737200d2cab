import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The programs that a distribution is made of. */
export type Program = 'hivemq-sim' | 'recovery-tool' | 's3-discovery' | 'dns-discovery';

const entries: Record<Program, string> = {
  'hivemq-sim': 'broker/main',
  'recovery-tool': 'recovery-tool/main',
  's3-discovery': 'broker/discovery/s3/main',
  'dns-discovery': 'broker/discovery/dns/main',
};

/** The package's root, whether this runs from src/ or from dist/. */
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

function newest(folder: string): number {
  const times = readdirSync(folder, { withFileTypes: true }).map((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? newest(path) : statSync(path).mtimeMs;
  });
  return Math.max(0, ...times);
}

const made = new Map<Program, Promise<Buffer>>();

async function bundle(program: Program): Promise<Buffer> {
  // Only in a checkout: esbuild is no dependency of the installed package.
  const { build } = await import('esbuild');
  const result = await build({
    entryPoints: [join(root, 'src', 'sandbox', `${entries[program]}.ts`)],
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    write: false,
    logLevel: 'warning',
  });
  const [output] = result.outputFiles;
  if (!output) throw new Error(`esbuild made nothing of ${program}.`);
  return Buffer.from(output.contents);
}

/**
 * The single-file program: the one that the build made, or in a checkout whose sources are newer, a fresh one.
 * @throws when there is neither a build nor a source
 */
export function programBundle(program: Program): Promise<Buffer> {
  const built = join(root, 'dist', 'sandbox', `${program}.cjs`);
  const sources = join(root, 'src', 'sandbox');
  const current = existsSync(built) && (!existsSync(sources) || statSync(built).mtimeMs >= newest(sources));
  if (current) return Promise.resolve(readFileSync(built));
  if (!existsSync(sources)) return Promise.reject(new Error(`${built} is missing: run npm run build.`));
  const known = made.get(program) ?? bundle(program);
  made.set(program, known);
  return known;
}
