/** What the stand-in for systemd keeps of its units, in files that anybody may read and root alone writes. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseUnit, type Unit } from './systemd-unit-file.js';

const UNIT_FOLDERS = ['/etc/systemd/system', '/run/systemd/system'];

export type ActiveState = 'inactive' | 'activating' | 'active' | 'deactivating' | 'failed';

export interface Status {
  readonly active: ActiveState;
  readonly mainPid: number;
  /** The process that keeps the service, with its start time, so that a reboot is noticed. */
  readonly keeper: string;
  /** How the latest try to start it went. */
  readonly attempt: 'pending' | 'ok' | 'failed';
}

const REST: Status = { active: 'inactive', mainPid: 0, keeper: '', attempt: 'pending' };

/** The state of one unit below the folder of the stand-in. */
export class UnitState {
  private readonly folder: string;

  constructor(
    root: string,
    readonly unit: string,
  ) {
    this.folder = path.join(root, 'state', unit);
  }

  /** The texts of the unit and its drop-ins as they lie on disk now; null when there is no unit of that name. */
  onDisk(): string[] | null {
    const fragment = UNIT_FOLDERS.map((folder) => path.join(folder, this.unit)).find((file) => existsSync(file));
    if (fragment === undefined) return null;
    const dropIns = UNIT_FOLDERS.map((folder) => path.join(folder, `${this.unit}.d`))
      .filter((folder) => existsSync(folder))
      .flatMap((folder) => readdirSync(folder).map((name) => path.join(folder, name)))
      .filter((file) => file.endsWith('.conf'))
      .sort((a, b) => path.basename(a).localeCompare(path.basename(b)));
    return [fragment, ...dropIns].map((file) => readFileSync(file, 'utf8'));
  }

  /** The texts that were read last; what changed on disk since then counts after a daemon-reload. */
  loaded(): string[] | null {
    return this.read<string[]>('loaded.json', isTexts);
  }

  load(): void {
    const texts = this.onDisk();
    if (texts === null) rmSync(this.file('loaded.json'), { force: true });
    else this.write('loaded.json', texts);
  }

  /** As systemd knows it now. @throws Error when there is none */
  definition(): Unit {
    if (this.loaded() === null) this.load();
    const texts = this.loaded();
    if (texts === null) throw new Error(`Unit ${this.unit} not found.`);
    return parseUnit(texts);
  }

  /** A service whose keeper is gone does not run, whatever was written last. */
  status(): Status {
    const status = this.read<Status>('status.json', isStatus) ?? REST;
    const alive = status.keeper !== '' && identify(Number(status.keeper.split(' ')[0])) === status.keeper;
    return alive || status.active === 'failed' ? status : { ...REST, attempt: status.attempt };
  }

  setStatus(change: Partial<Status>): void {
    this.write('status.json', { ...(this.read<Status>('status.json', isStatus) ?? REST), ...change });
  }

  starts(): number[] {
    return this.read<number[]>('starts.json', isNumbers) ?? [];
  }

  setStarts(times: readonly number[]): void {
    this.write('starts.json', times);
  }

  private file(name: string): string {
    return path.join(this.folder, name);
  }

  private read<T>(name: string, is: (value: unknown) => value is T): T | null {
    if (!existsSync(this.file(name))) return null;
    const value: unknown = JSON.parse(readFileSync(this.file(name), 'utf8'));
    return is(value) ? value : null;
  }

  private write(name: string, value: unknown): void {
    mkdirSync(this.folder, { recursive: true, mode: 0o755 });
    writeFileSync(this.file(`${name}.new`), JSON.stringify(value), { mode: 0o644 });
    renameSync(this.file(`${name}.new`), this.file(name));
  }
}

/** A process by its pid and the kernel's start time; empty when there is none. */
export function identify(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? '' : `${pid} ${fields[19] ?? ''}`;
  } catch {
    return '';
  }
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'number');
}

function isStatus(value: unknown): value is Status {
  return typeof value === 'object' && value !== null && 'active' in value && 'mainPid' in value && 'keeper' in value;
}
