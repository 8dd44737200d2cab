import { expect, it } from 'vitest';
import { restHeaders } from '../../../../src/adapters/products/hivemq/index.js';
import { WorkerSecrets } from '../../../../src/adapters/secrets/index.js';
import { parseClusterSpec } from '../../../../src/domain/spec/index.js';

function spec(auth: object) {
  const result = parseClusterSpec({
    name: 'prod',
    broker: {
      product: 'hivemq',
      version: '4.30.0',
      package: { file: './hivemq-{version}.zip', sha256: { '4.30.0': 'a'.repeat(64) } },
    },
    ssh: { user: 'ops', privateKey: { file: '/nowhere/key' } },
    hosts: ['n1', 'n2'].map((name, n) => ({ name, address: `127.9.9.${n + 1}`, hostKey: `SHA256:${'a'.repeat(43)}` })),
    nodes: 2,
    restApi: { enabled: true, ...auth },
  });
  if (!result.ok) throw new Error(JSON.stringify(result.issues));
  return result.spec;
}

const secrets = new WorkerSecrets({ env: ['REST_AUTH'], files: [] }, { REST_AUTH: 'Bearer abc' });

it('sends the secret that the spec refers to, and nothing where it refers to none', async () => {
  expect(await restHeaders(secrets)(spec({ auth: { header: { env: 'REST_AUTH' } } }))).toEqual({
    authorization: 'Bearer abc',
  });
  expect(await restHeaders(secrets)(spec({}))).toEqual({});
});

it('fails by the name of the reference where the worker does not allow it', async () => {
  const headers = restHeaders(secrets)(spec({ auth: { header: { env: 'OTHER' } } }));
  await expect(headers).rejects.toMatchObject({ kind: 'SecretMissing' });
});
