import { describe, expect, it } from 'vitest';
import { decodeAnswer, encodeQuestion } from '../../../src/adapters/dns/message.js';
import { resolveFromHost } from '../../../src/adapters/dns/index.js';
import { isHivekeeperError } from '../../../src/domain/errors/index.js';
import { mustSkip } from '../../support/requirements.js';
import { dnsRequirement } from '../../support/service-requirements.js';
import { dnsServerForTest } from '../../support/services.js';
import { useSshHost } from '../support/ssh-fixture.js';

const dnsmasq = await dnsRequirement();
const never = new AbortController().signal;

describe.skipIf(mustSkip(dnsmasq))('names as a host sees them', () => {
  const fixture = useSshHost();

  it('are resolved by the server that is named, over both kinds of addresses', async () => {
    const server = await dnsServerForTest({ 'nodes.test': ['10.0.0.1', '10.0.0.2'], 'six.test': ['::1'] });
    const at = `${server.address}:${server.port}`;
    expect((await resolveFromHost(fixture.host, 'nodes.test', at, never)).sort()).toEqual(['10.0.0.1', '10.0.0.2']);
    expect(await resolveFromHost(fixture.host, 'six.test', at, never)).toEqual(['0:0:0:0:0:0:0:1']);
    expect(await resolveFromHost(fixture.host, 'nobody.test', at, never)).toEqual([]);
  });

  it('a thousand addresses come whole', async () => {
    const all = Array.from({ length: 1000 }, (_, index) => `10.1.${index >> 8}.${index & 255}`);
    const server = await dnsServerForTest({ 'many.test': all });
    const found = await resolveFromHost(fixture.host, 'many.test', `${server.address}:${server.port}`, never);
    expect(found.sort()).toEqual(all.sort());
  });

  it("are resolved by the host's own means where no server is named", async () => {
    expect(await resolveFromHost(fixture.host, 'localhost', null, never)).toContain('127.0.0.1');
    expect(await resolveFromHost(fixture.host, 'nobody.invalid', null, never)).toEqual([]);
  });

  it('a server that is not there is named', async () => {
    const server = await dnsServerForTest();
    await server.stop();
    const refusal = await resolveFromHost(fixture.host, 'nodes.test', `${server.address}:${server.port}`, never).catch(
      (error: unknown) => error,
    );
    expect(isHivekeeperError(refusal, 'ApiUnreachable')).toBe(true);
  });
});

describe('DNS messages', () => {
  it('a question is what RFC 1035 says', () => {
    expect(encodeQuestion(7, 'a.bc.', 'A').toString('hex')).toBe('001600070100000100000000000001610262630000010001');
  });

  it('an answer that ends too early is none', () => {
    expect(() => decodeAnswer(Buffer.from('000781800001000100000000', 'hex'))).toThrow(RangeError);
  });
});
