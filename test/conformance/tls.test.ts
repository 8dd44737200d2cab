import { rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import mqtt, { type IClientOptions } from 'mqtt';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Authority } from './support/certificates.js';
import { subjects } from './support/both-brokers.js';
import { connect } from './support/mqtt.js';
import { until } from './support/sim.js';
import type { Subject } from './support/subjects.js';

const ports = { tls: 8883, mutual: 8884, optional: 8885, old: 8886, websocket: 8000, secureWebsocket: 8443 };

function store(name: string, file: string, more = ''): string {
  return `<${name}><path>${file}</path><password>${Authority.password}</password>${more}</${name}>`;
}

function keystore(file: string, keyPassword = Authority.password): string {
  return store('keystore', file, `<private-key-password>${keyPassword}</private-key-password>`);
}

function listener(address: string, element: string, port: number, tls?: string): string {
  const inner = tls === undefined ? '' : `<tls>${tls}</tls>`;
  return `<${element}><port>${port}</port><bind-address>${address}</bind-address>${inner}</${element}>`;
}

/** Takes a port, so that a broker cannot have it. */
function occupy(host: string, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(port, host, () => resolve(server));
  });
}

/** Whether a client gets its CONNACK; one whose connection just ends does not. */
function getsIn(url: string, options: IClientOptions): Promise<boolean> {
  return new Promise((resolve) => {
    const client = mqtt.connect(url, { protocolVersion: 5, reconnectPeriod: 0, connectTimeout: 10_000, ...options });
    const end = (connected: boolean): void => {
      client.end(true);
      resolve(connected);
    };
    client.once('connect', () => end(true));
    client.once('error', () => end(false));
    client.once('close', () => end(false));
  });
}

/** The subject of the certificate that a port shows. */
function subjectAt(host: string, port: number, options: ConnectionOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket: TLSSocket = connectTls({ host, port, rejectUnauthorized: false, ...options }, () => {
      const { CN } = socket.getPeerCertificate().subject;
      socket.destroy();
      resolve(String(CN));
    });
    socket.once('error', reject);
  });
}

describe.each(subjects)('TLS listeners of $name', ({ skip, create }) => {
  describe.skipIf(skip)('a broker alone', () => {
    const authority = new Authority('test authority');
    const foreign = new Authority('foreign authority');
    let subject: Subject;
    const file = (name: string): string => path.join(subject.home, name);
    const write = (name: string, bytes: Buffer | string): void => writeFileSync(file(name), bytes);
    beforeAll(async () => {
      subject = await create();
      write('server.p12', authority.issue('first', subject.address).store);
      write('trust.p12', authority.trustStore());
    }, 300_000);
    afterAll(() => subject.remove());
    afterEach(() => subject.forgetLog());

    /** Starts with listeners that the Community Edition cannot all open: answers what was logged, and the exit code. */
    const startInVain = async (listeners: string): Promise<{ log: string; exit: number | null }> => {
      subject.configure(`<?xml version="1.0"?>\n<hivemq><listeners>${listeners}</listeners></hivemq>\n`);
      const exit = await subject.start().exit;
      return { log: subject.log, exit };
    };

    describe('serving', () => {
      let running: ReturnType<Subject['start']>;
      const url = (scheme: string, port: number, rest = ''): string => `${scheme}://${subject.address}:${port}${rest}`;
      const trusting = (more: IClientOptions = {}): IClientOptions => ({ ca: authority.certificate, ...more });
      beforeAll(async () => {
        const { address } = subject;
        const key = keystore(file('server.p12'));
        const trust = store('truststore', file('trust.p12'));
        const mode = (name: string): string => `<client-authentication-mode>${name}</client-authentication-mode>`;
        const old =
          '<protocols><protocol>TLSv1.2</protocol></protocols><cipher-suites><cipher-suite>TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384</cipher-suite><cipher-suite>NO_SUCH_SUITE</cipher-suite></cipher-suites>';
        const listeners = [
          listener(address, 'tls-tcp-listener', ports.tls, key),
          listener(address, 'tls-tcp-listener', ports.mutual, `${key}${trust}${mode('REQUIRED')}`),
          listener(address, 'tls-tcp-listener', ports.optional, `${key}${trust}${mode('OPTIONAL')}`),
          // A relative path counts from the home.
          listener(address, 'tls-tcp-listener', ports.old, `${keystore('server.p12')}${old}`),
          listener(address, 'tcp-listener', 1883),
          listener(address, 'websocket-listener', ports.websocket),
          listener(address, 'tls-websocket-listener', ports.secureWebsocket, key),
        ];
        subject.configure(`<?xml version="1.0"?>\n<hivemq><listeners>${listeners.join('')}</listeners></hivemq>\n`);
        running = subject.start();
        await subject.untilStarted();
      });

      it('logs each listener in the known words', () => {
        const { log, address } = subject;
        const at = (port: number): string => `on address ${address} and on port ${port}.`;
        const from = (port: number): string => `at address ${address} and port ${port}: `;
        for (const line of [
          `INFO  - Starting TLS TCP listener on address ${address} and port ${ports.tls}\n`,
          `INFO  - Starting Websocket listener on address ${address} and port ${ports.websocket}\n`,
          `INFO  - Starting Websocket TLS listener on address ${address} and port ${ports.secureWebsocket}\n`,
          `INFO  - Started TCP Listener ${at(1883)}\n`,
          `INFO  - Started TCP Listener with TLS ${at(ports.tls)}\n`,
          `INFO  - Started TCP Listener with TLS ${at(ports.mutual)}\n`,
          `INFO  - Started Websocket Listener ${at(ports.websocket)}\n`,
          `INFO  - Started Websocket Listener with TLS ${at(ports.secureWebsocket)}\n`,
          `INFO  - Enabled protocols for TCP Listener with TLS ${from(ports.tls)}[TLSv1.3, TLSv1.2]\n`,
          `INFO  - Enabled protocols for TCP Listener with TLS ${from(ports.old)}[TLSv1.2]\n`,
          `INFO  - Enabled cipher suites for TCP Listener with TLS ${from(ports.old)}[TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384]\n`,
          `WARN  - Unknown cipher suites for TCP Listener with TLS ${from(ports.old)}[NO_SUCH_SUITE]\n`,
        ])
          expect(log).toContain(line);
      });

      it('lets clients in that trust its authority, over TCP and WebSocket', async () => {
        for (const target of [
          url('mqtts', ports.tls),
          url('ws', ports.websocket, '/mqtt'),
          url('wss', ports.secureWebsocket, '/mqtt'),
        ]) {
          const client = await connect(target, trusting());
          await client.publishAsync('tls/x', 'y', { qos: 1 });
          await client.endAsync();
        }
      });

      it('a client that trusts another authority does not connect', async () => {
        expect(await getsIn(url('mqtts', ports.tls), { ca: foreign.certificate })).toBe(false);
      });

      it('asks for a client certificate where it is required, and takes only a trusted one', async () => {
        const known = authority.issue('client');
        const stranger = foreign.issue('client');
        const target = url('mqtts', ports.mutual);
        expect(await getsIn(target, trusting({ key: known.key, cert: known.certificate }))).toBe(true);
        expect(await getsIn(target, trusting())).toBe(false);
        expect(await getsIn(target, trusting({ key: stranger.key, cert: stranger.certificate }))).toBe(false);
      });

      it('where it is optional, lets in who shows none, not who shows a foreign one', async () => {
        const stranger = foreign.issue('client');
        const target = url('mqtts', ports.optional);
        expect(await getsIn(target, trusting())).toBe(true);
        expect(await getsIn(target, trusting({ key: stranger.key, cert: stranger.certificate }))).toBe(false);
      });

      it('speaks only the protocols that are listed', async () => {
        await expect(subjectAt(subject.address, ports.old, { minVersion: 'TLSv1.3' })).rejects.toThrow();
        expect(await subjectAt(subject.address, ports.old, { maxVersion: 'TLSv1.2' })).toBe('first');
      });

      it('takes up a changed key store without a restart, and keeps what it has when the new one is broken', async () => {
        const before = await connect(url('mqtts', ports.tls), trusting());
        write('server.p12', authority.issue('second', subject.address).store);
        await until('the new certificate is shown', async () => {
          return (await subjectAt(subject.address, ports.tls)) === 'second';
        });
        expect(await subjectAt(subject.address, ports.secureWebsocket)).toBe('second');
        expect(subject.log).toContain('INFO  - Successfully updated changed SSL Context\n');
        await before.publishAsync('tls/still', 'here', { qos: 1 });
        await before.endAsync();
        write('server.p12', 'damaged');
        await until('the damage is noticed', () =>
          subject.log.includes('Could not parse new SSL Context from changed keystore or truststore'),
        );
        expect(await subjectAt(subject.address, ports.tls)).toBe('second');
        write('server.p12', authority.issue('third', subject.address).store);
        await until('a good one is shown again', async () => {
          return (await subjectAt(subject.address, ports.tls)) === 'third';
        });
      }, 90_000);

      it('ends', async () => {
        running.process.kill('SIGTERM');
        expect(await running.exit).toBe(143);
      });
    });

    it.each([
      ['is missing', 'missing.p12', Authority.password, "Cannot find KeyStore at path 'FILE'"],
      ['is none', 'none.p12', Authority.password, "Not able to open or read KeyStore 'FILE' with type 'JKS'"],
      [
        'has a key of another password',
        'server.p12',
        'other',
        'Not able to recover key from KeyStore, please check your private-key-password and your keyStorePassword',
      ],
    ])(
      'does not start at all, whatever other listeners there are, when a key store %s',
      async (_what, name, key, reason) => {
        write('none.p12', 'no store');
        const { address } = subject;
        const bad = listener(address, 'tls-tcp-listener', ports.tls, keystore(file(name), key));
        const { log, exit } = await startInVain(`${listener(address, 'tcp-listener', 1883)}${bad}`);
        expect(exit).toBe(1);
        const line = `Not able to create SSL server context. Reason: ${reason.replace('FILE', file(name))}\n`;
        expect(log).toContain(line);
        expect(log).not.toContain('Started HiveMQ in');
        rmSync(file('none.p12'));
      },
    );

    it.each([
      ['has no key store', ''],
      ['asks for certificates in an unknown way', '<client-authentication-mode>SOME</client-authentication-mode>'],
    ])('reads no configuration at all when a TLS listener %s', async (_what, inner) => {
      const { address } = subject;
      const key = inner === '' ? '' : keystore(file('server.p12'));
      // The default listener's port is taken, so that the real broker, whose default is every address, opens none.
      const other = await occupy(subject.defaultAddress === '0.0.0.0' ? address : subject.defaultAddress, 1883);
      const { log, exit } = await startInVain(listener(address, 'tls-tcp-listener', ports.tls, `${key}${inner}`));
      other.close();
      expect(exit).toBe(1);
      expect(log).toContain('Using default config');
    });
  });
});
