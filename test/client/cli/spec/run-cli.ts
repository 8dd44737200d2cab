import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../../../src/client/cli/program.js';

/** A folder of its own for one test, with what the command line did in it. */
export interface Desk {
  readonly folder: string;
  write(name: string, content: string | object): void;
  run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }>;
  clear(): void;
}

export function openDesk(): Desk {
  const folder = mkdtempSync(join(tmpdir(), 'hivekeeper-cli-'));
  return {
    folder,
    write: (name, content) =>
      writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content, null, 2)),
    run: async (...args) => {
      const written = { stdout: '', stderr: '' };
      const code = await run(args, {
        stdout: { write: (text) => (written.stdout += text) },
        stderr: { write: (text) => (written.stderr += text) },
        isTTY: false,
        env: { HOME: '/home/ops' },
        cwd: folder,
      });
      return { code, ...written };
    },
    clear: () => rmSync(folder, { recursive: true, force: true }),
  };
}
