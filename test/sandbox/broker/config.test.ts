import { describe, expect, it } from 'vitest';
import { noExpiry, readBrokerConfig } from '../../../src/sandbox/broker/config/config.js';
import { readFolders, systemProperties } from '../../../src/sandbox/broker/config/folders.js';
import { mustBeWellFormed } from '../../../src/sandbox/broker/config/well-formed.js';
import { fillPlaceholders, parseXml } from '../../../src/sandbox/broker/config/xml.js';

const read = (xml: string) => readBrokerConfig(parseXml(xml, 'hivemq'));

describe('config.xml', () => {
  it('has the documented defaults', () => {
    expect(read('<hivemq><cluster><enabled>true</enabled></cluster></hivemq>')).toEqual({
      listeners: [],
      cluster: {
        enabled: true,
        transport: { type: 'tcp', host: '127.0.0.1', port: 8000, tls: undefined },
        advertised: { host: '127.0.0.1', port: 8000 },
        discovery: { type: 'static', nodes: [] },
        replicaCount: 2,
        heartbeat: { enabled: true, interval: 3000, timeout: 9000 },
        tcpHealthCheck: true,
      },
      restApi: { enabled: false, listeners: [{ host: '127.0.0.1', port: 8888, name: 'http-listener-8888' }] },
      healthApi: { enabled: false, listeners: [{ host: '127.0.0.1', port: 8889, name: 'http-listener-8889' }] },
      controlCenter: { enabled: false, listeners: [], users: [] },
      maxQueueSize: 1000,
      maxSessionExpiry: noExpiry,
    });
  });

  it('reads listeners, transport behind an address translation, and static discovery with one or more nodes', () => {
    const config = read(`<hivemq>
      <listeners><tcp-listener><port>1884</port><bind-address>127.0.0.9</bind-address><name>in</name></tcp-listener></listeners>
      <cluster><enabled>true</enabled>
        <transport><tcp><bind-address>127.0.0.2</bind-address><bind-port>7800</bind-port>
          <external-address>127.0.0.3</external-address><external-port>7801</external-port></tcp></transport>
        <discovery><static><node><host>127.0.0.2</host><port>7800</port></node></static></discovery>
        <replication><replica-count>3</replica-count></replication>
      </cluster></hivemq>`);
    expect(config.listeners).toMatchObject([{ kind: 'tcp', host: '127.0.0.9', port: 1884, name: 'in' }]);
    expect(config.cluster).toMatchObject({
      transport: { host: '127.0.0.2', port: 7800 },
      advertised: { host: '127.0.0.3', port: 7801 },
      discovery: { type: 'static', nodes: [{ host: '127.0.0.2', port: 7800 }] },
      replicaCount: 3,
    });
  });

  it('reads TLS of listeners, and refuses what the Community Edition cannot read either', () => {
    const listener = (tls: string): string =>
      `<hivemq><listeners><tls-websocket-listener><port>8443</port><path>/ws</path><proxy-protocol>true</proxy-protocol>${tls}</tls-websocket-listener></listeners></hivemq>`;
    const keystore =
      '<keystore><path>a.p12</path><password>p</password><private-key-password>q</private-key-password></keystore>';
    const more =
      '<truststore><path>b.p12</path><password>r</password></truststore><client-authentication-mode>OPTIONAL</client-authentication-mode><protocols><protocol>TLSv1.2</protocol></protocols><cipher-suites><cipher-suite>A</cipher-suite><cipher-suite>B</cipher-suite></cipher-suites>';
    expect(read(listener(`<tls>${keystore}${more}</tls>`)).listeners).toEqual([
      {
        kind: 'websocket',
        host: '0.0.0.0',
        port: 8443,
        name: 'tls-websocket-listener-8443',
        path: '/ws',
        proxyProtocol: true,
        tls: {
          keystore: { path: 'a.p12', password: 'p', privateKeyPassword: 'q' },
          truststore: { path: 'b.p12', password: 'r', privateKeyPassword: undefined },
          clientAuthentication: 'OPTIONAL',
          protocols: ['TLSv1.2'],
          cipherSuites: ['A', 'B'],
        },
      },
    ]);
    expect(read(listener(`<tls>${keystore}</tls>`)).listeners[0]?.tls).toMatchObject({
      clientAuthentication: 'NONE',
      protocols: [],
      cipherSuites: [],
    });
    for (const tls of [
      '',
      '<tls></tls>',
      `<tls>${keystore}<client-authentication-mode>SOME</client-authentication-mode></tls>`,
    ])
      expect(() => read(listener(tls))).toThrow();
  });

  it('reads TLS of the transport from both ends, and nothing of it when it is not enabled', () => {
    const transport = (tls: string): string =>
      `<hivemq><cluster><transport><tcp><tls>${tls}</tls></tcp></transport></cluster></hivemq>`;
    const store = (name: string): string => `<${name}><path>${name}</path><password>p</password></${name}>`;
    const stores = [
      'server-keystore',
      'server-certificate-truststore',
      'client-authentication-keystore',
      'client-certificate-truststore',
    ].map(store);
    expect(read(transport(stores.join(''))).cluster.transport.tls).toBeUndefined();
    const { tls } = read(transport(`<enabled>true</enabled>${stores.join('')}`)).cluster.transport;
    expect(tls).toMatchObject({
      server: { keystore: { path: 'server-keystore' }, truststore: { path: 'client-certificate-truststore' } },
      client: {
        keystore: { path: 'client-authentication-keystore' },
        truststore: { path: 'server-certificate-truststore' },
      },
    });
  });

  it.each([
    ['<extension/>', { type: 'extension' }],
    ['<multicast/>', { type: 'multicast' }],
    ['<broadcast/>', { type: 'broadcast', address: '255.255.255.255', port: 8555, range: 5 }],
    [
      '<broadcast><broadcast-address>127.255.255.255</broadcast-address><port>9</port><port-range>2</port-range></broadcast>',
      { type: 'broadcast', address: '127.255.255.255', port: 9, range: 2 },
    ],
  ])('reads discovery %s', (xml, expected) => {
    expect(read(`<hivemq><cluster><discovery>${xml}</discovery></cluster></hivemq>`).cluster.discovery).toEqual(
      expected,
    );
  });

  it('reads the control center with both kinds of listeners', () => {
    const { controlCenter } = read(`<hivemq><control-center><enabled>true</enabled><listeners>
      <http><port>8081</port><bind-address>127.0.0.2</bind-address></http></listeners>
      <users><user><name>admin</name><password>ABC</password></user></users></control-center></hivemq>`);
    expect(controlCenter).toEqual({
      enabled: true,
      listeners: [{ host: '127.0.0.2', port: 8081, tls: undefined }],
      users: [{ name: 'admin', password: 'abc' }],
    });
  });

  it('ignores unknown elements and values that are no numbers', () => {
    const config = read(
      '<hivemq><bogus><x/></bogus><cluster><replication><replica-count>two</replica-count></replication></cluster></hivemq>',
    );
    expect(config.cluster).toMatchObject({ enabled: false, replicaCount: 2 });
  });

  it('fills placeholders, a system property before the environment, and refuses an unset one', () => {
    const fill = (xml: string) => fillPlaceholders(xml, new Map([['A', 'property']]), { A: 'environment', B: 'b' });
    expect(fill('${A} ${ENV:A} ${ENV:B} ${B}')).toBe('property property b b');
    expect(() => fill('${ENV:NONE}')).toThrow('Environment Variable NONE for HiveMQ config.xml is not set.');
  });

  it.each([
    ['<hivemq><a></hivemq>'],
    ['<hivemq><a></b></hivemq>'],
    ['<hivemq/><hivemq/>'],
    ['<hivemq>'],
    ['<hivemq> < </hivemq>'],
    [''],
  ])('%s is not well-formed', (xml) => expect(() => mustBeWellFormed(xml)).toThrow());

  it('what a start tag, a comment and a CDATA section may hold is well-formed', () => {
    const xml = `<?xml version="1.0"?><!-- <x> --><hivemq xmlns:xsi="http://x/y" a='>'><b/><c><![CDATA[<]]></c></hivemq>`;
    expect(() => mustBeWellFormed(xml)).not.toThrow();
    expect(() => parseXml('<other/>', 'hivemq')).toThrow('<hivemq>');
  });
});

describe('folders', () => {
  it('come from properties, then the environment, then the home', () => {
    const properties = systemProperties({
      HIVEMQ_SIM_PROPERTIES: 'hivemq.home=/home/x\nhivemq.log.folder=/var/log/x\n',
    });
    expect(
      readFolders(properties, { HIVEMQ_LOG_FOLDER: '/ignored', HIVEMQ_DATA_FOLDER: 'other', HIVEMQ_HOME: '/no' }),
    ).toEqual({
      home: '/home/x',
      config: '/home/x/conf',
      data: '/home/x/other',
      log: '/var/log/x',
      extensions: '/home/x/extensions',
      license: '/home/x/license',
      backup: '/home/x/backup',
    });
  });
});
