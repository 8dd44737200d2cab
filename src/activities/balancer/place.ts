import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { z } from 'zod';
import type { RemoteHost } from '../../adapters/ports/index.js';
import { HivekeeperError } from '../../domain/errors/index.js';
import type { RenderedBalancer } from '../../render/haproxy/index.js';
import type { RenderedFile } from '../../render/rendered-file.js';
import { contentHash } from '../steps/manifest/materials.js';
import { frameLines } from './servers.js';

const noteSchema = z.object({
  cluster: z.string(),
  members: z.array(z.string()),
  /** Of everything that was asked for, and of that without the servers: what a reload has loaded. */
  whole: z.string(),
  frame: z.string(),
});
/** What Hivekeeper left on a host of the balancer when it was done there. */
export type BalancerNote = z.infer<typeof noteSchema>;

export const notePath = (home: string): string => posix.join(home, '.hivekeeper/balancer.json');
const configName = 'haproxy.cfg';

/** Everything of the balancer's files but the configuration of HAProxy, which is checked before it is put in place. */
export const filesBesides = ({ files }: RenderedBalancer): RenderedFile[] =>
  files.filter(({ path }) => path !== configName);

/** The text of haproxy.cfg. @throws HivekeeperError Internal where none was rendered */
export function configOf({ files }: RenderedBalancer): RenderedFile {
  const found = files.find(({ path }) => path === configName);
  if (found) return found;
  throw new HivekeeperError('Internal', 'no haproxy.cfg was rendered');
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Secrets count by their reference, contents by their SHA-256. */
export function hashesOf(rendered: RenderedBalancer): Pick<BalancerNote, 'whole' | 'frame'> {
  const { content: config } = configOf(rendered);
  const others = [
    filesBesides(rendered),
    rendered.secretFiles,
    rendered.contents.map(({ path, mode, content }) => [path, mode, contentHash(content) ?? content]),
    rendered.units,
  ];
  const lines = frameLines(config);
  return { whole: sha256(JSON.stringify([config, others])), frame: sha256(JSON.stringify([lines, others])) };
}

/** Null where nothing was left, or nothing that can be read: it is made anew then. */
export async function readNote(host: RemoteHost, home: string): Promise<BalancerNote | null> {
  const text = await host.readFile(notePath(home));
  if (text === null) return null;
  try {
    return noteSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
