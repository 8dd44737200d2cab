import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseXml } from './config/xml.js';
import { type ExtensionCode, loadCode, startCode } from './extension-code.js';
import type { Log } from './log.js';

/** An installed extension, as its hivemq-extension.xml describes it. */
export interface Extension {
  id: string;
  name: string;
  version: string;
  author: string;
  priority: number;
  startPriority: number;
  /** Whether it runs: it is not switched off, and did not fail at its start. */
  enabled: boolean;
  startedAt: number;
  /** What is in its jars; undefined while it does not run. */
  code: ExtensionCode | undefined;
  /** Changes with each of the files that make the extension what it is. */
  stamp: string;
}

/** Is told what becomes of the extensions, after the broker's own line about it. */
export interface ExtensionWatcher {
  started(extension: Extension): void;
  stopped(extension: Extension): void;
}

/** How often the folder is looked at while the broker runs, in milliseconds. */
const every = 1000;

/**
 * The extension folder. Required elements, defaults (priority 0, start priority 1000) and the lines are the Community
 * Edition's (HiveMQExtensionEntity, ExtensionLoaderImpl, HiveMQExtensions), as is that whatever fails at its start gets
 * the file DISABLED (executed). That this file acts while the broker runs is the Enterprise Edition's behaviour.
 */
export class Extensions {
  private known = new Map<string, Extension>();
  private timer: NodeJS.Timeout | undefined;
  private running = false;
  private readonly complaints = new Set<string>();

  constructor(
    private readonly folder: string,
    private readonly log: Log,
    private readonly watcher?: ExtensionWatcher,
    private readonly lookEvery: number = every,
  ) {}

  /** Where an extension lies. */
  folderOf(id: string): string {
    return join(this.folder, id);
  }

  get all(): Extension[] {
    return [...this.known.values()];
  }

  /** @returns undefined for a folder that holds no extension, also when it is being written or removed */
  private read(id: string): Extension | undefined {
    const folder = this.folderOf(id);
    const file = join(folder, 'hivemq-extension.xml');
    if (!existsSync(file)) return undefined;
    try {
      const xml = parseXml(readFileSync(file, 'utf8'), 'hivemq-extension');
      const inside = xml.child('id').text('');
      if (inside !== id) {
        const complaint = `Found extension directory name not matching to id, ignoring extension with id "${inside}" at ${folder}`;
        if (!this.complaints.has(complaint)) this.log.warn(complaint);
        this.complaints.add(complaint);
        return undefined;
      }
      const enabled = !existsSync(join(folder, 'DISABLED'));
      return {
        id,
        name: xml.child('name').text(id),
        version: xml.child('version').text(''),
        author: xml.child('author').text(''),
        priority: xml.child('priority').number(0),
        startPriority: xml.child('start-priority').number(1000),
        enabled,
        startedAt: Date.now(),
        code: undefined,
        stamp: `${enabled} ${stampOf(folder)}`,
      };
    } catch {
      return undefined;
    }
  }

  private scan(): void {
    const ids = existsSync(this.folder) ? readdirSync(this.folder).sort() : [];
    const found = ids.flatMap((id) => this.read(id) ?? []);
    const next = new Map<string, Extension>();
    // Those with the higher start priority first.
    for (const now of found.sort((a, b) => b.startPriority - a.startPriority)) {
      const before = this.known.get(now.id);
      if (before?.stamp === now.stamp || this.isBound(before)) next.set(now.id, before ?? now);
      else next.set(now.id, this.exchange(before, now));
    }
    for (const [id, before] of this.known) {
      if (next.has(id)) continue;
      if (this.isBound(before)) next.set(id, before);
      else if (before.enabled) this.end(before);
    }
    this.known = next;
  }

  /** Whether an extension runs that only an end of the broker may end. */
  private isBound(extension: Extension | undefined): boolean {
    return this.running && extension?.enabled === true && extension.code?.hotReload === false;
  }

  private exchange(before: Extension | undefined, now: Extension): Extension {
    if (before?.enabled) this.end(before);
    return now.enabled ? this.begin(now) : now;
  }

  private begin(extension: Extension): Extension {
    const { id } = extension;
    const failed = (level: 'info' | 'warn' | 'error', line: string): Extension => {
      this.log[level](line);
      return { ...extension, enabled: false, stamp: this.disable(id) };
    };
    let code: ExtensionCode;
    try {
      code = loadCode(this.folderOf(id));
    } catch {
      return failed(
        'warn',
        `No implementation of the interface ExtensionMain found in the extension with id "${id}". The extension will be disabled.`,
      );
    }
    // It waits for the broker's next start, without a word.
    if (this.running && !code.hotReload) return { ...extension, enabled: false };
    try {
      const { prevented } = startCode(code);
      if (prevented !== undefined)
        return failed(
          'info',
          `Startup of extension with id "${id}" was prevented by the extension itself, reason: ${prevented}. Extension will be disabled.`,
        );
    } catch (error) {
      return failed(
        'error',
        `Extension with id "${id}" cannot be started because of an uncaught exception thrown by the extension. Extension will be disabled.\n${String(error)}`,
      );
    }
    const started = { ...extension, code };
    this.say(started, 'started');
    this.watcher?.started(started);
    return started;
  }

  /** The broker switches off what it cannot start. @returns the stamp with the new file */
  private disable(id: string): string {
    const folder = this.folderOf(id);
    try {
      writeFileSync(join(folder, 'DISABLED'), '');
    } catch (error) {
      this.log.warn(`An extension in folder "${folder}" could not be disabled: ${String(error)}`);
    }
    return this.read(id)?.stamp ?? '';
  }

  private end(extension: Extension): void {
    this.say(extension, 'stopped');
    this.watcher?.stopped(extension);
  }

  private say({ name, version }: Extension, what: 'started' | 'stopped'): void {
    this.log.info(`Extension "${name}" version ${version} ${what} successfully.`);
  }

  start(): void {
    this.scan();
    this.running = true;
    this.timer = setInterval(() => this.scan(), this.lookEvery).unref();
  }

  stop(): void {
    clearInterval(this.timer);
    for (const extension of this.all) if (extension.enabled) this.end(extension);
    this.known.clear();
    this.running = false;
  }
}

/** Description and jars. What the extension reads itself, its configuration, does not make it another one. */
function stampOf(folder: string): string {
  const names = readdirSync(folder).filter((name) => name === 'hivemq-extension.xml' || name.endsWith('.jar'));
  const stamps = names.sort().map((name) => {
    const { mtimeMs, size, ino } = statSync(join(folder, name));
    return `${name} ${mtimeMs} ${size} ${ino}`;
  });
  return stamps.join('\n');
}
