import { XMLParser } from 'fast-xml-parser';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { renderConfigXml } from '../../../src/render/products/hivemq/config-xml.js';
import { parsedSpec } from '../parsed-spec.js';

const http = z.object({ port: z.number(), 'bind-address': z.string() });
const api = z.object({ enabled: z.boolean(), listeners: z.object({ http }).optional() });
const node = z.object({ host: z.string(), port: z.number() });

/** config.xml as a reader sees it. */
const document = z.object({
  hivemq: z.object({
    listeners: z.object({
      'tcp-listener': z.array(http).default([]),
      'websocket-listener': z.array(http.extend({ name: z.string().optional(), path: z.string() })).default([]),
    }),
    cluster: z.object({
      enabled: z.boolean(),
      transport: z.object({ tcp: z.object({ 'bind-address': z.string(), 'bind-port': z.number() }) }).optional(),
      discovery: z.object({ static: z.object({ node: z.array(node) }) }).optional(),
      replication: z.object({ 'replica-count': z.number() }).optional(),
      'failure-detection': z
        .object({
          heartbeat: z.object({ enabled: z.boolean(), interval: z.number(), timeout: z.number() }),
          'tcp-health-check': z.object({
            enabled: z.boolean(),
            'bind-address': z.string().optional(),
            'bind-port': z.number(),
            'port-range': z.number(),
          }),
        })
        .optional(),
    }),
    'rest-api': api.extend({ auth: z.object({ enabled: z.boolean() }).optional() }),
    'health-api': api,
    'control-center': api,
  }),
});

const lists = ['tcp-listener', 'websocket-listener', 'node'];
const parser = new XMLParser({ isArray: (name) => lists.includes(name) });
const read = (xml: string) => document.parse(parser.parse(xml)).hivemq;

const members = ['n1', 'n2', 'n3'];

describe('config.xml', () => {
  it('is this for the example', async () => {
    const xml = renderConfigXml(parsedSpec(), members, 'n2');
    await expect(xml).toMatchFileSnapshot('expected/config.xml');
  });

  it('is this for every kind of listener, with APIs off', async () => {
    const spec = parsedSpec({
      listeners: [
        { type: 'websocket', port: 8000, name: 'web sockets', path: '/mqtt/v5' },
        { type: 'tcp', port: 1883, bindAddress: 'host', name: 'clients' },
        { type: 'tcp', port: 1884, bindAddress: 'loopback' },
      ],
      restApi: {},
      healthApi: {},
      controlCenter: {},
    });
    await expect(renderConfigXml(spec, members, 'n1')).toMatchFileSnapshot('expected/config-listeners.xml');
  });

  it('has no cluster parts when there is no cluster', () => {
    const { cluster } = read(renderConfigXml(parsedSpec({ nodes: 1, cluster: { enabled: false } }), ['n1'], 'n1'));
    expect(cluster).toEqual({ enabled: false });
  });

  it('switches authentication of the REST API on when there is a header for it', () => {
    const open = { enabled: true, bindAddress: '0.0.0.0', auth: { header: { env: 'REST' } } };
    expect(read(renderConfigXml(parsedSpec({ restApi: open }), members, 'n1'))['rest-api'].auth).toEqual({
      enabled: true,
    });
  });

  it('does not depend on the order of members and hosts, nor on naming the node itself', () => {
    const spec = parsedSpec();
    const turned = parsedSpec({ hosts: [...spec.hosts].reverse() });
    const expected = renderConfigXml(spec, members, 'n2');
    expect(renderConfigXml(spec, ['n3', 'n1'], 'n2')).toBe(expected);
    expect(renderConfigXml(turned, ['n3', 'n2', 'n1', 'n1'], 'n2')).toBe(expected);
  });

  it('is refused for names that the spec does not have', () => {
    expect(() => renderConfigXml(parsedSpec(), members, 'n9')).toThrow(/prod: no host of the spec is named n9/);
    expect(() => renderConfigXml(parsedSpec(), ['n1', 'gone'], 'n1')).toThrow(/named gone/);
  });

  it('gives back every value of the spec', () => {
    const port = (from: number) => fc.integer({ min: from, max: from + 9_999 });
    const input = fc.record({
      chosen: fc.subarray(['n1', 'n2', 'n3', 'n4'], { minLength: 1 }),
      replicaCount: fc.integer({ min: 2, max: 9 }),
      bindPort: port(10_000),
      rest: port(20_000),
      health: port(30_000),
      mqtt: port(40_000),
      interval: fc.integer({ min: 1, max: 9_000 }),
      longer: fc.integer({ min: 1, max: 9_000 }),
      beats: fc.boolean(),
      checks: fc.boolean(),
      portRange: fc.nat({ max: 1_000 }),
      address: fc.option(fc.constant('0.0.0.0'), { nil: undefined }),
    });
    fc.assert(
      fc.property(input, (one) => {
        const spec = parsedSpec({
          cluster: {
            replicaCount: one.replicaCount,
            transport: { bindPort: one.bindPort },
            failureDetection: {
              heartbeat: { enabled: one.beats, interval: one.interval, timeout: one.interval + one.longer },
              tcpHealthCheck: { enabled: one.checks, portRange: one.portRange, bindAddress: one.address },
            },
          },
          listeners: [{ type: 'tcp', port: one.mqtt }],
          restApi: { enabled: true, port: one.rest },
          healthApi: { enabled: true, port: one.health },
        });
        const name = one.chosen[0] ?? 'n1';
        const found = read(renderConfigXml(spec, one.chosen, name));
        const addressOf = (host: string) => spec.hosts.find((each) => each.name === host)?.address;
        expect(found.cluster).toEqual({
          enabled: true,
          transport: { tcp: { 'bind-address': addressOf(name), 'bind-port': one.bindPort } },
          discovery: { static: { node: one.chosen.map((host) => ({ host: addressOf(host), port: one.bindPort })) } },
          replication: { 'replica-count': one.replicaCount },
          'failure-detection': {
            heartbeat: { enabled: one.beats, interval: one.interval, timeout: one.interval + one.longer },
            'tcp-health-check': {
              enabled: one.checks,
              ...(one.address === undefined ? {} : { 'bind-address': one.address }),
              'bind-port': 0,
              'port-range': one.portRange,
            },
          },
        });
        expect(found.listeners['tcp-listener']).toEqual([{ port: one.mqtt, 'bind-address': '0.0.0.0' }]);
        expect(found['rest-api'].listeners?.http).toEqual({ port: one.rest, 'bind-address': '127.0.0.1' });
        expect(found['health-api'].listeners?.http).toEqual({ port: one.health, 'bind-address': '127.0.0.1' });
      }),
    );
  });
});
