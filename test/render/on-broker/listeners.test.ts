import type { IClientOptions } from 'mqtt';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { communityEdition, communityEditionRequirement } from '../../conformance/support/community-edition.js';
import { connect } from '../../conformance/support/mqtt.js';
import { mustSkip } from '../../support/requirements.js';
import { Credentials } from './support/credentials.js';
import { issuedAuthority } from './support/realized-node.js';
import { RenderedBroker } from './support/rendered-broker.js';

const requirement = await communityEditionRequirement();
const skip = mustSkip(requirement);

/** A listener of a spec, and how a client gets in. */
interface Way {
  readonly listener: Record<string, unknown> & { readonly port: number; readonly bindAddress?: string };
  readonly scheme: 'mqtt' | 'mqtts' | 'ws' | 'wss';
  readonly path?: string;
  readonly client?: IClientOptions;
}

interface Case {
  readonly title: string;
  readonly ways: (broker: RenderedBroker, own: Credentials) => Way[] | Promise<Way[]>;
  readonly rest?: (own: Credentials) => object;
}

const plain = (port: number, more: object = {}): Way => ({
  listener: { type: 'tcp', port, bindAddress: 'host', ...more },
  scheme: 'mqtt',
});

const tls = (port: number, own: object, client: IClientOptions): Way => ({
  listener: { type: 'tls-tcp', port, bindAddress: 'host', tls: own },
  scheme: 'mqtts',
  client,
});

const ownConfig = `<hivemq>
  <listeners>
    <tcp-listener><port>1883</port><bind-address>\${HIVEKEEPER_CLUSTER_ADDRESS}</bind-address></tcp-listener>
    <tcp-listener>
      <port>\${SECOND_PORT}</port><bind-address>\${ENV:HIVEKEEPER_LOOPBACK}</bind-address><name>\${LISTENER_NAME}</name>
    </tcp-listener>
  </listeners>
  <cluster>
    <enabled>true</enabled>
    <transport><tcp><bind-address>\${HIVEKEEPER_CLUSTER_ADDRESS}</bind-address></tcp></transport>
    <discovery><broadcast/></discovery>
  </cluster>
</hivemq>`;

const cases: Case[] = [
  { title: 'one listener', ways: () => [plain(1883)] },
  {
    title: 'listeners with names on both addresses of the host',
    ways: () => [plain(1883, { name: 'outside 1' }), plain(1884, { bindAddress: 'loopback', name: 'in-side.2' })],
  },
  {
    title: 'one that expects the PROXY protocol from a load balancer, which the Community Edition does not know',
    ways: () => [plain(1883, { proxyProtocol: true })],
  },
  {
    title: 'WebSockets with a path, a subprotocol and extensions',
    ways: () => [
      {
        listener: {
          ...{ type: 'websocket', port: 8000, bindAddress: 'host', path: '/mqtt/v5' },
          ...{ subprotocols: ['mqtt'], allowExtensions: true },
        },
        scheme: 'ws',
        path: '/mqtt/v5',
      },
    ],
  },
  {
    title: 'TLS with a keystore that lies on the host',
    ways: (_, own) => [tls(8883, { keystore: own.placed }, { ca: own.trusted })],
  },
  {
    title: 'TLS with a keystore that is brought there',
    ways: (_, own) => [tls(8883, { keystore: own.brought }, { ca: own.trusted })],
  },
  {
    title: 'TLS with a PEM certificate and its key',
    ways: (_, own) => [tls(8883, { keystore: own.pem }, { ca: own.trusted })],
  },
  {
    title: "TLS with the certificate of the cluster's own authority",
    ways: async (broker) => [tls(8883, {}, { ca: await issuedAuthority(broker.realization) })],
    rest: () => ({ tls: { issuer: 'internal-ca' } }),
  },
  {
    title: 'TLS with every setting, and clients that show certificates',
    ways: (_, own) => {
      const shown = { ca: own.trusted, cert: own.client.certificate, key: own.client.key };
      const settings = {
        protocols: ['TLSv1.2'],
        cipherSuites: ['TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384'],
        preferServerCipherSuites: true,
        handshakeTimeout: 5000,
      };
      const required = { clientAuthenticationMode: 'REQUIRED', truststore: own.trust.pem };
      const optional = { clientAuthenticationMode: 'OPTIONAL', truststore: own.trust.placed };
      return [
        tls(8883, { ...settings, ...required, keystore: own.pem }, shown),
        tls(8884, { ...optional, keystore: own.placed }, { ca: own.trusted }),
      ];
    },
  },
  {
    title: 'WebSockets over TLS',
    ways: (_, own) => [
      {
        listener: { type: 'tls-websocket', port: 8443, bindAddress: 'host', tls: { keystore: own.pem } },
        ...{ scheme: 'wss', path: '/mqtt', client: { ca: own.trusted } },
      },
    ],
  },
  {
    title: 'all kinds at once, beside everything that only the licensed broker knows',
    ways: (_, own) => [
      plain(1883),
      tls(8883, { keystore: own.brought }, { ca: own.trusted }),
      { listener: { type: 'websocket', port: 8000, bindAddress: 'host' }, scheme: 'ws', path: '/mqtt' },
      {
        listener: { type: 'tls-websocket', port: 8443, bindAddress: 'host', tls: { keystore: own.placed } },
        ...{ scheme: 'wss', path: '/mqtt', client: { ca: own.trusted } },
      },
    ],
    rest: (own) => ({
      cluster: {
        replicaCount: 2,
        transport: {
          type: 'tcp',
          bindPort: 7800,
          tls: { serverKeystore: own.brought, serverCertificateTruststore: own.trust.placed },
        },
      },
      controlCenter: {
        enabled: true,
        https: { port: 8444, bindAddress: 'host', tls: { keystore: own.pem } },
        users: [{ name: 'admin', password: { env: 'STORE_PASSWORD' } }],
      },
      overloadProtection: { enabled: true },
      env: { EXTENSION_MODE: 'strict', EXTENSION_KEY: { env: 'STORE_PASSWORD' } },
    }),
  },
  {
    title: 'a config.xml of the user, with what differs between nodes',
    ways: () => [plain(1883), plain(1884, { bindAddress: 'loopback' })],
    rest: () => ({
      ...{ cluster: { discovery: { type: 'broadcast' } }, restApi: {}, healthApi: {}, controlCenter: {} },
      env: { SECOND_PORT: '1884', LISTENER_NAME: { env: 'STORE_PASSWORD' } },
      configOverride: { text: ownConfig },
    }),
  },
  {
    title: 'without a cluster',
    ways: () => [plain(1883)],
    rest: () => ({ nodes: 1, cluster: { enabled: false } }),
  },
];

describe.skipIf(skip)(`rendered listeners on HiveMQ Community Edition (${requirement.install})`, () => {
  let real: Awaited<ReturnType<typeof communityEdition>>;
  let broker: RenderedBroker;
  let own: Credentials;
  let addresses: Awaited<ReturnType<typeof RenderedBroker.addresses>>;
  beforeAll(async () => {
    real = await communityEdition();
    addresses = await RenderedBroker.addresses();
    own = new Credentials(addresses[0]);
  }, 300_000);
  afterEach(() => broker.remove());
  afterAll(() => own.remove());

  it.each(cases)(
    '$title: opens those and no others, and clients get in',
    async ({ ways, rest }) => {
      broker = new RenderedBroker(addresses);
      const all = await ways(broker, own);
      await broker.configure({ listeners: all.map((way) => way.listener), ...rest?.(own) }, own.secrets);
      await broker.start(real);

      const addressOf = ({ listener }: Way) => (listener.bindAddress === 'loopback' ? broker.loopback : broker.address);
      const expected = all.map((way) => ({ address: addressOf(way), port: way.listener.port }));
      expect(broker.listening).toEqual(expected.sort((a, b) => a.port - b.port));
      expect(broker.log).not.toMatch(/Using (HiveMQ )?default config/);
      expect(broker.log).not.toMatch(/ (WARN|ERROR) /);

      for (const way of all) {
        const url = `${way.scheme}://${addressOf(way)}:${way.listener.port}${way.path ?? ''}`;
        const client = await connect(url, way.client);
        await client.publishAsync('rendered/x', 'y', { qos: 1 });
        await client.endAsync();
      }
    },
    120_000,
  );
});
