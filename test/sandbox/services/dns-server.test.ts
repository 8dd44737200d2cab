import { execFile } from 'node:child_process';
import { Resolver } from 'node:dns/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type DnsServer, startDnsServer } from '../../../src/sandbox/services/index.js';
import { mustSkip } from '../../support/requirements.js';
import { dnsRequirement } from '../../support/service-requirements.js';
import { dnsServerForTest } from '../../support/services.js';

const dnsmasq = await dnsRequirement();

describe.skipIf(mustSkip(dnsmasq))('the DNS server', () => {
  function resolver(server: DnsServer): Resolver {
    const asking = new Resolver({ timeout: 1000, tries: 3 });
    asking.setServers([`${server.address}:${server.port}`]);
    return asking;
  }

  it('answers with all addresses of a name, and with those alone after a change', async () => {
    const server = await dnsServerForTest({ 'hivemq.test': ['10.0.0.1', '10.0.0.2'] }, '127.0.0.53');
    const asking = resolver(server);
    expect((await asking.resolve4('hivemq.test')).sort()).toEqual(['10.0.0.1', '10.0.0.2']);
    await server.setRecords({ 'hivemq.test': ['10.0.0.2', '10.0.0.3'], 'six.test': ['::1'] });
    expect((await asking.resolve4('hivemq.test')).sort()).toEqual(['10.0.0.2', '10.0.0.3']);
    expect(await asking.resolve6('six.test')).toEqual(['::1']);
    await server.setRecords({});
    await expect(asking.resolve4('hivemq.test')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });

  it('ends with the last of changes that were asked for at once', async () => {
    const server = await dnsServerForTest();
    await Promise.all([1, 2, 3, 4].map((n) => server.setRecords({ 'hivemq.test': [`10.0.0.${n}`] })));
    expect(await resolver(server).resolve4('hivemq.test')).toEqual(['10.0.0.4']);
  });

  it('knows no other name, of this machine or of the world', async () => {
    const asking = resolver(await dnsServerForTest());
    await expect(asking.resolve4('localhost')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    await expect(asking.resolve4('example.com')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });

  it('takes a free port although another one runs, and names the reason when its port is taken', async () => {
    const first = await dnsServerForTest();
    const second = await dnsServerForTest();
    expect(second.port).not.toBe(first.port);
    await expect(startDnsServer({ program: dnsmasq.program, port: first.port })).rejects.toThrow(/already in use/);
  });

  it('refuses a record that is no address, and goes on with the old ones', async () => {
    const server = await dnsServerForTest({ 'hivemq.test': ['10.0.0.1'] });
    await expect(server.setRecords({ 'hivemq.test': ['n1.test'] })).rejects.toThrow(/n1.test.*is not an IP address/);
    expect(await resolver(server).resolve4('hivemq.test')).toEqual(['10.0.0.1']);
  });

  it('is gone after it was stopped, and says so to who changes it then', async () => {
    const server = await dnsServerForTest();
    await server.stop();
    await expect(promisify(execFile)('kill', ['-0', String(server.pid)])).rejects.toThrow();
    await expect(server.setRecords({})).rejects.toThrow(/has ended/);
  });
});
