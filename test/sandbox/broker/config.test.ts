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
        transport: { host: '127.0.0.1', port: 8000 },
        advertised: { host: '127.0.0.1', port: 8000 },
        discovery: [],
        replicaCount: 2,
        heartbeat: { enabled: true, interval: 3000, timeout: 9000 },
        tcpHealthCheck: true,
      },
      restApi: { enabled: false, listeners: [{ host: '127.0.0.1', port: 8888, name: 'http-listener-8888' }] },
      healthApi: { enabled: false, listeners: [{ host: '127.0.0.1', port: 8889, name: 'http-listener-8889' }] },
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
    expect(config.listeners).toEqual([{ kind: 'tcp', host: '127.0.0.9', port: 1884, name: 'in' }]);
    expect(config.cluster).toMatchObject({
      transport: { host: '127.0.0.2', port: 7800 },
      advertised: { host: '127.0.0.3', port: 7801 },
      discovery: [{ host: '127.0.0.2', port: 7800 }],
      replicaCount: 3,
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
