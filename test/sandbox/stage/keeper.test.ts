import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listHostProcesses } from '../../../src/sandbox/hosts/host-processes.js';
import { startKeeper } from '../../../src/sandbox/hosts/keeper.js';
import { until } from '../../support/until.js';

for (const { kind, perl } of [
  { kind: 'with Perl', perl: undefined },
  { kind: 'without Perl', perl: '' },
]) {
  describe(`the keeper of a host, ${kind}`, () => {
    const start = async () => {
      const marks: [string, string] = [`HIVEKEEPER_STAGE=${randomUUID()}`, 'HIVEKEEPER_STAGE_HOST=h'];
      const keeper = await startKeeper({ marks, ...(perl === undefined ? {} : { perl }) });
      onTestFinished(() => keeper.stop());
      const processes = () =>
        listHostProcesses({ keeperPid: keeper.pid, subreaper: keeper.subreaper, marks }).map(({ cmdline }) => cmdline);
      return { keeper, processes, run: (command: string) => keeper.run(`exec env ${marks.join(' ')} ${command}`) };
    };

    it('starts services and tells their pids', async () => {
      const { run, processes } = await start();
      const pid = await run('sleep 611');
      await until(() => processes().includes('sleep 611'));
      expect(existsSync(`/proc/${pid}`)).toBe(true);
    });

    it('knows what its services leave behind, and takes it with it', async () => {
      const { keeper, run, processes } = await start();
      await run("sh -c 'setsid sleep 612 & setsid sleep 613 &'");
      await until(() => processes().filter((cmdline) => /^sleep 61[23]$/.test(cmdline)).length === 2);
      await keeper.stop();
      await until(() => processes().length === 0);
    });

    it('goes on when a service ends', async () => {
      const { run, processes } = await start();
      const first = await run('true');
      await until(() => !existsSync(`/proc/${first}`) || processes().length === 0);
      await run('sleep 614');
      await until(() => processes().includes('sleep 614'));
    });
  });
}
