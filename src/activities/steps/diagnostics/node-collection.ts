import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  maskStream,
  type MaskStreamOptions,
  maskText,
  type SecretValues,
  type TextKind,
} from '../../../adapters/masking/index.js';
import { messageOf } from '../../../domain/errors/index.js';
import type { CollectedNode } from './scratch.js';

/** What the worker's own disk says; everything else is a matter of the node. */
const ownTrouble = /^(ENOSPC|EDQUOT|EROFS|EACCES|EMFILE|EIO)$/;

/** The part of one node while it is collected: a folder in which every file is masked before it is written. */
export class NodeCollection {
  private readonly problems: string[] = [];
  private readonly leftOut: string[] = [];

  constructor(
    private readonly folder: string,
    readonly values: SecretValues,
    readonly signal: AbortSignal,
  ) {}

  /** One part of many: what goes wrong with it is noted, and the others are collected all the same. */
  async part(name: string, body: () => Promise<void>): Promise<void> {
    try {
      await body();
    } catch (error) {
      this.signal.throwIfAborted();
      if (error instanceof Error && 'code' in error && ownTrouble.test(String(error.code))) throw error;
      this.problem(`${name}: ${messageOf(error)}`);
    }
  }

  problem(text: string): void {
    this.problems.push(maskText(text.split('\n')[0] ?? '', this.values));
  }

  /** Names a file that is not taken along. */
  leaveOut(path: string, why: string): void {
    this.leftOut.push(`${path} (${why})`);
  }

  /** Takes the secrets that a text shows by its form, before anything is written. */
  learn(text: string, kind?: TextKind): void {
    maskText(text, this.values, kind);
  }

  async text(path: string, text: string, kind?: TextKind): Promise<void> {
    await writeFile(await this.target(path), maskText(text, this.values, kind), { mode: 0o600 });
  }

  async stream(path: string, source: Readable, options?: MaskStreamOptions): Promise<void> {
    await pipeline(
      source,
      maskStream(this.values, options),
      createWriteStream(await this.target(path), { mode: 0o600 }),
      {
        signal: this.signal,
      },
    );
  }

  /** For files that are known to hold none of the values. */
  async asItIs(path: string, source: Readable): Promise<void> {
    await pipeline(source, createWriteStream(await this.target(path), { mode: 0o600 }), { signal: this.signal });
  }

  result(reached: boolean): CollectedNode {
    return { reached, problems: this.problems, leftOut: this.leftOut };
  }

  private async target(path: string): Promise<string> {
    const file = join(this.folder, path);
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    return file;
  }
}
