import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ClusterSession } from '../../../src/activities/cluster-session.js';
import type { Dependencies } from '../../../src/activities/index.js';
import { dropNode, removeAnnouncement } from '../../../src/activities/steps/dead-nodes/drop-node.js';
import { StepContext } from '../../../src/activities/steps/step-context.js';
import { WorkerSecrets } from '../../../src/adapters/secrets/index.js';
import { HivekeeperError } from '../../../src/domain/errors/index.js';
import type { RecordChange } from '../../../src/domain/record/index.js';
import { discoveryExtensions } from '../../../src/domain/products/hivemq/spec/index.js';
import { createDependencies } from '../../../src/worker/dependencies.js';
import {
  announcementText,
  BUCKET,
  keys,
  PREFIX,
  putObject,
  serverWithBucket,
  versitygw,
} from '../../adapters/s3/support/s3-fixture.js';
import { recordOf } from '../../domain/support/nodes.js';
import { parsedSpec } from '../../render/parsed-spec.js';
import { mustSkip } from '../../support/requirements.js';

const hosts = ['n1', 'n2', 'n3'].map((name, index) => ({
  ...{ name, address: `10.9.9.${index + 1}`, hostKey: `SHA256:${'A'.repeat(43)}` },
}));

/** What the step told the record is kept here. */
class Watched extends StepContext {
  readonly reported: RecordChange[] = [];

  override report(change: RecordChange): Promise<void> {
    this.reported.push(change);
    return Promise.resolve();
  }
}

/** A bucket in which all three members are announced, and hosts none of which can be reached. */
async function deadNode(gate: Dependencies['gate']) {
  const server = await serverWithBucket();
  const [id, key] = [{ env: 'KEY_ID' }, { env: 'KEY' }];
  const discovery = {
    ...{ type: 's3', bucketRegion: server.region, bucketName: BUCKET, filePrefix: PREFIX, pathStyleAccess: true },
    ...{ endpoint: server.endpoint, endpointRegion: server.region },
    credentials: { type: 'access_key', accessKeyId: id, secretAccessKey: key },
  };
  const spec = parsedSpec({
    ...{ hosts, nodes: 3, cluster: { discovery, transport: { bindPort: 7800 } } },
    extensions: [{ id: discoveryExtensions.s3.id, content: { file: './s3.zip' } }],
  });
  for (const { name, address } of hosts)
    await putObject(server, name, announcementText(name, address, 7800, Date.now()));
  const folder = mkdtempSync(path.join(tmpdir(), 'hivekeeper-dead-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const session = new ClusterSession(
    {
      ...createDependencies({ data: folder, secrets: 'all', hooks: {} }),
      secrets: new WorkerSecrets('all', { KEY_ID: keys.accessKeyId, KEY: keys.secretAccessKey }),
      hosts: {
        connect: ({ name }) => Promise.reject(new HivekeeperError('HostUnreachable', `${name}: no route`)),
        scan: () => Promise.resolve([]),
        close: () => Promise.resolve(),
      },
      gate,
      get records(): Dependencies['records'] {
        throw new Error('the record was asked');
      },
    },
    spec,
    recordOf(hosts.map(({ name }) => name)),
  );
  const envelope = {
    ...{ cluster: spec.name, operation: 'forgetNode', stepId: 'n3/dropNode', input: {}, token: 2 },
    ...{ overrides: [], confirmedGone: ['n3'] },
  };
  const context = new Watched(
    session,
    envelope,
    { signal: new AbortController().signal, report: () => undefined },
    true,
  );
  const announced = (): string[] =>
    hosts.flatMap(({ name }) => (existsSync(path.join(server.folder, BUCKET, PREFIX, name)) ? [name] : []));
  return { context, announced };
}

describe.skipIf(mustSkip(versitygw))('a node whose host cannot be reached', () => {
  it('goes out of gate, record and bucket, and nobody else does', async () => {
    const closed: string[] = [];
    const { context, announced } = await deadNode(() => ({
      name: 'gate',
      open: () => Promise.reject(new Error('opened')),
      close: (host) => {
        closed.push(host);
        return Promise.resolve('closed');
      },
      list: () => Promise.resolve({}),
    }));
    expect(announced()).toEqual(['n1', 'n2', 'n3']);
    const note = await dropNode(context, { host: 'n3', reason: 'forgotten' });
    expect(note).toMatch(/^gate: closed, out of the record, nothing was run on its host, its announcement removed/);
    expect(announced()).toEqual(['n1', 'n2']);
    expect(closed).toEqual(['n3']);
    expect(context.reported).toMatchObject([{ type: 'left', host: 'n3', cordon: true, reason: 'forgotten' }]);
  });

  it('loses its announcement alone in a recovery, and a second time there is none', async () => {
    const { context, announced } = await deadNode(() => null);
    expect(await removeAnnouncement(context, { host: 'n3' })).toBe('its announcement removed from the bucket');
    expect(await removeAnnouncement(context, { host: 'n3' })).toBe('none was there');
    expect(announced()).toEqual(['n1', 'n2']);
    expect(context.reported).toEqual([]);
  });
});
