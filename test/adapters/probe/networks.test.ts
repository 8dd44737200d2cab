import { describe, expect, it } from 'vitest';
import { networkText } from '../../../src/adapters/probe/networks.js';

describe('the network of an address', () => {
  it.each([
    ['10.1.2.3', 24, '10.1.2.0/24'],
    ['10.1.2.3', 22, '10.1.0.0/22'],
    ['10.1.2.3', 32, '10.1.2.3/32'],
    ['192.168.77.200', 25, '192.168.77.128/25'],
    ['192.168.77.200', 0, '0.0.0.0/0'],
    ['fd00:1:2:3::7', 64, 'fd00:1:2:3:0:0:0:0/64'],
    ['fd00::ffff:1', 113, 'fd00:0:0:0:0:0:ffff:0/113'],
    ['::1', 128, '0:0:0:0:0:0:0:1/128'],
  ])('%s/%i is %s', (address, prefixLength, network) => {
    expect(networkText(address, prefixLength)).toBe(network);
  });

  it('is none for what is no address', () => {
    for (const text of ['', 'n1.test', '10.0.0', '10.0.0.x', '1:2:3']) expect(networkText(text, 24)).toBeUndefined();
  });
});
