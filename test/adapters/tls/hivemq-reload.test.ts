import { X509Certificate } from 'node:crypto';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  certificatesOf,
  keyMaterialIssuer,
  servedCertificate,
  type KeyMaterial,
} from '../../../src/adapters/tls/index.js';
import { communityEdition, communityEditionRequirement } from '../../conformance/support/community-edition.js';
import { connect as mqtt } from '../../conformance/support/mqtt.js';
import { until } from '../../conformance/support/sim.js';
import { CommunityEdition } from '../../conformance/support/subjects.js';
import { mustSkip } from '../../support/requirements.js';
import { opensshMissing } from '../support/openssh.js';
import { useSshHost } from '../support/ssh-fixture.js';

const skip = mustSkip(await communityEditionRequirement()) || opensshMissing !== null;
const password = 'the-store-password';
const ports = { plain: 8883, mutual: 8884 };

/** What `setCertificates` relies on, seen at the real broker with the stores that Hivekeeper makes. */
describe.skipIf(skip)('HiveMQ with stores of Hivekeeper', () => {
  const ssh = useSshHost();
  const data = mkdtempSync(join(tmpdir(), 'hivekeeper-reload-'));
  const issuer = keyMaterialIssuer(data);
  let broker: CommunityEdition;
  let first: KeyMaterial;

  const issue = (force: boolean): Promise<KeyMaterial> =>
    issuer.materialFor({ cluster: 'prod', node: 'n1', addresses: [broker.address], issuer: 'internal-ca', force });
  /** As files are written on a host: whole, by rename. */
  const put = (name: string, bytes: Buffer): void => {
    writeFileSync(join(broker.home, `${name}.new`), bytes);
    renameSync(join(broker.home, `${name}.new`), join(broker.home, name));
  };
  const served = async (port: number): Promise<string> => {
    const target = { address: broker.address, port };
    const expected = { addresses: [broker.address], trusted: certificatesOf(first.caCertificates, 'the CA') };
    const { fingerprint, problems } = await servedCertificate(ssh.host, target, expected);
    expect(problems).toEqual([]);
    return fingerprint;
  };
  const client = (port: number, material?: KeyMaterial): Promise<MqttClient> => {
    const own = material && { cert: material.certificateChain, key: material.privateKey };
    return mqtt(`mqtts://${broker.address}:${port}`, { ca: first.caCertificates, ...own });
  };
  /** Whether a client with this certificate gets in where one is required. */
  const lets = async (material: KeyMaterial): Promise<boolean> => {
    try {
      await (await client(ports.mutual, material)).endAsync();
      return true;
    } catch {
      return false;
    }
  };

  beforeAll(async () => {
    broker = await CommunityEdition.create(await communityEdition());
    first = await issue(false);
    put('node.p12', await issuer.keystoreFrom(first, password));
    put('trust.p12', issuer.truststoreFrom(first.caCertificates, password));
    const secret = `<password>${password}</password>`;
    const keystore = `<keystore><path>${broker.home}/node.p12</path>${secret}<private-key-password>${password}</private-key-password></keystore>`;
    const truststore = `<truststore><path>${broker.home}/trust.p12</path>${secret}</truststore><client-authentication-mode>REQUIRED</client-authentication-mode>`;
    const listener = (port: number, tls: string): string =>
      `<tls-tcp-listener><port>${port}</port><bind-address>${broker.address}</bind-address><tls>${tls}</tls></tls-tcp-listener>`;
    broker.configure(
      `<?xml version="1.0"?><hivemq><listeners>${listener(ports.plain, keystore)}${listener(ports.mutual, keystore + truststore)}</listeners></hivemq>`,
    );
    broker.start();
    await broker.untilStarted();
  }, 300_000);
  afterAll(async () => {
    await broker.remove();
    rmSync(data, { recursive: true, force: true });
  });

  it('serves the certificate that was issued, and asks for one of the same CA', async () => {
    expect(await served(ports.plain)).toBe(first.fingerprint);
    expect(await served(ports.mutual)).toBe(first.fingerprint);
    expect(await lets(first)).toBe(true);
    const foreign = await issuer.materialFor({ cluster: 'other', node: 'x', addresses: ['x'], issuer: 'internal-ca' });
    expect(await lets(foreign)).toBe(false);
  });

  it('takes up a changed keystore on all its listeners, and open connections stay', async () => {
    const open = await client(ports.plain);
    const second = await issue(true);
    put('node.p12', await issuer.keystoreFrom(second, password));
    for (const port of [ports.plain, ports.mutual]) {
      await until('the new certificate is served', async () => (await served(port)) === second.fingerprint);
    }
    await open.publishAsync('still/here', '', { qos: 1 });
    await open.endAsync();
  }, 60_000);

  it('keeps what it has when the password of the file changed, and takes up the next one that opens', async () => {
    const before = await served(ports.plain);
    const third = await issue(true);
    broker.forgetLog();
    put('node.p12', await issuer.keystoreFrom(third, 'another-password'));
    const refused = (): boolean => broker.log.includes('Could not parse new SSL Context from changed keystore');
    await until('the broker could not open it', refused);
    expect(await served(ports.plain)).toBe(before);
    expect(new X509Certificate(third.certificateChain).fingerprint256).not.toBe(before);
    put('node.p12', await issuer.keystoreFrom(third, password));
    await until('the new certificate is served', async () => (await served(ports.plain)) === third.fingerprint);
  }, 90_000);

  it('takes up a changed truststore', async () => {
    const foreign = await issuer.materialFor({ cluster: 'other', node: 'x', addresses: ['x'], issuer: 'internal-ca' });
    put('trust.p12', issuer.truststoreFrom(first.caCertificates + foreign.caCertificates, password));
    await until('the other CA is trusted', () => lets(foreign));
    expect(await lets(first)).toBe(true);
  }, 60_000);
});
