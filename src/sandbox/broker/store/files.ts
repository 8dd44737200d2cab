import { appendFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deliveredFile, keyHash, layout } from '../../wire/layout.js';
import type { Queued, Retained, Session } from '../../wire/records.js';

/**
 * The durable side of the store: a file per item, written beside and renamed, so that a killed process leaves whole
 * items. No fsync: the simulated failure is the death of the process, never of the machine.
 */
export class ItemFiles {
  private readonly folders: ReturnType<typeof layout>;

  constructor(data: string) {
    this.folders = layout(data);
    for (const folder of Object.values(this.folders)) mkdirSync(folder, { recursive: true });
  }

  private static replace(file: string, content: string): void {
    writeFileSync(`${file}.part`, content);
    renameSync(`${file}.part`, file);
  }

  private queueFolder(clientId: string): string {
    return join(this.folders.queues, keyHash(clientId));
  }

  private messageFile(clientId: string, id: string): string {
    return join(this.queueFolder(clientId), `${id}.json`);
  }

  putSession(session: Session): void {
    ItemFiles.replace(join(this.folders.sessions, `${keyHash(session.clientId)}.json`), JSON.stringify(session));
  }

  putMessage(clientId: string, message: Queued): void {
    mkdirSync(this.queueFolder(clientId), { recursive: true });
    ItemFiles.replace(this.messageFile(clientId, message.id), JSON.stringify(message));
  }

  removeMessage(clientId: string, id: string): void {
    rmSync(this.messageFile(clientId, id), { force: true });
  }

  addDelivered(clientId: string, ids: readonly string[]): void {
    if (ids.length === 0) return;
    mkdirSync(this.queueFolder(clientId), { recursive: true });
    appendFileSync(join(this.queueFolder(clientId), deliveredFile), ids.map((id) => `${id}\n`).join(''));
  }

  replaceDelivered(clientId: string, ids: readonly string[]): void {
    const file = join(this.queueFolder(clientId), deliveredFile);
    if (ids.length === 0 && !existsSync(file)) return;
    mkdirSync(this.queueFolder(clientId), { recursive: true });
    ItemFiles.replace(file, ids.map((id) => `${id}\n`).join(''));
  }

  dropQueue(clientId: string): void {
    rmSync(this.queueFolder(clientId), { recursive: true, force: true });
  }

  dropSession(clientId: string): void {
    rmSync(join(this.folders.sessions, `${keyHash(clientId)}.json`), { force: true });
    this.dropQueue(clientId);
  }

  putRetained(retained: Retained): void {
    ItemFiles.replace(join(this.folders.retained, `${keyHash(retained.topic)}.json`), JSON.stringify(retained));
  }

  dropRetained(topic: string): void {
    rmSync(join(this.folders.retained, `${keyHash(topic)}.json`), { force: true });
  }
}
