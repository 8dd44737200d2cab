import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Run } from '../../record/record-service.js';

const archivesSchema = z.object({
  /** Ids of archives that brokers make at our request, by the node that was asked. */
  requested: z.array(z.object({ host: z.string(), id: z.string() })),
  problems: z.array(z.string()),
});
/** The brokers' own archives, as far as they were asked for. */
export type RequestedArchives = z.infer<typeof archivesSchema>;

const collectedSchema = z.object({
  reached: z.boolean(),
  problems: z.array(z.string()),
  /** Files that could not be masked, with the reason. */
  leftOut: z.array(z.string()),
});
/** What came of collecting from one node. */
export type CollectedNode = z.infer<typeof collectedSchema>;

/** Longer than any run takes: a week. */
const staleAfter = 7 * 24 * 3_600_000;

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

/** The folder of the worker in which one run of the operation keeps its parts until they are packed. */
export class Scratch {
  readonly folder: string;

  /** @param diagnostics folder of all diagnostics */
  constructor(
    private readonly diagnostics: string,
    private readonly run: Run,
  ) {
    this.folder = join(diagnostics, '.parts', this.key);
  }

  /** A name for this run, safe within paths. */
  get key(): string {
    const { workflowId, runId } = this.run;
    return createHash('sha256').update(`${workflowId}\0${runId}`).digest('hex').slice(0, 12);
  }

  /** Where the finished archive lies. */
  archive(cluster: string, stamp: string): string {
    return join(this.diagnostics, `${cluster}-${stamp}-${this.key.slice(0, 6)}.tar.gz`);
  }

  nodeFolder(host: string): string {
    return join(this.folder, 'nodes', host);
  }

  /** An empty folder for a node: whatever an attempt before left there is gone. */
  async freshNode(host: string): Promise<string> {
    const folder = this.nodeFolder(host);
    await rm(folder, { recursive: true, force: true });
    await rm(this.collectedFile(host), { force: true });
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return folder;
  }

  async saveCollected(host: string, collected: CollectedNode): Promise<void> {
    await this.save(this.collectedFile(host), collected);
  }

  /** Null where nothing was collected at this worker. */
  async collected(host: string): Promise<CollectedNode | null> {
    const json = await this.load(this.collectedFile(host));
    return json === null ? null : collectedSchema.parse(json);
  }

  async saveArchives(archives: RequestedArchives): Promise<void> {
    await this.save(join(this.folder, 'archives.json'), archives);
  }

  async archives(): Promise<RequestedArchives | null> {
    const json = await this.load(join(this.folder, 'archives.json'));
    return json === null ? null : archivesSchema.parse(json);
  }

  /** Removes what runs that were terminated have left. */
  async removeStale(): Promise<void> {
    const parts = join(this.diagnostics, '.parts');
    for (const name of await readdir(parts)) {
      const folder = join(parts, name);
      const { mtimeMs } = await stat(folder).catch(() => ({ mtimeMs: Date.now() }));
      if (Date.now() - mtimeMs > staleAfter) await rm(folder, { recursive: true, force: true });
    }
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  private collectedFile(host: string): string {
    return join(this.folder, `${host}.collected.json`);
  }

  private async save(file: string, value: unknown): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    await writeFile(`${file}.new`, JSON.stringify(value), { mode: 0o600 });
    await rename(`${file}.new`, file);
  }

  private async load(file: string): Promise<unknown> {
    try {
      return JSON.parse(await readFile(file, 'utf8'));
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }
}
