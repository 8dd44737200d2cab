import type { Installation } from '../../../../domain/products/hivemq/adopt/index.js';
import type { InstalledUnit } from '../../../../domain/products/hivemq/adopt/installation.js';
import type { RemoteHost } from '../../../ports/index.js';
import type { InspectOptions } from './options.js';
import { unitProgram } from './inspect-program.js';
import type { Masking } from './masking.js';
import { decoded, Rows } from './rows.js';

interface Candidate {
  readonly name: string;
  readonly shown: Map<string, string>;
  text: { path: string; text: string } | null;
  readonly dropIns: { path: string; text: string }[];
}

function candidatesOf(rows: Rows): Candidate[] {
  const all: Candidate[] = [];
  for (const [key, first = '', second = ''] of rows.lines()) {
    const last = all.at(-1);
    if (key === 'unit') all.push({ name: first, shown: new Map(), text: null, dropIns: [] });
    else if (key === 'show') last?.shown.set(first, second);
    else if (key === 'text' && last) last.text = { path: first, text: decoded(second) };
    else if (key === 'drop-in') last?.dropIns.push({ path: first, text: decoded(second) });
  }
  return all;
}

/** The unit that keeps the broker: by its main process, else by its control group, else the one that names its folder. */
function chosen(
  candidates: readonly Candidate[],
  pid: number | null,
  cgroup: string | undefined,
): Candidate | undefined {
  const there = candidates.filter(({ text }) => text !== null);
  if (pid === null) return there[0];
  return there.find(({ shown }) => shown.get('MainPID') === String(pid)) ?? there.find(({ name }) => name === cgroup);
}

const unitName = /^[A-Za-z0-9@._:-]{1,200}\.service$/;

/** A unit as it lies on the host, its secrets still in it. */
export interface RawUnit extends Omit<InstalledUnit, 'text' | 'dropIns'> {
  readonly text: string;
  readonly dropIns: readonly { readonly path: string; readonly text: string }[];
}

export async function readUnit(
  host: RemoteHost,
  { user }: InspectOptions,
  rows: Rows,
  pid: number | null,
  signal: AbortSignal,
): Promise<RawUnit | null> {
  if (rows.first('systemd') === undefined) return null;
  const cgroup = rows.first('cgroup');
  const files = rows.all('unit-file').map(([path = '']) => path.slice(path.lastIndexOf('/') + 1));
  const names = [...new Set([...(cgroup === undefined ? [] : [cgroup]), ...files, 'hivemq.service'])];
  const { stdout } = await host.script(
    unitProgram,
    names.filter((name) => unitName.test(name)),
    { asUser: user, signal },
  );
  const found = chosen(candidatesOf(new Rows(stdout)), pid, cgroup);
  if (!found?.text) return null;
  return {
    name: found.name,
    path: found.text.path,
    text: found.text.text,
    dropIns: found.dropIns,
    enabled: found.shown.get('UnitFileState') === 'enabled',
    active: found.shown.get('ActiveState') === 'active',
  };
}

const settings = /^\s*Environment\s*=\s*(.*)$/gm;
const quotedOrPlain = /"([^"]*)"|'([^']*)'|(\S+)/g;

/** What a unit's own `Environment=` lines set; files that it names are not read. */
export function unitEnvironment(unit: RawUnit | null): Record<string, string> {
  if (!unit) return {};
  const lines = [unit.text, ...unit.dropIns.map(({ text }) => text)].flatMap((text) => [...text.matchAll(settings)]);
  const words = lines.flatMap(([, line = '']) =>
    [...line.matchAll(quotedOrPlain)].map(([, a, b, c]) => a ?? b ?? c ?? ''),
  );
  return Object.fromEntries(
    words.flatMap((one) => {
      const at = one.indexOf('=');
      return at <= 0 ? [] : [[one.slice(0, at), one.slice(at + 1)] as const];
    }),
  );
}

/** The unit without its secrets. */
export function maskedUnit(unit: RawUnit | null, masking: Masking): Installation['supervision']['unit'] {
  if (!unit) return null;
  return {
    ...unit,
    text: masking.text(unit.text),
    dropIns: unit.dropIns.map(({ path, text }) => ({ path, text: masking.text(text) })),
  };
}
