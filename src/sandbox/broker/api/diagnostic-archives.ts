import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { cpus, hostname, totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { backupId } from '../../wire/backup-file.js';
import { maybe, record, text } from '../../wire/guards.js';
import { type ZipEntry, writeZip } from '../../wire/zip.js';
import { call, type Handlers } from '../cluster/channel.js';
import type { Folders } from '../config/folders.js';
import type { DataPlane } from '../sessions/plane.js';
import type { Answer } from './http.js';

/** As the REST API shows it (OpenAPI specification, schema DiagnosticArchive). */
interface DiagnosticArchive {
  id: string;
  createdAt: string;
  bytes: number | undefined;
  failReason: string | undefined;
  state: 'COMPLETED' | 'IN_PROGRESS' | 'FAILED';
}

/** Asks a node for an archive of its own; it tells why it makes none. */
export const collectDiagnostics = call(
  'collect-diagnostics',
  record({ id: text }),
  record({ failReason: maybe(text) }),
);

/** Random per run: how long an archive takes at least, in milliseconds. */
const work = { least: 100, most: 300 };
const alreadyRunning = 'Another diagnostic archive is already in progress.';

export interface DiagnosticArchivesOptions {
  readonly folders: Folders;
  readonly version: string;
}

/**
 * Diagnostic archives: POST is all that the REST API has for them (OpenAPI specification 4.30.0), there is neither a
 * list nor a download. Each node of the cluster makes its own, one at a time. Where the file lies and what is in it is
 * not published: here it is `<home>/diagnostic-archive/<id>.zip`, with the configuration as it is, passwords included.
 */
export class DiagnosticArchives {
  private busy = false;

  constructor(
    private readonly plane: DataPlane,
    private readonly options: DiagnosticArchivesOptions,
  ) {}

  serve(handlers: Handlers): void {
    handlers.on(collectDiagnostics, ({ id }) => ({ failReason: this.begin(id) }));
  }

  async create(): Promise<Answer> {
    const folder = this.folder();
    let at = Date.now();
    while (existsSync(join(folder, `${backupId(new Date(at))}.zip`))) at += 1000;
    const id = backupId(new Date(at));
    const answers = await this.plane.askAll(collectDiagnostics, () => ({ id }));
    const failReason = answers.find((answer) => answer.failReason !== undefined)?.failReason;
    const diagnosticArchive: DiagnosticArchive = {
      id,
      createdAt: new Date().toISOString(),
      bytes: undefined,
      failReason,
      state: failReason === undefined ? 'IN_PROGRESS' : 'FAILED',
    };
    return { status: 200, body: { diagnosticArchive } };
  }

  private folder(): string {
    return join(this.options.folders.home, 'diagnostic-archive');
  }

  /** @returns why it is not begun */
  private begin(id: string): string | undefined {
    if (this.busy) return alreadyRunning;
    this.busy = true;
    void this.collect(id)
      .catch(() => undefined)
      .finally(() => {
        this.busy = false;
      });
    return undefined;
  }

  /** The file appears whole, under its name, when it is done. */
  private async collect(id: string): Promise<void> {
    await sleep(work.least + Math.random() * (work.most - work.least));
    const folder = this.folder();
    mkdirSync(folder, { recursive: true });
    const part = join(folder, `${id}.part`);
    try {
      await writeZip(part, this.entries());
      renameSync(part, join(folder, `${id}.zip`));
    } finally {
      if (existsSync(part)) rmSync(part);
    }
  }

  private entries(): ZipEntry[] {
    const { folders, version } = this.options;
    const files: [string, string][] = [
      ['conf/config.xml', join(folders.config, 'config.xml')],
      ['conf/logback.xml', join(folders.config, 'logback.xml')],
      ['log/hivemq.log', join(folders.log, 'hivemq.log')],
    ];
    const system = [
      `HiveMQ version: ${version}`,
      `Node: ${this.plane.self}`,
      `Host: ${hostname()}`,
      `CPUs: ${cpus().length}`,
      `Memory: ${totalmem()} bytes`,
      ...Object.entries(process.env).map(([name, value]) => `Environment: ${name}=${value ?? ''}`),
    ];
    return [
      { path: 'system.txt', content: `${system.join('\n')}\n` },
      ...files
        .filter(([, file]) => existsSync(file) && statSync(file).isFile())
        .map(([path, file]) => ({ path, content: readFileSync(file) })),
    ];
  }
}
