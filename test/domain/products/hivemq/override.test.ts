import { describe, expect, it } from 'vitest';
import { overrideProblems } from '../../../../src/domain/products/hivemq/override/index.js';
import { matching } from './support/matchers.js';
import { exampleSpec } from '../../spec/example.js';
import { parsedSpec } from '../../../render/parsed-spec.js';

const staticNodes = [11, 12, 13, 14]
  .map((last) => `<node><host>10.0.0.${last}</host><port>7800</port></node>`)
  .join('\n        ');

const good = `<?xml version="1.0"?>
<!-- <hivemq><cluster><enabled>false</enabled></cluster></hivemq> -->
<hivemq>
  <listeners>
    <tcp-listener><port>1883</port></tcp-listener>
  </listeners>
  <cluster>
    <enabled>true</enabled>
    <transport>
      <tcp>
        <bind-address>\${ENV:HIVEKEEPER_CLUSTER_ADDRESS}</bind-address>
        <bind-port>\${CLUSTER_PORT}</bind-port>
      </tcp>
    </transport>
    <discovery>
      <static>
        ${staticNodes}
      </static>
    </discovery>
  </cluster>
  <rest-api><enabled>true</enabled></rest-api>
  <health-api>
    <enabled>true</enabled>
    <listeners><http><bind-address>\${HIVEKEEPER_LOOPBACK}</bind-address></http></listeners>
  </health-api>
</hivemq>
`;

const env = { CLUSTER_PORT: '7800', TOKEN: { env: 'TOKEN' } };
const problems = (xml: string, change: object = {}) => overrideProblems(parsedSpec({ env, ...change }), xml);

describe('a config.xml of the user', () => {
  it('may be used when it says what the spec says', () => {
    expect(problems(good)).toEqual([]);
  });

  it('may leave to a secret what nobody can check', () => {
    expect(problems(good.replace('${CLUSTER_PORT}', '${TOKEN}'))).toEqual([]);
  });

  it.each<[string, string, string, string | RegExp]>([
    ['is cut off', '</hivemq>', '', /^is not well-formed: line \d+/],
    ['has another root', '', '', 'has no root element <hivemq>'],
    ['has a placeholder without a value', '${CLUSTER_PORT}', '${PORT}', /^line 12: the placeholder \$\{PORT\}/],
    [
      'has no cluster',
      '<enabled>true',
      '<enabled>false',
      /^line 8: <cluster>\/<enabled> is false, and cluster.enabled/,
    ],
    [
      'has another cluster port',
      '${CLUSTER_PORT}',
      '7801',
      /^line 12: .* is 7801, and cluster.transport.bindPort .* 7800/,
    ],
    [
      'has one cluster address for all nodes',
      '${ENV:HIVEKEEPER_CLUSTER_ADDRESS}',
      '10.0.0.11',
      /^line 11: .*is 10\.0\.0\.11, and cluster\.transport\.bindAddress of the spec is 10\.0\.0\.12/,
    ],
    ['has no transport, which is UDP', '<tcp>', '<udp>', /^line 9: no <cluster>\/<transport>\/<tcp>/],
    [
      'encrypts',
      '</tcp>',
      '<tls><enabled>true</enabled></tls></tcp>',
      /^line 13: .*is true, and cluster\.transport\.tls/,
    ],
    [
      'has another replica count',
      '</cluster>',
      '<replication><replica-count>3</replica-count></replication></cluster>',
      /^line \d+: .*is 3, and cluster\.replicaCount of the spec is 2/,
    ],
    ['has another listener', '<port>1883', '<port>1884', /^line 5: no <tcp-listener> has the port 1883/],
    [
      'has its listener elsewhere',
      '<port>1883</port>',
      '<port>1883</port><bind-address>10.0.0.11</bind-address>',
      'the port 1883 and the address 0.0.0.0',
    ],
    ['has no REST API', '<rest-api><enabled>true', '<rest-api><enabled>false', /^line 24: .*restApi\.enabled/],
    ['has the health API for everybody', '${HIVEKEEPER_LOOPBACK}', '0.0.0.0', /^line 27: .*healthApi\.bindAddress/],
    [
      'forgets a node',
      '<host>10.0.0.14</host>',
      '<host>10.0.0.15</host>',
      /^line 16: .*for host n4, 10\.0\.0\.14 port 7800/,
    ],
  ])('is refused when it %s', (what, from, to, expected) => {
    const changed = what === 'has another root' ? good.replaceAll('hivemq>', 'broker>') : replaceOnce(from, to);
    const found = problems(changed).filter((sentence) =>
      typeof expected === 'string' ? sentence.includes(expected) : expected.test(sentence),
    );
    expect(found.length).toBeGreaterThanOrEqual(1);
  });

  it('needs no list where another discovery finds the nodes', () => {
    const cluster = { ...exampleSpec().cluster, discovery: { type: 'broadcast' } };
    expect(problems(good.replace(/<static>[\s\S]*<\/static>/, '<broadcast/>'), { cluster })).toEqual([]);
  });

  it('is judged when the spec is read', () => {
    expect(() => parsedSpec({ configOverride: { text: good } })).toThrow(
      'configOverride: line 12: the placeholder ${CLUSTER_PORT}',
    );
    expect(parsedSpec({ env, configOverride: { text: good } }).configOverride).toEqual({ text: matching(/^<\?xml/) });
  });
});

/** Comments stay as they are: what they hold is nothing to the broker. */
function replaceOnce(from: string, to: string): string {
  const start = good.indexOf('-->');
  const at = from === '</hivemq>' ? good.lastIndexOf(from) : good.indexOf(from, start);
  if (at < 0) throw new Error(`${from} is not there`);
  const end = from === '<tcp>' ? good.slice(at).replace('</tcp>', '</udp>') : good.slice(at);
  return good.slice(0, at) + end.replace(from, to);
}
