import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Programs of the stage that run as processes of their own, by plain Node. */
export type ProgramName = 'gate-command' | 'gate-proxy' | 'ssh-server' | 'systemctl';

/**
 * The compiled file of a program. It lies beside this module, except when the module itself was loaded from its
 * source, by the tests; they compile the programs to their place in `dist` before they start.
 *
 * @throws Error when it was not built
 */
export function programFile(name: ProgramName): string {
  const places = [`./programs/${name}.js`, `../../../dist/sandbox/hosts/programs/${name}.js`];
  const files = places.map((place) => fileURLToPath(new URL(place, import.meta.url)));
  const file = files.find((candidate) => existsSync(candidate));
  if (file === undefined) throw new Error(`The program ${name} of the stage is missing: run "npm run build".`);
  return file;
}
