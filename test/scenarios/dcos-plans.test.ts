import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { licenseMarker } from '../../src/sandbox/broker/licenses.js';
import { buildExtension } from '../../src/sandbox/distribution/index.js';
import { shellWords } from '../docs/command-lines.js';
import { shownPlans } from '../docs/dcos-plans.js';
import { commandLine } from './support/command-line.js';
import { useScenario } from './support/scenario.js';

const LONG = 240_000;
const CLUSTER = 'prod';

process.env['ANN_PASSWORD'] = 'a password of the test';
const scenario = useScenario({ nodes: ['n1', 'n2', 'n3', 'n4'], gates: [], recovery: [] });

const credentials = `<file-rbac>
  <users><user><name>ann</name><password>pass</password><roles><id>device</id></roles></user></users>
  <roles><role><id>device</id><permissions><permission><topic>devices/#</topic></permission></permissions></role></roles>
</file-rbac>
`;
// A hash that the extension's authors have published, of "pass1".
const hash =
  'WFNQUVB0UkxjM04xa0hSR1BQNGhuOTJKVzdlbXA4bjk=:100:FY12nwpUEbBK9EKQ/Aw/rQKSoA7jXsC0HKELwU2mLCVU39bJVK0zf4NemuFeDOHPO4BW1nOjxi6NporkC6rUog==';

/** The files that the pages speak of, in the folder where the commands are typed. */
beforeAll(async () => {
  const { folder } = scenario();
  const put = (name: string, text: string): void => writeFileSync(path.join(folder, name), text);
  const spec = { ...scenario().spec({ name: CLUSTER }), policy: { drain: { order: 'none' } } };
  put('prod.yaml', JSON.stringify(spec));
  for (const name of ['deploy.json', 'apply.json']) put(name, JSON.stringify({ cluster: CLUSTER, spec }));
  put('prod.lic', `${licenseMarker}\n`);
  put('config.properties', 'greeting=hello\n');
  put('credentials.xml', credentials.replace('>pass<', `>${hash}<`));
  for (const [id, name] of [
    ['my-extension', 'my-extension.zip'],
    ['hivemq-file-rbac-extension', 'hivemq-file-rbac-extension.zip'],
  ] as const) {
    await buildExtension(id, '1.0.0', path.join(folder, name));
  }
  // The command line and the worker share the worker's data.
  const data = path.join(folder, 'worker', 'data');
  mkdirSync(data, { recursive: true });
  mkdirSync(path.join(folder, '.hivekeeper'));
  symlinkSync(data, path.join(folder, '.hivekeeper', 'data'));
  process.env['HOME'] = folder;
});

/** Types a line of the Temporal CLI as it stands and awaits the operation that it starts. */
async function temporal(line: string): Promise<void> {
  const { folder, server, session } = scenario();
  const env = {
    PATH: `${path.dirname(inject('temporalProgram'))}:${process.env['PATH'] ?? ''}`,
    ...{ HOME: folder, TEMPORAL_ADDRESS: server.address, TEMPORAL_NAMESPACE: server.namespace },
  };
  const { stdout } = await promisify(execFile)('sh', ['-c', line], { cwd: folder, env });
  const id = /WorkflowId\s+(\S+)/i.exec(stdout)?.[1];
  if (id === undefined) throw new Error(`No workflow is named in: ${stdout}`);
  await session.client.workflow.getHandle(id).result();
}

const members = ['n1', 'n2', 'n3', 'n4'];
const homes = (): string[] => members.map((name) => scenario().stage.host(name).home);
const everywhere = (file: string): boolean[] => homes().map((home) => existsSync(path.join(home, file)));

/** What must be there after the plan was run by both. */
const afterwards: Readonly<Record<string, () => void>> = {
  addLicense: () => expect(everywhere('license/prod.lic')).toEqual([true, true, true, true]),
  addExtension: () => expect(everywhere('extensions/my-extension/hivemq-extension.xml')).not.toContain(false),
  configureExtension: () => {
    for (const home of homes()) {
      const file = path.join(home, 'extensions/my-extension/conf/config.properties');
      expect(readFileSync(file, 'utf8')).toBe('greeting=hello\n');
    }
  },
  disableExtension: () => expect(everywhere('extensions/my-extension/DISABLED')).not.toContain(false),
  enableExtension: () => expect(everywhere('extensions/my-extension/DISABLED')).not.toContain(true),
  removeExtension: () => expect(everywhere('extensions/my-extension')).not.toContain(true),
  setUsers: () => expect(everywhere('extensions/hivemq-allow-all-extension/DISABLED')).not.toContain(false),
  decommissionNode: () => expect(scenario().stage.host('n2').brokers()).toEqual([]),
};

describe('what the page for people from the DC/OS service shows does the same here', () => {
  test.each(shownPlans())(
    '$plan $parameters by $type',
    { timeout: LONG },
    async ({ type, hivekeeper, temporal: line }) => {
      const typed = await commandLine(scenario()).type(...shellWords(hivekeeper).slice(1));
      expect(typed.code, typed.stderr).toBe(0);
      await temporal(line);
      afterwards[type]?.();
    },
  );
});
