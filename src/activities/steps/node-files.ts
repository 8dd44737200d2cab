import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import type { ClusterSpec } from '../../domain/spec/index.js';
import { rendererOf } from '../../render/products/index.js';
import type { RenderedFile } from '../../render/rendered-file.js';
import type { StepContext } from './step-context.js';

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Hash of what a node is set to do, the list of members left out: a change of it needs a restart, a change of the list does not. */
export function settingsHash(spec: ClusterSpec, host: string): string {
  const files = rendererOf(spec).node(spec, [host], host);
  return sha256(JSON.stringify(files.map(({ path, content }) => [path, content])));
}

/** Writes the files of a node that differ; returns path -> SHA-256 of all, and which were written. */
export async function writeNodeFiles(
  context: StepContext,
  name: string,
  members: readonly string[],
): Promise<{ files: Record<string, string>; written: string[] }> {
  const { spec } = context.session;
  const host = await context.host(name);
  const { home } = context.session.resolved(name);
  const files: Record<string, string> = {};
  const written: string[] = [];
  for (const file of rendererOf(spec).node(spec, members, name)) {
    files[file.path] = sha256(file.content);
    const done = await host.writeFile(posix.join(home, file.path), file.content, {
      mode: file.mode,
      asUser: spec.broker.user,
    });
    if (done === 'written') written.push(file.path);
  }
  return { files, written };
}

export type { RenderedFile };
