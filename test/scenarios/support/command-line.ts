import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { run } from '../../../src/client/cli/program.js';
import type { Scenario } from './scenario.js';

export interface Typed {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line as somebody would type it beside the hosts of a scenario, spec files in the scenario's folder. */
export function commandLine({ folder, server }: Pick<Scenario, 'folder' | 'server'>) {
  return {
    /** Writes a spec file that commands may name. */
    write: (name: string, spec: object): void => writeFileSync(path.join(folder, name), JSON.stringify(spec, null, 2)),
    async type(...args: string[]): Promise<Typed> {
      const written = { stdout: '', stderr: '' };
      const code = await run(args, {
        stdout: { write: (text) => (written.stdout += text) },
        stderr: { write: (text) => (written.stderr += text) },
        isTTY: false,
        env: { TEMPORAL_ADDRESS: server.address, TEMPORAL_NAMESPACE: server.namespace, HOME: folder },
        cwd: folder,
      });
      return { code, ...written };
    },
  };
}
