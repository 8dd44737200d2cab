import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureTemporalProgram, findTemporalProgram } from '../../../src/worker/temporal-server/index.js';

describe('finding the Temporal CLI', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'hivekeeper-program-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function program(...parts: string[]): Promise<string> {
    const file = path.join(folder, ...parts);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, '#!/bin/sh\n', { mode: 0o755 });
    return file;
  }
  const places = (env: NodeJS.ProcessEnv) => ({
    env: { HOME: path.join(folder, 'home'), ...env },
    projectFolder: path.join(folder, 'project'),
  });

  it('prefers the one that the variable names', async () => {
    const named = await program('named');
    await program('bin', 'temporal');
    const env = { HIVEKEEPER_TEMPORAL_CLI: named, PATH: path.join(folder, 'bin') };
    expect(await findTemporalProgram(places(env))).toBe(named);
  });

  it('refuses a variable that names no program, rather than to take another', async () => {
    await program('bin', 'temporal');
    const env = { HIVEKEEPER_TEMPORAL_CLI: path.join(folder, 'nothing'), PATH: path.join(folder, 'bin') };
    await expect(findTemporalProgram(places(env))).rejects.toThrow(/HIVEKEEPER_TEMPORAL_CLI names .*nothing/);
  });

  it('looks at PATH, then in the cache of the project, then in that of the user', async () => {
    const user = await program('home', '.hivekeeper', 'cache', 'bin', 'temporal');
    expect(await findTemporalProgram(places({ PATH: '' }))).toBe(user);
    const project = await program('project', '.hivekeeper', 'cache', 'bin', 'temporal');
    expect(await findTemporalProgram(places({ PATH: '' }))).toBe(project);
    const onPath = await program('bin', 'temporal');
    expect(await findTemporalProgram(places({ PATH: path.join(folder, 'bin') }))).toBe(onPath);
  });

  it('passes over a file that may not be executed', async () => {
    const file = await program('bin', 'temporal');
    await chmod(file, 0o644);
    expect(await findTemporalProgram(places({ PATH: path.join(folder, 'bin') }))).toBeUndefined();
  });

  it('asks Go where it installs programs', async () => {
    const installed = await program('go', 'bin', 'temporal');
    const go = await program('tools', 'go');
    await writeFile(go, `#!/bin/sh\nprintf '\\n%s\\n' ${path.join(folder, 'go')}\n`);
    const env = { PATH: `${path.dirname(go)}:/usr/bin:/bin` };
    expect(await findTemporalProgram(places(env))).toBe(installed);
  });

  it('builds it with Go into the cache of the project when there is none', async () => {
    const go = await program('tools', 'go');
    const script =
      '[ "$1" = env ] && exit 0; printf "#!/bin/sh\\n# $*\\n" > "$GOBIN/temporal"; chmod +x "$GOBIN/temporal"';
    await writeFile(go, `#!/bin/sh\n${script}\n`);
    const lines: string[] = [];
    const built = await ensureTemporalProgram({
      ...places({ PATH: `${path.dirname(go)}:/usr/bin:/bin` }),
      log: (line) => lines.push(line),
    });
    expect(built).toBe(path.join(folder, 'project', '.hivekeeper', 'cache', 'bin', 'temporal'));
    expect(lines[0]).toContain('building github.com/temporalio/cli/cmd/temporal@v1.5.1');
  });

  it('says what to install when there is neither a program nor Go', async () => {
    await expect(ensureTemporalProgram(places({ PATH: '' }))).rejects.toThrow(/Install it .* or Go/);
  });

  it('reports what Go said when the build fails', async () => {
    const go = await program('tools', 'go');
    await writeFile(go, '#!/bin/sh\n[ "$1" = env ] && exit 0; echo "no such module" >&2; exit 1\n');
    const places2 = places({ PATH: `${path.dirname(go)}:/usr/bin:/bin` });
    await expect(ensureTemporalProgram(places2)).rejects.toThrow(/failed \(exit 1\):\nno such module/);
  });
});
