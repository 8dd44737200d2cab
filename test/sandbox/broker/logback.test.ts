import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { levelOf, readLogback } from '../../../src/sandbox/broker/logback.js';
import { Sim, until } from '../../conformance/support/sim.js';

const none = (): undefined => undefined;

describe('logback.xml', () => {
  it('has levels by logger, of which the closest by name counts', () => {
    const read = readLogback(
      `<configuration scan="true" scanPeriod="5 seconds"><!-- <root level="ERROR"/> -->
        <logger name="com.hivemq" level="debug"/><logger level='ERROR' name='com.hivemq.extensions' additivity="false"></logger>
        <root level="WARN"><appender-ref ref="FILE"/></root></configuration>`,
      none,
    );
    expect(read.scanEvery).toBe(5000);
    expect(
      ['com.hivemq', 'com.hivemq.x', 'com.hivemq.extensions.y', 'com', 'org.x'].map((name) => levelOf(read, name)),
    ).toEqual(['DEBUG', 'DEBUG', 'ERROR', 'WARN', 'WARN']);
  });

  it.each([
    ['scan="true"', 60_000],
    ['scan="true" scanPeriod="2 minutes"', 120_000],
    ['scan="true" scanPeriod="1500"', 1500],
    ['scan="true" scanPeriod="1 hour"', 3_600_000],
    ['scanPeriod="5 seconds"', undefined],
    ['scan="false" scanPeriod="5 seconds"', undefined],
  ])('with %s it is looked at every %s ms', (attributes, expected) => {
    expect(readLogback(`<configuration ${attributes}></configuration>`, none).scanEvery).toBe(expected);
  });

  it('has placeholders with defaults', () => {
    const xml = '<configuration><root level="${HIVEMQ_LOG_LEVEL:-INFO}"/></configuration>';
    expect(readLogback(xml, none).root).toBe('INFO');
    expect(readLogback(xml, (name) => (name === 'HIVEMQ_LOG_LEVEL' ? 'trace' : undefined)).root).toBe('TRACE');
    expect(readLogback('<configuration><root level="LOUD"/></configuration>', none).root).toBe('DEBUG');
    expect(() => readLogback('<configuration>', none)).toThrow();
  });
});

describe('the log of a running broker', () => {
  let sim: Sim;
  beforeAll(async () => {
    sim = await Sim.create({ nodes: 1 });
  });
  afterAll(() => sim.remove());

  it('follows the level without a restart, and keeps it while the file is broken', async () => {
    const node = sim.node(0);
    const file = path.join(node.home, 'conf', 'logback.xml');
    const original = readFileSync(file, 'utf8');
    const license = (name: string): void => writeFileSync(path.join(node.home, 'license', name), 'none');
    writeFileSync(file, original.replace('INFO}', 'OFF}'));
    node.start('run.sh', { HIVEMQ_SIM_LOGBACK_SCAN: '100' });
    await until('the broker serves', async () => (await node.members()).length === 1);
    expect(node.log).toBe('');
    writeFileSync(
      file,
      original.replace('</configuration>', '<logger name="com.hivemq" level="ERROR"/></configuration>'),
    );
    await until(
      'the level is shown',
      async () => logLevel(await node.request('GET', '/api/v1/health/info', 'health')) === 'ERROR',
    );
    license('first.lic');
    await until('an error is logged', () => node.log.includes('ERROR - License file first.lic is corrupt.'));
    expect(node.log).not.toContain('INFO');
    writeFileSync(file, '<configuration');
    license('second.lic');
    await until('an error is logged', () => node.log.includes('ERROR - License file second.lic is corrupt.'));
    writeFileSync(file, original);
    await until(
      'the level is shown',
      async () => logLevel(await node.request('GET', '/api/v1/health/info', 'health')) === 'INFO',
    );
  });
});

function logLevel({ body }: { body: unknown }): string {
  return (body as { details: { 'log-level': string } }).details['log-level'];
}
