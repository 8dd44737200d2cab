import { HivekeeperError } from '../../../domain/errors/index.js';
import { adoptedUnitPath } from '../../../render/systemd/names.js';
import { keysOf } from '../manifest/obsolete.js';
import { manifestOf } from '../manifest/manifest-of.js';
import { settingsOf } from '../manifest/wanted-items.js';
import { wantedOf } from '../manifest/wanted-of.js';
import type { StepBody } from '../run-step.js';
import type { StepContext } from '../step-context.js';
import { updateIdentity } from '../update-identity.js';

/** Hashes of the files as they lie there, one `SHA-256 path` a line; those that are not there are left out. */
const hashProgram = `
home=$1
shift
for file; do
  [ ! -f "$home/$file" ] || { sum=$(sha256sum <"$home/$file") && printf '%s %s\\n' "\${sum%% *}" "$file"; } || exit 1
done`;

/** By a rename, so that nobody reads half of it. */
const noteProgram = `printf '%s\\n' "$2" >"$1.new" && sync -- "$1.new" && mv -f -- "$1.new" "$1"`;

export const adoptNode: StepBody<'adoptNode'> = async (context, input) => {
  const { session, signal } = context;
  const { spec } = session;
  const { home, user } = context.fence(input.host);
  const own = await session.connect(input.host, signal);
  const reader = session.dependencies.reader(spec.broker.product);
  const found = await reader.readNode(spec, { name: input.host, host: own, home }, signal);
  if (found.state !== input.state) throw changed(input.host, found.lines);
  const host = await context.host(input.host);
  const note = (file: string, text: string): Promise<unknown> =>
    host.script(noteProgram, [`${home}/${file}`, text], { asUser: user, signal });
  if (input.unit !== null) await note(adoptedUnitPath, input.unit);
  else await note('.hivekeeper/broker.pid', `${input.process.pid} ${input.process.startTime}`);

  const manifest = manifestOf(spec, [input.host], input.host);
  const files = await hashesOf(context, input.host, [
    ...manifest.files.map(({ path }) => path),
    // A config.xml that is kept as a whole: what else is brought lies there as the spec has it, byte for byte.
    ...manifest.contents.filter(({ effect }) => effect === 'restart').map(({ path }) => path),
  ]);
  const wanted = wantedOf(spec, input.host);
  await updateIdentity(context, input.host, (old) => ({
    ...old,
    status: 'member',
    version: input.version,
    layout: 'adopted',
    files,
    settings: settingsOf(wanted),
    items: wanted.restart,
    hot: wanted.hot,
    placed: keysOf(manifest).sort(),
  }));
  await context.report({ type: 'joined', host: input.host, version: input.version, at: new Date().toISOString() });
  const keeper = input.unit ?? `pid ${input.process.pid}`;
  return `in care as it runs with ${input.version}, ${keeper}; nothing outside .hivekeeper was written`;
};

function changed(host: string, lines: readonly string[]): HivekeeperError {
  const message = `${host}: somebody changed this node since it was read; it was left alone. It is now: ${lines.join('; ')}. Run the operation again.`;
  return new HivekeeperError('PlanRefused', message, { host });
}

async function hashesOf(context: StepContext, name: string, paths: readonly string[]): Promise<Record<string, string>> {
  const host = await context.host(name);
  const { home, user } = context.fence(name);
  const { stdout } = await host.script(hashProgram, [home, ...paths], { asUser: user, signal: context.signal });
  const lines = stdout.split('\n').filter((line) => line !== '');
  return Object.fromEntries(lines.map((line) => [line.slice(65), line.slice(0, 64)]));
}
