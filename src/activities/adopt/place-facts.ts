import { readIdentity } from '../../adapters/fence/index.js';
import type { RemoteHost } from '../../adapters/ports/index.js';
import type { FoundNode, FoundPlace } from '../../domain/planning/index.js';
import { type Argv, adoptedUnitCommands } from '../../render/systemd/root-commands.js';
import type { ClusterSession } from '../cluster-session.js';
import { rootAccess } from '../hosts/root-access.js';

/**
 * What the broker's user can do in a home that was laid out by hand, asked without doing it. A folder is moved to another
 * one only by who may write into it, since its `..` changes.
 */
const program = `
cd -P -- "$1" || exit 1
home=$1
shift
unwritable() { printf 'unwritable %s\\n' "$1"; }
[ -w . ] || unwritable "$home"
for folder in conf license extensions backup data log bin tools third-party-licenses .hivekeeper; do
  [ ! -d "$folder" ] || [ -w "$folder" ] || unwritable "$home/$folder"
done
[ ! -L data ] || echo 'data link'
[ ! -d data ] || [ "$(stat -L -c %d data)" = "$(stat -c %d .)" ] || echo 'data filesystem'
[ -e .hivekeeper/node.json ] || for entry in current packages; do
  [ ! -e "$entry" ] && [ ! -L "$entry" ] || printf 'taken %s\\n' "$entry"
done
while [ $# -gt 1 ]; do
  [ ! "$1" -ef "$2" ] || printf 'linked %s\\n' "$1"
  shift 2
done
:`;

type Seen = Pick<FoundPlace, 'notWritable' | 'dataProblem' | 'taken' | 'linked'>;
type Elsewhere = FoundNode['elsewhere'];

/** @param elsewhere folders that the broker has elsewhere than below its home */
export async function seePlace(
  host: RemoteHost,
  { home, user, elsewhere = [] }: { readonly home: string; readonly user: string; readonly elsewhere?: Elsewhere },
  signal: AbortSignal,
): Promise<Seen> {
  const folders = elsewhere.flatMap(({ name, path }) => [name, path]);
  const { stdout } = await host.script(program, [home, ...folders], { asUser: user, signal });
  const lines = stdout.split('\n');
  const of = (kind: string): string[] =>
    lines.flatMap((line) => (line.startsWith(`${kind} `) ? [line.slice(kind.length + 1)] : []));
  const [data] = of('data');
  const reasons: Readonly<Record<string, string>> = {
    link: `its data folder ${home}/data is a link, so that the data cannot be moved aside by a rename; put it there itself`,
    filesystem: `its data folder ${home}/data is on another filesystem than its home, so that it cannot be moved aside by a rename; mount that filesystem at the home instead`,
  };
  return {
    notWritable: of('unwritable'),
    dataProblem: data === undefined ? null : (reasons[data] ?? null),
    taken: of('taken'),
    linked: of('linked'),
  };
}

/** What is missing for the commands that the first planned stop of an adopted node needs as root; null: nothing. */
export async function missingRights(
  session: ClusterSession,
  name: string,
  unit: string | null,
  signal: AbortSignal,
): Promise<string | null> {
  const { spec } = session;
  const { home, ssh } = session.resolved(name);
  const { supervisor, user } = spec.broker;
  if (supervisor !== 'systemd') return null;
  const host = await session.connect(name, signal);
  const { disable, requestStop, stop } = adoptedUnitCommands(unit ?? 'none.service');
  const more: Argv[] = unit === null ? [] : [disable, requestStop, stop];
  const place = { cluster: spec.name, home, user };
  const { problem } = await rootAccess(host, place, { supervisor, become: ssh.become, more }, signal);
  if (problem === null) return null;
  const lines = more.map((argv) => `${ssh.user} ALL=(root) NOPASSWD: ${argv.join(' ')}`);
  const also = lines.length === 0 ? '' : `, and beside them: ${lines.join('; ')}`;
  return `${problem}. Before its next planned stop install the sudoers lines that \`hivekeeper render\` writes for the spec${also}`;
}

export async function findPlace(
  session: ClusterSession,
  { host: name, unit, elsewhere }: Pick<FoundNode, 'host' | 'unit' | 'elsewhere'>,
  signal: AbortSignal,
): Promise<FoundPlace> {
  const host = await session.connect(name, signal);
  const { home } = session.resolved(name);
  const { user } = session.spec.broker;
  const [identity, seen, rights] = await Promise.all([
    readIdentity(host, home, user),
    seePlace(host, { home, user, elsewhere }, signal),
    missingRights(session, name, unit, signal),
  ]);
  return { host: name, identity, ...seen, rights };
}
