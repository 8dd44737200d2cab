import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type TarGzEntry, writeTarGz } from '../../../adapters/archive/index.js';
import { maskText, type SecretValues } from '../../../adapters/masking/index.js';
import { type PackedFile, packedNote } from '../../../domain/diagnostics/index.js';
import { observeCluster } from '../../hosts/observe-cluster.js';
import type { StepBody } from '../run-step.js';
import type { StepContext } from '../step-context.js';
import { scratchOf } from './broker-archives.js';
import { knownValues } from './known-values.js';
import { onOwnDisk } from './own-disk.js';
import type { CollectedNode, Scratch } from './scratch.js';
import { summaryText } from './summary.js';

export const packDiagnostics: StepBody<'packDiagnostics'> = async (context, { hosts, stamp }) => {
  const { spec } = context.session;
  const scratch = scratchOf(context);
  const path = scratch.archive(spec.name, stamp);
  await scratch.removeStale();
  const nodes = new Map<string, CollectedNode>();
  for (const host of hosts) nodes.set(host, (await scratch.collected(host)) ?? nothing);
  const missing = hosts.filter((host) => nodes.get(host)?.reached !== true);
  const remarks = missing.length > 0 ? [`without ${missing.join(', ')}, which could not be reached`] : [];
  // An attempt that was cut off after its last act.
  const there = await measured(path);
  if (there !== null) return packedNote(there, remarks);
  const packed = await onOwnDisk(scratch.folder, () => pack(context, { scratch, nodes, path, stamp }));
  return packedNote(packed, remarks);
};

/** Where nothing is known at this worker: the node was collected by a worker with another data folder. */
const nothing: CollectedNode = {
  reached: false,
  problems: ['nothing of it is in the data folder of this worker; workers of one site share that folder'],
  leftOut: [],
};

interface Packing {
  readonly scratch: Scratch;
  readonly nodes: ReadonlyMap<string, CollectedNode>;
  readonly path: string;
  readonly stamp: string;
}

async function pack(context: StepContext, { scratch, nodes, path, stamp }: Packing): Promise<PackedFile> {
  const { session, signal } = context;
  const values = await knownValues(context);
  context.progress.report('observing the cluster');
  const observation = await observeCluster(session, { withClients: true, signal });
  const archives = await scratch.archives();
  const top = `${session.spec.name}-${stamp}`;
  const own: Readonly<Record<string, string>> = {
    'summary.txt': summaryText({ observation, nodes, archives, record: session.record }),
    'observation.json': json(observation),
    'spec.json': json(session.record.spec),
    'operations.json': json(session.record.journal),
    'record.json': json({ ...session.record, spec: 'see spec.json', journal: 'see operations.json' }),
  };
  const entries: TarGzEntry[] = Object.entries(own).map(([name, text]) => ({
    name: `${top}/${name}`,
    text: masked(text, values),
  }));
  for (const [host, { reached }] of nodes) {
    if (!reached) continue;
    const folder = scratch.nodeFolder(host);
    for (const name of await filesBelow(folder))
      entries.push({ name: `${top}/${host}/${name}`, file: join(folder, name) });
  }
  context.progress.report(`packing ${entries.length} files`);
  const part = join(scratch.folder, 'packed.tar.gz');
  const written = await writeTarGz(part, entries, signal);
  await rename(part, path);
  return { path, ...written };
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
const masked = (text: string, values: SecretValues): string => maskText(text, values, 'values');

async function filesBelow(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

/** Null where there is no such file. */
async function measured(path: string): Promise<PackedFile | null> {
  const found = await stat(path).catch(() => null);
  if (found === null) return null;
  const sum = createHash('sha256');
  for await (const chunk of createReadStream(path)) sum.update(Buffer.from(chunk));
  return { path, bytes: found.size, sha256: sum.digest('hex') };
}
