import { rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { subjects } from './support/both-brokers.js';
import { connect, makeSession, takeQueue } from './support/mqtt.js';
import { until } from './support/sim.js';
import type { Subject } from './support/subjects.js';

/** Takes a port, so that a broker cannot have it. */
function occupy(host: string, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(port, host, () => resolve(server));
  });
}

function lineOf(log: string, text: string): number {
  return log.split('\n').findIndex((line) => line.includes(text));
}

describe.each(subjects)('as $name', ({ skip, create }) => {
  describe.skipIf(skip)('a broker alone', () => {
    let subject: Subject;
    // The first time, the real broker is fetched.
    beforeAll(async () => {
      subject = await create();
    }, 300_000);
    afterAll(() => subject.remove());
    afterEach(() => subject.forgetLog());

    describe('serving', () => {
      let running: ReturnType<Subject['start']>;
      beforeAll(async () => {
        subject.configureListener();
        running = subject.start();
        await subject.untilStarted();
      });

      it('logs its start in the known lines and order', () => {
        const { log, address, home } = subject;
        const lines = [
          'HiveMQ version: ',
          `HiveMQ home directory: ${home}`,
          'This HiveMQ ID is ',
          'Starting with file persistence mode.',
          'Starting HiveMQ extension system.',
          `Starting TCP listener on address ${address} and port 1883`,
          `Started TCP Listener on address ${address} and on port 1883.`,
          'Started HiveMQ in ',
        ].map((text) => lineOf(log, text));
        expect(lines.every((line) => line >= 0)).toBe(true);
        expect(lines).toEqual([...lines].sort((a, b) => a - b));
        expect(log).toMatch(/This HiveMQ ID is \w{5}\n/);
        expect(log).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} INFO {2}- Started HiveMQ in \d+ms$/m);
      });

      it('keeps a persistent session with its queue, and starts clean when asked to', async () => {
        const { url } = subject;
        await makeSession(url, 'keeper', 'queue/+');
        const publisher = await connect(url);
        for (const n of [1, 2, 3]) await publisher.publishAsync(`queue/${n}`, `m${n}`, { qos: n === 3 ? 2 : 1 });
        await publisher.publishAsync('other/1', 'no', { qos: 1 });
        expect(await takeQueue(url, 'keeper', (got) => got.length >= 3)).toEqual({
          present: true,
          payloads: ['m1', 'm2', 'm3'],
        });
        expect(await takeQueue(url, 'keeper', () => true)).toEqual({ present: true, payloads: [] });
        await publisher.publishAsync('queue/4', 'm4', { qos: 1 });
        const clean = await connect(url, { clientId: 'keeper', clean: true });
        await clean.endAsync();
        expect(await takeQueue(url, 'keeper', () => true)).toEqual({ present: false, payloads: [] });
        await publisher.endAsync();
      });

      it('keeps a session of MQTT 3.1.1 as well', async () => {
        const { url } = subject;
        const options = { clientId: 'old', clean: false, protocolVersion: 4 } as const;
        const first = await connect(url, options);
        await first.subscribeAsync('old/#', { qos: 2 });
        await first.endAsync();
        const publisher = await connect(url, { protocolVersion: 4 });
        await publisher.publishAsync('old/x', 'hello', { qos: 2 });
        await publisher.endAsync();
        const second = await connect(url, options);
        const message = await new Promise<string>((resolve) =>
          second.once('message', (_topic, payload) => resolve(payload.toString())),
        );
        expect(message).toBe('hello');
        await second.endAsync();
      });

      it('hands a retained message to a new subscription, and forgets it when it is cleared', async () => {
        const client = await connect(subject.url);
        await client.publishAsync('kept/a', 'old', { qos: 1, retain: true });
        await client.publishAsync('kept/a', 'new', { qos: 1, retain: true });
        await client.publishAsync('kept/b', 'other', { qos: 1, retain: true });
        await client.publishAsync('kept/b', '', { qos: 1, retain: true });
        const got: string[] = [];
        client.on('message', (topic, payload, packet) => got.push(`${topic} ${payload.toString()} ${packet.retain}`));
        await client.subscribeAsync('kept/#', { qos: 1 });
        await client.publishAsync('kept/c', 'live', { qos: 1, retain: true });
        await until('the live message arrives', () => got.length >= 2);
        expect(got.sort()).toEqual(['kept/a new true', 'kept/c live false']);
        await client.endAsync();
      });

      it('publishes a will after a torn connection and after reason 0x04, not after an orderly end', async () => {
        const watcher = await connect(subject.url);
        const wills: string[] = [];
        watcher.on('message', (topic) => wills.push(topic));
        await watcher.subscribeAsync('will/#', { qos: 1 });
        const start = (id: string) =>
          connect(subject.url, {
            clientId: id,
            will: { topic: `will/${id}`, payload: Buffer.from('x'), qos: 1, retain: false },
          });
        await (await start('orderly')).endAsync();
        (await start('torn')).stream.destroy();
        await (await start('asked')).endAsync(false, { reasonCode: 4 });
        await until('both wills arrive', () => wills.length >= 2);
        await watcher.publishAsync('will/marker', 'x', { qos: 1 });
        await until('the marker arrives', () => wills.includes('will/marker'));
        expect(wills.sort()).toEqual(['will/asked', 'will/marker', 'will/torn']);
        await watcher.endAsync();
      });

      it('ends the older connection of a client with 0x8E', async () => {
        const old = await connect(subject.url, { clientId: 'twice' });
        const reason = new Promise((resolve) => old.once('disconnect', (packet) => resolve(packet.reasonCode)));
        const young = await connect(subject.url, { clientId: 'twice' });
        expect(await reason).toBe(0x8e);
        await young.endAsync();
      });

      it('a second instance on the same data gives up with exit code 0', async () => {
        subject.forgetLog();
        expect(await subject.start().exit).toBe(0);
        expect(running.process.exitCode).toBeNull();
        expect(subject.log).toContain(
          'HiveMQ start was cancelled. An error occurred while opening the persistence. Is another HiveMQ instance running?',
        );
        const client = await connect(subject.url);
        await client.endAsync();
      });

      it('ends its connections, logs that it shuts down, and ends with 143', async () => {
        const client = await connect(subject.url);
        client.on('error', () => undefined);
        const closed = new Promise<boolean>((resolve) => client.once('close', () => resolve(true)));
        running.process.kill('SIGTERM');
        expect(await running.exit).toBe(143);
        expect(await closed).toBe(true);
        const { log } = subject;
        const lines = [
          'Shutting down HiveMQ. Please wait, this could take a while...',
          'Shutting down extension system',
          'Shutdown completed.',
        ];
        const at = lines.map((text) => lineOf(log, text));
        expect(at.every((line) => line >= 0)).toBe(true);
        expect(at).toEqual([...at].sort((a, b) => a - b));
        client.end(true);
      });
    });

    it('refuses every client when no extension lets it in', async () => {
      subject.configureListener();
      const disabled = path.join(subject.home, 'extensions', 'hivemq-allow-all-extension', 'DISABLED');
      writeFileSync(disabled, '');
      const { process: broker, exit } = subject.start();
      await subject.untilStarted();
      await expect(connect(subject.url)).rejects.toMatchObject({ code: 0x87 });
      await expect(connect(subject.url, { protocolVersion: 4 })).rejects.toMatchObject({ code: 5 });
      broker.kill('SIGTERM');
      expect(await exit).toBe(143);
      rmSync(disabled);
    });

    it('ends with 1 when its only port is in use', async () => {
      subject.configureListener();
      const other = await occupy(subject.address, 1883);
      expect(await subject.start().exit).toBe(1);
      other.close();
      expect(subject.log).toContain(
        `Could not start TCP Listener on port 1883 and address ${subject.address}. Is it already in use?`,
      );
      expect(subject.log).toContain('Could not bind any listener. Stopping HiveMQ.');
    });

    // The default listener's port is taken, so that the real broker, whose default is every address, opens none.
    it.each([
      [
        'is malformed',
        '<hivemq><listeners></hivemq>',
        'Could not read the configuration file FILE. Using default config',
      ],
      [
        'has an unset placeholder',
        '<hivemq><listeners><tcp-listener><port>${ENV:NOT_SET_ANYWHERE}</port></tcp-listener></listeners></hivemq>',
        'Environment Variable NOT_SET_ANYWHERE for HiveMQ config.xml is not set.',
      ],
      ['is missing', undefined, 'The configuration file FILE does not exist. Using HiveMQ default config'],
    ])('starts with the default configuration when config.xml %s', async (_what, xml, line) => {
      if (xml === undefined) rmSync(subject.configFile, { force: true });
      else subject.configure(xml);
      const { defaultAddress } = subject;
      const other = await occupy(defaultAddress === '0.0.0.0' ? subject.address : defaultAddress, 1883);
      expect(await subject.start().exit).toBe(1);
      other.close();
      expect(subject.log).toMatch(
        new RegExp(`ERROR\\s+- ${line.replace('FILE', subject.configFile).replace(/[.$]/g, '\\$&')}`),
      );
      if (xml !== undefined) expect(subject.log).toContain('Using default config');
      expect(subject.log).toContain(
        `Could not start TCP Listener on port 1883 and address ${defaultAddress}. Is it already in use?`,
      );
    });
  });
});
