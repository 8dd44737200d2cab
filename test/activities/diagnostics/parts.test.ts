import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { maskArchive } from '../../../src/activities/steps/diagnostics/mask-archive.js';
import { secretsIn } from '../../../src/activities/steps/diagnostics/known-values.js';
import { NodeCollection } from '../../../src/activities/steps/diagnostics/node-collection.js';
import { Scratch } from '../../../src/activities/steps/diagnostics/scratch.js';
import { writeTarGz } from '../../../src/adapters/archive/index.js';
import { SecretValues } from '../../../src/adapters/masking/index.js';
import { packedNote, readPackedNote } from '../../../src/domain/diagnostics/index.js';
import { writeZip } from '../../../src/sandbox/wire/zip.js';

const SECRET = 'Zip-secret/with+signs=1';
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hivekeeper-diagnostics-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A broker's archive that has the secret in every kind of file, masked with these values and packed. */
async function packedWith(
  values: SecretValues,
): Promise<{ bytes: Buffer; leftOut: readonly string[]; files: string[] }> {
  const zero = Buffer.from([0, 1]);
  const zip = join(folder, 'raw.zip');
  await writeZip(join(folder, 'inner.zip'), [{ path: 'a', content: SECRET }]);
  await writeZip(zip, [
    { path: 'log/hivemq.log', content: `said ${SECRET}\nand ${Buffer.from(SECRET).toString('base64')}\n` },
    { path: 'system.txt', content: `url=/?q=${encodeURIComponent(SECRET)}\n` },
    { path: 'heap.bin', content: Buffer.concat([zero, Buffer.from(SECRET)]) },
    { path: 'wide.bin', content: Buffer.concat([zero, Buffer.from(SECRET, 'utf16le')]) },
    { path: 'other.bin', content: Buffer.concat([zero, Buffer.from('harmless')]) },
    { path: 'old.zip', content: readFileSync(join(folder, 'inner.zip')) },
  ]);
  const parts = join(folder, 'parts');
  const collection = new NodeCollection(parts, values, new AbortController().signal);
  await maskArchive(zip, 'diagnostic-archive', collection);
  const names = readdirSync(parts, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(parts, name)).isFile(),
  );
  const target = join(folder, 'out.tar.gz');
  await writeTarGz(
    target,
    names.map((name) => ({ name, file: join(parts, name) })),
  );
  return {
    bytes: gunzipSync(readFileSync(target)),
    leftOut: collection.result(true).leftOut,
    files: names.map((name) => name.replace('diagnostic-archive/', '')).sort(),
  };
}

const forms = [
  SECRET,
  encodeURIComponent(SECRET),
  Buffer.from(SECRET).toString('base64').slice(0, -4),
  Buffer.from(SECRET, 'utf16le').toString('latin1'),
];
const told = (bytes: Buffer): string[] => forms.filter((form) => bytes.toString('latin1').includes(form));

describe("a broker's own archive", () => {
  it('is taken without a secret; what cannot be masked is left out and named', async () => {
    const values = new SecretValues();
    values.add(SECRET);
    const { bytes, leftOut, files } = await packedWith(values);
    expect(told(bytes)).toEqual([]);
    expect(files).toEqual(['log/hivemq.log', 'other.bin', 'system.txt']);
    expect(bytes.toString()).toContain('said ***\nand ***\n');
    expect(leftOut.map((one) => one.split(' ')[0])).toEqual([
      'diagnostic-archive/heap.bin',
      'diagnostic-archive/wide.bin',
      'diagnostic-archive/old.zip',
    ]);
  });

  it('would show each form of it if nothing were masked', async () => {
    expect(told((await packedWith(new SecretValues())).bytes)).toEqual(forms);
  });
});

describe('the parts of one run', () => {
  const run = { workflowId: 'prod/diagnose/../x', runId: 'r1' };

  it('lie in a folder of their own, below that of all diagnostics', () => {
    const scratch = new Scratch(folder, run);
    expect(scratch.folder).toMatch(new RegExp(`^${folder}/.parts/[0-9a-f]{12}$`));
    expect(new Scratch(folder, { ...run, runId: 'r2' }).folder).not.toBe(scratch.folder);
    expect(scratch.archive('prod', '20261121')).toMatch(/\/prod-20261121-[0-9a-f]{6}\.tar\.gz$/);
  });

  it('of a node are begun anew by another attempt', async () => {
    const scratch = new Scratch(folder, run);
    const values = new SecretValues();
    const node = await scratch.freshNode('n1');
    await new NodeCollection(node, values, new AbortController().signal).text('a.txt', 'half');
    await scratch.saveCollected('n1', { reached: true, problems: [], leftOut: [] });
    expect(await scratch.collected('n1')).not.toBeNull();
    expect(readdirSync(await scratch.freshNode('n1'))).toEqual([]);
    expect(await scratch.collected('n1')).toBeNull();
  });

  it('that fail are noted, and the others go on; the disk of the worker is no matter of a node', async () => {
    const values = new SecretValues();
    values.add(SECRET);
    const collection = new NodeCollection(folder, values, new AbortController().signal);
    await collection.part('log', () => Promise.reject(new Error(`no such file ${SECRET}\nmore`)));
    expect(collection.result(true).problems).toEqual(['log: no such file ***']);
    const full = Object.assign(new Error('full'), { code: 'ENOSPC' });
    await expect(collection.part('log', () => Promise.reject(full))).rejects.toBe(full);
  });

  it('are read for the owner alone', async () => {
    const collection = new NodeCollection(folder, new SecretValues(), new AbortController().signal);
    await collection.stream('log/a.log', Readable.from([Buffer.from('x\n')]));
    expect(statSync(join(folder, 'log/a.log')).mode & 0o777).toBe(0o600);
  });
});

it('references are found wherever they stand in a spec', () => {
  const spec = {
    ssh: { privateKeyFile: '/k' },
    users: [{ name: 'a', password: { env: 'A' } }],
    headers: { Authorization: { file: '/t' } },
    content: { stored: 'ab', name: 'file' },
    env: { name: 'x', file: 'y' },
  };
  expect(secretsIn(spec)).toEqual([{ file: '/k' }, { env: 'A' }, { file: '/t' }]);
});

it('the note of a packed file is read as it was written', () => {
  const file = { path: '/data/a b/prod-1.tar.gz', bytes: 12, sha256: 'ab'.repeat(32) };
  expect(readPackedNote(packedNote(file, ['without n2']))).toEqual(file);
  expect(readPackedNote('something else')).toBeNull();
});
