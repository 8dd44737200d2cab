import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseXml } from './config/xml.js';
import type { Log } from './log.js';

/** An installed extension, as its hivemq-extension.xml describes it. */
export interface Extension {
  id: string;
  name: string;
  version: string;
  author: string;
  priority: number;
  startPriority: number;
  enabled: boolean;
  startedAt: number;
}

/** The vendor's extensions that decide about clients. */
const authenticators = new Set([
  'hivemq-allow-all-extension',
  'hivemq-file-rbac-extension',
  'hivemq-enterprise-security-extension',
]);

/**
 * The extension folder. Nothing is executed: extensions are read, and started and stopped in name only. Required
 * elements, defaults (priority 0, start priority 1000) and the lines are the Community Edition's
 * (HiveMQExtensionEntity, ExtensionLoaderImpl); that the file DISABLED acts while the broker runs is the Enterprise
 * Edition's behaviour.
 */
export class Extensions {
  private known = new Map<string, Extension>();

  constructor(
    private readonly folder: string,
    private readonly log: Log,
  ) {}

  /** Where an extension lies. */
  folderOf(id: string): string {
    return join(this.folder, id);
  }

  get all(): Extension[] {
    return [...this.known.values()];
  }

  /** Whether an enabled extension authenticates clients; here that means that everybody is let in. */
  get authenticate(): boolean {
    return this.all.some((extension) => extension.enabled && authenticators.has(extension.id));
  }

  private read(id: string): Extension | undefined {
    const folder = this.folderOf(id);
    const file = join(folder, 'hivemq-extension.xml');
    if (!existsSync(file)) return undefined;
    try {
      const xml = parseXml(readFileSync(file, 'utf8'), 'hivemq-extension');
      if (xml.child('id').text('') !== id) {
        if (!this.known.has(id)) this.log.warn(`Found extension directory name not matching to id, ignoring ${folder}`);
        return undefined;
      }
      return {
        id,
        name: xml.child('name').text(id),
        version: xml.child('version').text(''),
        author: xml.child('author').text(''),
        priority: xml.child('priority').number(0),
        startPriority: xml.child('start-priority').number(1000),
        enabled: !existsSync(join(folder, 'DISABLED')),
        startedAt: Date.now(),
      };
    } catch {
      return undefined;
    }
  }

  private scan(): void {
    const ids = existsSync(this.folder) ? readdirSync(this.folder).sort() : [];
    const found = new Map<string, Extension>();
    for (const id of ids) {
      const now = this.read(id);
      if (!now) continue;
      const before = this.known.get(id);
      const same = before?.version === now.version && before.enabled === now.enabled;
      found.set(id, same ? before : now);
      if (same) continue;
      if (before?.enabled) this.say(before, 'stopped');
      if (now.enabled) this.say(now, 'started');
    }
    for (const [id, before] of this.known) if (!found.has(id) && before.enabled) this.say(before, 'stopped');
    this.known = found;
  }

  private say({ name, version }: Extension, what: 'started' | 'stopped'): void {
    this.log.info(`Extension "${name}" version ${version} ${what} successfully.`);
  }

  start(): void {
    this.scan();
    setInterval(() => this.scan(), 1000).unref();
  }

  stop(): void {
    for (const extension of this.all) if (extension.enabled) this.say(extension, 'stopped');
    this.known.clear();
  }
}
