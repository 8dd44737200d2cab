import { posix } from 'node:path';
import type { RemoteHost } from '../../adapters/ports/index.js';
import { HivekeeperError } from '../../domain/errors/index.js';
import { updateIdentity } from './update-identity.js';
import { prepareHome } from './prepare-host.js';
import { brokerUser, movedFolder, workFolder } from './recovery-folders.js';
import type { StepBody } from './run-step.js';
import type { StepContext } from './step-context.js';

export const moveData: StepBody<'moveData'> = async (context, input) => {
  const { session } = context;
  const known = await movedFolder(context, input.host, input.label);
  if (known !== null) return `already in ${known}`;
  const supervisor = session.dependencies.supervisor(session.spec);
  const state = await supervisor.state(await context.supervised(input.host));
  if (state.running) throw new HivekeeperError('PlanRefused', `${input.host} runs again; its data stays where it is`);
  const driven = await context.driven(input.host);
  const path = await session.driver.moveDataAside(driven, input.label);
  if (path === null) return 'no data to move';
  const entry = { path, at: new Date().toISOString(), reason: input.label };
  await updateIdentity(context, input.host, (old) => ({ ...old, movedData: [...old.movedData, entry] }));
  return `moved to ${path}`;
};

/** One hash over names and contents of all files below a folder. */
const digestProgram = `cd "$1" && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 -r sha256sum | sha256sum | cut -d ' ' -f 1`;

async function digest(context: StepContext, host: RemoteHost, folder: string): Promise<string> {
  const result = await host.script(digestProgram, [folder], {
    asUser: brokerUser(context),
    timeout: 3_600_000,
    signal: context.signal,
  });
  return result.stdout.trim();
}

export const copyData: StepBody<'copyData'> = async (context, input) => {
  const from = await movedFolder(context, input.host, input.label);
  if (from === null) return 'had no data';
  const [source, target] = await Promise.all([context.host(input.host), context.host(input.recoveryHost)]);
  const to = posix.join(workFolder(context, input.recoveryHost, input.label), 'data', input.host);
  const marker = `${to}.complete`;
  const wanted = await digest(context, source, from);
  const asUser = brokerUser(context);
  if ((await target.readFile(marker, { asUser }))?.trim() === wanted) return 'already copied';
  await prepareHome(context, input.recoveryHost);
  await target.script('rm -rf "$1" && mkdir -p "$1"', [to], { asUser });
  context.progress.report(`copying ${from} of ${input.host} to ${input.recoveryHost}`);
  const stream = await source.stream({ argv: ['tar', '-C', from, '-cf', '-', '.'], asUser }, context.signal);
  await target.run({ argv: ['tar', '-C', to, '-xf', '-'], stdin: stream, asUser, timeout: 86_400_000 }, context.signal);
  const found = await digest(context, target, to);
  if (found !== wanted) {
    throw new HivekeeperError(
      'CommandFailed',
      `the copy of ${input.host} on ${input.recoveryHost} differs from its source; it is copied again`,
    );
  }
  await target.writeFile(marker, `${wanted}\n`, { mode: 0o644, asUser });
  return `copied and compared, SHA-256 ${wanted.slice(0, 12)}…`;
};
