import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Authority, type Identity } from '../../conformance/support/certificates.js';
import { makeSession, takeQueue, connect } from '../../conformance/support/mqtt.js';
import { ports, Sim, type SimNode, until } from '../../conformance/support/sim.js';

const authority = new Authority('cluster authority');
const foreign = new Authority('foreign authority');
const identities = [1, 2, 3].map((n) => authority.issue(`node ${n}`));
const stranger = foreign.issue('stranger');
const trusted = authority.trustStore();

describe('cluster transport over TLS', () => {
  let sim: Sim;
  beforeEach(async () => {
    sim = await Sim.create({ nodes: 3 });
  });
  afterEach(() => sim.remove());

  const store = (name: string, file: string, key = false): string =>
    `<${name}><path>${file}</path><password>${Authority.password}</password>${
      key ? `<private-key-password>${Authority.password}</private-key-password>` : ''
    }</${name}>`;
  /** Relative paths count from the home. */
  const tls = (mode: string): string =>
    `<tls><enabled>true</enabled>${store('server-keystore', 'key.p12', true)}${store('server-certificate-truststore', 'trust.p12')}<client-authentication-mode>${mode}</client-authentication-mode>${
      mode === 'NONE'
        ? ''
        : `${store('client-authentication-keystore', 'client.p12', true)}${store('client-certificate-truststore', 'trust.p12')}`
    }</tls>`;
  const prepare = (node: SimNode, identity: Identity, mode = 'NONE', trust = trusted): void => {
    sim.configure(node, sim.nodes, '', { tls: tls(mode) });
    writeFileSync(path.join(node.home, 'key.p12'), identity.store);
    writeFileSync(path.join(node.home, 'client.p12'), identity.store);
    writeFileSync(path.join(node.home, 'trust.p12'), trust);
  };

  it.each(['NONE', 'OPTIONAL', 'REQUIRED'])(
    'nodes form a cluster with client authentication %s, and data moves',
    async (mode) => {
      for (const [index, node] of sim.nodes.entries()) prepare(node, identities[index]!, mode);
      await sim.startAll(sim.nodes.slice(0, 2));
      await makeSession(sim.node(0).url, 'keeper', 'tls/+');
      const publisher = await connect(sim.node(1).url);
      await publisher.publishAsync('tls/1', 'm1', { qos: 1 });
      await publisher.endAsync();
      sim.node(2).start();
      await sim.untilMembers(sim.nodes, 3);
      expect(await sim.node(0).stop()).toBe(143);
      await sim.untilMembers(sim.nodes.slice(1), 2);
      expect(await takeQueue(sim.node(2).url, 'keeper', (got) => got.length > 0)).toEqual({
        present: true,
        payloads: ['m1'],
      });
    },
  );

  it('the port speaks TLS, and shows the certificate of the node', async () => {
    prepare(sim.node(0), identities[0]!);
    await sim.startAll([sim.node(0)]);
    const name = await new Promise((resolve, reject) => {
      const options = { host: sim.node(0).address, port: ports.cluster, ca: authority.certificate };
      const socket = connectTls({ ...options, checkServerIdentity: () => undefined }, () => {
        resolve(socket.getPeerCertificate().subject.CN);
        socket.destroy();
      });
      socket.once('error', reject);
    });
    expect(name).toBe('node 1');
  });

  it.each(['NONE', 'REQUIRED'])(
    'a node with a foreign certificate does not get in (%s), though it trusts the others',
    async (mode) => {
      for (const [index, node] of sim.nodes.entries()) prepare(node, index < 2 ? identities[index]! : stranger, mode);
      await sim.startAll(sim.nodes.slice(0, 2));
      sim.node(2).start();
      const line = `WARN  - TLS connection to cluster node at address ${sim.node(2).address} and port ${ports.cluster} failed: `;
      for (const node of sim.nodes.slice(0, 2))
        await until('the stranger is told of', () => node.log.includes(line), node);
      await sim.untilStarted(sim.nodes.slice(2));
      await sim.untilMembers(sim.nodes.slice(2), 1);
      await sim.untilMembers(sim.nodes.slice(0, 2), 2);
      expect(sim.node(0).log).not.toContain('Cluster size = 3');
    },
  );

  it('a node that does not trust the others stays alone', async () => {
    for (const [index, node] of sim.nodes.slice(0, 2).entries())
      prepare(node, identities[index]!, 'NONE', index === 0 ? trusted : foreign.trustStore());
    for (const node of sim.nodes.slice(0, 2)) node.start();
    await sim.untilStarted(sim.nodes.slice(0, 2));
    await until(
      'the second node refuses',
      () => sim.node(1).log.includes('TLS connection to cluster node'),
      sim.node(1),
    );
    await sim.untilMembers(sim.nodes.slice(0, 2), 1);
  });

  it('a node without TLS and one with it do not meet', async () => {
    prepare(sim.node(0), identities[0]!);
    for (const node of sim.nodes.slice(0, 2)) node.start();
    await sim.untilStarted(sim.nodes.slice(0, 2));
    await until('the other is told of', () => sim.node(0).log.includes('TLS connection to cluster node'), sim.node(0));
    await sim.untilMembers(sim.nodes.slice(0, 2), 1);
  });

  it('a store that cannot be read ends the start', async () => {
    const node = sim.node(0);
    prepare(node, identities[0]!);
    writeFileSync(path.join(node.home, 'trust.p12'), 'damaged');
    node.start();
    expect(await node.exitCode).toBe(1);
    expect(node.log).toContain(
      `ERROR - Not able to create SSL context of cluster transport. Reason: Not able to open or read TrustStore '${path.join(node.home, 'trust.p12')}' with type 'JKS'`,
    );
  });
});
