import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { backupId, backupPath, readBackupFile, writeBackupFile } from '../../wire/backup-file.js';
import type { Handlers } from '../cluster/channel.js';
import { exportItems, importItems } from '../sessions/calls.js';
import type { DataPlane } from '../sessions/plane.js';
import { type BackupInfo, fetchBackup, listBackups, restoreBackup } from './backup-calls.js';
import { type Answer, problems } from './http.js';

/** How long a failed backup is listed: one hour (OpenAPI specification). */
const failedLife = 60 * 60_000;
/** Random per run: how long a backup or restore takes at least, in milliseconds. */
const work = { least: 150, most: 500 };
const importBatch = 100;

/** Backups of the whole cluster, made by the node that is asked; the file lies in that node's backup folder. */
export class Backups {
  private readonly known = new Map<string, BackupInfo>();
  private busy = false;

  constructor(
    private readonly plane: DataPlane,
    private readonly folder: string,
    private readonly version: string,
    /** Told about each restore that this node begins. */
    private readonly restoring: (id: string) => void,
    /** A file that keeps backups under way from ending for as long as it exists. */
    private readonly hold?: string,
  ) {}

  serve(handlers: Handlers): void {
    handlers.on(listBackups, () => ({ items: this.here(), busy: this.busy }));
    handlers.on(restoreBackup, ({ id }) => ({ backup: this.restoreHere(id) }));
    handlers.on(fetchBackup, ({ id }) => {
      const file = this.file(id);
      return { content: file === undefined ? undefined : readFileSync(file).toString('base64') };
    });
  }

  private file(id: string): string | undefined {
    if (!/^[\w-]+$/.test(id)) return undefined;
    const folder = join(this.folder, id);
    if (!existsSync(folder)) return undefined;
    const name = readdirSync(folder).find((entry) => entry.startsWith(`${id}.hivemq-`) && entry.endsWith('.backup'));
    return name === undefined ? undefined : join(folder, name);
  }

  /** What is in the folder now, a file that was copied there included, with the states of this run. */
  private here(): BackupInfo[] {
    const ids = existsSync(this.folder) ? readdirSync(this.folder) : [];
    for (const id of ids) {
      const file = this.file(id);
      if (file === undefined || this.known.has(id)) continue;
      const { size, mtime } = statSync(file);
      this.known.set(id, {
        id,
        createdAt: mtime.toISOString(),
        bytes: size,
        failReason: undefined,
        state: 'COMPLETED',
      });
    }
    for (const [key, { id, state, createdAt }] of this.known) {
      const old = Date.now() - Date.parse(createdAt) > failedLife;
      const gone = state !== 'IN_PROGRESS' && state !== 'FAILED' && this.file(id) === undefined;
      if ((state === 'FAILED' && old) || gone) this.known.delete(key);
    }
    return [...this.known.values()];
  }

  private async everywhere(): Promise<{ items: BackupInfo[]; busy: boolean }> {
    const answers = await this.plane.askAll(listBackups, () => ({}));
    return { items: answers.flatMap((answer) => answer.items), busy: answers.some((answer) => answer.busy) };
  }

  async list(): Promise<Answer> {
    return { status: 200, body: { items: (await this.everywhere()).items } };
  }

  async info(id: string): Promise<Answer> {
    const all = [...this.here(), ...(await this.everywhere()).items];
    const backup = all.find((item) => item.id === id);
    return backup ? { status: 200, body: { backup } } : problems.notFound(id);
  }

  async download(id: string): Promise<Answer> {
    const own = this.file(id);
    if (own !== undefined) return { status: 200, bytes: readFileSync(own) };
    const answers = await this.plane.askAll(fetchBackup, () => ({ id }));
    const content = answers.find((answer) => answer.content !== undefined)?.content;
    return content === undefined ? problems.notFound(id) : { status: 200, bytes: Buffer.from(content, 'base64') };
  }

  async restore(id: string): Promise<Answer> {
    const answers = await this.plane.askAll(listBackups, () => ({}));
    const members = this.plane.placement?.view.members ?? [];
    const holders = members.filter((_member, index) =>
      answers[index]?.items.some((item) => item.id === id && item.bytes !== undefined),
    );
    // Two nodes may have a file of the same second: the one that is asked takes its own.
    const holder = holders.find((member) => member.id === this.plane.self) ?? holders[0];
    if (!holder) return problems.notFound(id);
    if (answers.some((answer) => answer.busy)) {
      const now = answers.flatMap((answer) => answer.items).find((item) => item.id === id);
      return { status: 200, body: { backup: { ...now, state: 'RESTORE_FAILED', failReason: alreadyRunning } } };
    }
    const { backup } = await this.plane.ask(holder.id, restoreBackup, { id });
    return backup ? { status: 200, body: { backup } } : problems.notFound(id);
  }

  async create(): Promise<Answer> {
    const { items, busy } = await this.everywhere();
    let at = Date.now();
    while (items.some((item) => item.id === backupId(new Date(at)))) at += 1000;
    const id = backupId(new Date(at));
    const info: BackupInfo = {
      id,
      createdAt: new Date().toISOString(),
      bytes: undefined,
      failReason: busy || this.busy ? alreadyRunning : undefined,
      state: busy || this.busy ? 'FAILED' : 'IN_PROGRESS',
    };
    this.known.set(id, info);
    if (info.state === 'IN_PROGRESS') void this.export(info);
    return { status: 200, body: { backup: info } };
  }

  private async export(info: BackupInfo): Promise<void> {
    this.busy = true;
    const view = this.plane.placement?.view.id ?? '';
    try {
      await sleep(work.least + Math.random() * (work.most - work.least));
      while (this.hold !== undefined && existsSync(this.hold)) await sleep(work.least);
      const members = this.plane.placement?.view.members ?? [];
      const parts = await Promise.all(
        members.map((member) => this.plane.ask(member.id, exportItems, { viewId: view })),
      );
      if (this.plane.placement?.view.id !== view) throw new Error(topologyChanged);
      const backup = { units: parts.flatMap((part) => part.units), retained: parts.flatMap((part) => part.retained) };
      const bytes = writeBackupFile(backupPath(this.folder, info.id, this.version), info.id, this.version, backup);
      this.known.set(info.id, { ...info, bytes, state: 'COMPLETED' });
    } catch {
      this.known.set(info.id, { ...info, state: 'FAILED', failReason: topologyChanged });
    } finally {
      this.busy = false;
    }
  }

  private restoreHere(id: string): BackupInfo | undefined {
    const info = this.here().find((item) => item.id === id);
    const file = this.file(id);
    if (!info || file === undefined) return undefined;
    const running: BackupInfo = { ...info, state: 'RESTORE_IN_PROGRESS', failReason: undefined };
    this.known.set(id, running);
    this.restoring(id);
    void this.import(running, file);
    return running;
  }

  /**
   * The live import of HiveMQ 4.9.0 and later: what is there stays, what is missing is added. An earlier version
   * wants an empty cluster.
   */
  private async import(info: BackupInfo, file: string): Promise<void> {
    this.busy = true;
    try {
      const backup = readBackupFile(file);
      const [, minor] = this.version.split('.').map(Number);
      if ((minor ?? 0) < 9 && this.plane.store.sessions.size > 0) throw new Error('The cluster has persistent data.');
      await sleep(work.least + Math.random() * (work.most - work.least));
      const units = backup.units.filter((unit) => !unit.session.deleted);
      for (let from = 0; from < units.length; from += importBatch) {
        const part = units.slice(from, from + importBatch);
        await this.plane.askAll(importItems, (viewId) => ({ viewId, units: part, retained: [] }));
      }
      const retained = backup.retained.filter((item) => !item.deleted);
      for (let from = 0; from < retained.length; from += importBatch) {
        const part = retained.slice(from, from + importBatch);
        await this.plane.askAll(importItems, (viewId) => ({ viewId, units: [], retained: part }));
      }
      this.known.set(info.id, { ...info, state: 'RESTORE_COMPLETED' });
    } catch (error) {
      this.known.set(info.id, { ...info, state: 'RESTORE_FAILED', failReason: String(error) });
    } finally {
      this.busy = false;
    }
  }
}

/** The text of the OpenAPI specification's example. */
const alreadyRunning = 'Another backup is already in progress.';
/** The vendor says that this aborts a backup, not with which words. */
const topologyChanged = 'The cluster topology changed during the backup.';
