import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Secrets of which one is the latest: `1.json`, `2.json`, … in a folder of the worker, 0700, files 0600. A file appears
 * whole and never changes. Of several workers that make the same number, one wins and all read the winner's.
 */
export class NumberedFiles {
  private readonly pattern: RegExp;

  constructor(
    private readonly folder: string,
    private readonly ending: string,
  ) {
    this.pattern = new RegExp(`^([1-9][0-9]{0,8})\\.${ending}$`);
  }

  /** In rising order. */
  async numbers(): Promise<number[]> {
    const names = await unlessMissing(readdir(this.folder), []);
    const numbers = names.map((name) => this.pattern.exec(name)?.[1]).filter((number) => number !== undefined);
    return numbers.map(Number).toSorted((a, b) => a - b);
  }

  read(number: number): Promise<string | null> {
    return unlessMissing(readFile(this.pathOf(number), 'utf8'), null);
  }

  /** The latest with its number; null where there is none. */
  async latest(): Promise<{ number: number; text: string } | null> {
    for (const number of (await this.numbers()).toReversed()) {
      const text = await this.read(number);
      // It may have been removed since the folder was read, by a worker that made a later one: then look on.
      if (text !== null) return { number, text };
    }
    return null;
  }

  /** False when that number is there already. A crash leaves the number whole or absent. */
  async create(number: number, text: string): Promise<boolean> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const temp = join(this.folder, `.${randomBytes(12).toString('hex')}`);
    try {
      const file = await open(temp, 'wx', 0o600);
      try {
        await file.writeFile(text);
        await file.sync();
      } finally {
        await file.close();
      }
      // Unlike a rename, a link never replaces what another worker has put there.
      await link(temp, this.pathOf(number));
      await syncFolder(this.folder);
      return true;
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return false;
      throw error;
    } finally {
      await rm(temp, { force: true });
    }
  }

  remove(number: number): Promise<void> {
    return rm(this.pathOf(number), { force: true });
  }

  pathOf(number: number): string {
    return join(this.folder, `${number}.${this.ending}`);
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function unlessMissing<T, D>(promise: Promise<T>, otherwise: D): Promise<T | D> {
  try {
    return await promise;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return otherwise;
    throw error;
  }
}

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);
