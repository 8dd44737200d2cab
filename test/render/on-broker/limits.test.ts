import mqtt, { type IClientOptions, type IConnackPacket } from 'mqtt';
import { connect as connectTcp } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { communityEdition, communityEditionRequirement } from '../../conformance/support/community-edition.js';
import { connect } from '../../conformance/support/mqtt.js';
import { mustSkip } from '../../support/requirements.js';
import { RenderedBroker } from './support/rendered-broker.js';

const requirement = await communityEditionRequirement();
const skip = mustSkip(requirement);

const listeners = [{ type: 'tcp', port: 1883, bindAddress: 'host' }];

/** A broker with a change of the example, for all tests of the block that this is called in. */
function useBroker(change: object): () => RenderedBroker {
  let broker: RenderedBroker | undefined;
  beforeAll(async () => {
    broker = new RenderedBroker(await RenderedBroker.addresses());
    await broker.configure({ listeners, ...change });
    await broker.start(await communityEdition());
  }, 300_000);
  afterAll(() => broker?.remove());
  return () => {
    if (!broker) throw new Error('not started');
    return broker;
  };
}

const url = (broker: RenderedBroker): string => `mqtt://${broker.address}:1883`;

/** What the broker answers to a CONNECT. */
function answered(broker: RenderedBroker, options: IClientOptions = {}): Promise<IConnackPacket> {
  return new Promise((resolve, reject) => {
    const client = mqtt.connect(url(broker), { protocolVersion: 5, reconnectPeriod: 0, ...options });
    client.on('packetreceive', (packet) => {
      if (packet.cmd !== 'connack') return;
      client.end(true);
      resolve(packet);
    });
    client.on('error', () => undefined);
    client.on('close', () => reject(new Error('closed without an answer')));
  });
}

/** Which reason the broker ends the connection with. */
async function ended(broker: RenderedBroker, act: (client: mqtt.MqttClient) => void): Promise<number | undefined> {
  const client = await connect(url(broker), { clientId: 'short' });
  const reason = new Promise<number | undefined>((resolve) => {
    client.on('disconnect', (packet) => resolve(packet.reasonCode));
    client.on('close', () => resolve(undefined));
  });
  client.on('error', () => undefined);
  act(client);
  const code = await reason;
  client.end(true);
  return code;
}

describe.skipIf(skip)(`rendered limits on HiveMQ Community Edition (${requirement.install})`, () => {
  describe('of MQTT', () => {
    const broker = useBroker({
      mqtt: {
        sessionExpiry: { maxInterval: 3600 },
        messageExpiry: { maxInterval: 60 },
        packets: { maxPacketSize: 500 },
        receiveMaximum: { serverReceiveMaximum: 7 },
        keepAlive: { maxKeepAlive: 120, allowUnlimited: false },
        topicAlias: { enabled: true, maxPerClient: 3 },
        subscriptionIdentifier: { enabled: false },
        wildcardSubscriptions: { enabled: false },
        sharedSubscriptions: { enabled: false },
        qualityOfService: { maxQos: 1 },
        retainedMessages: { enabled: false },
        queuedMessages: { maxQueueSize: 2, strategy: 'discard-oldest' },
      },
    });

    it('are told to every client that connects', async () => {
      const { properties } = await answered(broker(), {
        keepalive: 0,
        properties: { sessionExpiryInterval: 4_294_967_295 },
      });
      expect(properties).toMatchObject({
        sessionExpiryInterval: 3600,
        maximumPacketSize: 500,
        receiveMaximum: 7,
        serverKeepAlive: 120,
        topicAliasMaximum: 3,
        subscriptionIdentifiersAvailable: false,
        wildcardSubscriptionAvailable: false,
        sharedSubscriptionAvailable: false,
        maximumQoS: 1,
        retainAvailable: false,
      });
    });

    it('hold: a packet that is larger ends the connection', async () => {
      const tooLarge = 0x95;
      // The client would keep to the limit by itself, so the packet is written by hand.
      const publish = Buffer.concat([Buffer.from([0x30, 0xd8, 0x04, 0, 1, 0x78, 0]), Buffer.alloc(600 - 4, 0x61)]);
      expect(await ended(broker(), (client) => void client.stream.write(publish))).toBe(tooLarge);
    });

    it('hold: of the messages that wait for a client the newest are kept', async () => {
      const options: IClientOptions = {
        clientId: 'sleeper',
        clean: false,
        properties: { sessionExpiryInterval: 600 },
      };
      const sleeper = await connect(url(broker()), options);
      await sleeper.subscribeAsync('queue', { qos: 1 });
      await sleeper.endAsync();
      const writer = await connect(url(broker()));
      for (const text of ['1', '2', '3', '4']) await writer.publishAsync('queue', text, { qos: 1 });
      await writer.endAsync();
      const woken = mqtt.connect(url(broker()), { protocolVersion: 5, reconnectPeriod: 0, ...options });
      const got: string[] = [];
      await new Promise<void>((resolve) => {
        woken.on('message', (_, payload) => {
          got.push(payload.toString());
          if (got.includes('4')) resolve();
        });
      });
      await woken.endAsync();
      expect(got).toEqual(['3', '4']);
    });
  });

  describe('of connections, and strictness', () => {
    const broker = useBroker({
      restrictions: {
        maxConnections: 2,
        maxClientIdLength: 10,
        maxTopicLength: 5,
        noConnectIdleTimeout: 300,
        incomingBandwidthThrottling: 100_000_000,
      },
      security: {
        allowEmptyClientId: { enabled: false },
        payloadFormatValidation: { enabled: true },
        utf8Validation: { enabled: true },
        allowRequestProblemInformation: { enabled: false },
      },
    });
    const refused = { clientId: 0x85, quota: 0x97, topic: 0x90, payload: 0x99 };

    it('a client id that is too long, and an empty one, are refused', async () => {
      expect((await answered(broker(), { clientId: 'ten-digits' })).reasonCode).toBe(0);
      expect((await answered(broker(), { clientId: 'eleven-char' })).reasonCode).toBe(refused.clientId);
      expect((await answered(broker(), { clientId: '' })).reasonCode).toBe(refused.clientId);
    });

    it('a topic that is too long ends the connection', async () => {
      const code = await ended(broker(), (client) => void client.publish('longer', 'x', { qos: 1 }));
      expect(code).toBe(refused.topic);
    });

    it('a payload that is not the text that it claims to be ends the connection', async () => {
      const options = { qos: 1, properties: { payloadFormatIndicator: true } } as const;
      const notUtf8 = Buffer.from([0xc3, 0x28]);
      expect(await ended(broker(), (client) => void client.publish('t', notUtf8, options))).toBe(refused.payload);
    });

    it('a third client does not get in', async () => {
      const first = await connect(url(broker()), { clientId: 'first' });
      const second = await connect(url(broker()), { clientId: 'second' });
      const third = await answered(broker(), { clientId: 'third' }).then(
        ({ reasonCode }) => reasonCode,
        () => 'closed',
      );
      expect(third).toBe(refused.quota);
      await Promise.all([first.endAsync(), second.endAsync()]);
    });

    it('a connection without CONNECT is closed', async () => {
      const socket = connectTcp({ host: broker().address, port: 1883 });
      await new Promise((resolve) => socket.once('close', resolve).resume());
    });
  });

  describe('of the log', () => {
    it.each([
      ['DEBUG', true],
      ['ERROR', false],
    ])(
      'at %s the lines that waits read are there',
      async (logLevel, detailed) => {
        const broker = new RenderedBroker(await RenderedBroker.addresses());
        try {
          await broker.configure({ listeners, logLevel });
          await broker.start(await communityEdition());
          expect(broker.log).toMatch(/ INFO {2}- Started TCP Listener on address/);
          expect(/ DEBUG /.test(broker.log)).toBe(detailed);
        } finally {
          await broker.remove();
        }
      },
      120_000,
    );
  });
});
