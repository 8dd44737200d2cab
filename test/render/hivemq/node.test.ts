import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { renderManifest } from '../../../src/render/products/hivemq/index.js';
import { renderLogbackXml } from '../../../src/render/products/hivemq/logback-xml.js';
import { exampleSpec } from '../../domain/spec/example.js';
import { hostOf, parsedSpec } from '../parsed-spec.js';

const members = ['n1', 'n2', 'n3'];

const filesOf = (spec: ReturnType<typeof parsedSpec>) => renderManifest(spec, members, 'n1').files;

describe('the files of a node', () => {
  it('lie under its home, and no file can be written by others', () => {
    const files = filesOf(parsedSpec());
    expect(files.map((file) => `${file.path} ${file.mode.toString(8)}`)).toEqual([
      'conf/config.xml 640',
      'conf/logback.xml 640',
      'conf/hivekeeper.env 640',
      '.hivekeeper/start-guard 750',
    ]);
  });

  it('have no start guard where nothing starts by itself', () => {
    const broker = { ...exampleSpec().broker, supervisor: 'process' };
    expect(filesOf(parsedSpec({ broker })).map((file) => file.path)).not.toContain('.hivekeeper/start-guard');
  });

  it('are the same each time', () => {
    expect(filesOf(parsedSpec())).toEqual(filesOf(parsedSpec()));
  });

  it('keep the logs at the places and in the form of the vendor', async () => {
    await expect(renderLogbackXml(parsedSpec(), hostOf(parsedSpec(), 'n1'))).toMatchFileSnapshot(
      'expected/logback.xml',
    );
  });

  it('give the run script its folders, its options, and no JMX port', () => {
    const { home: _, ...broker } = exampleSpec().broker;
    const [first, ...others] = exampleSpec().hosts;
    const hosts = [{ ...first, home: '/srv/mq' }, ...others];
    const environment = filesOf(parsedSpec({ broker, hosts })).find((file) => file.path.endsWith('.env'));
    const program = `set -a\n${environment?.content ?? ''}exec env`;
    const lines = execFileSync('/bin/sh', ['-c', program], { encoding: 'utf8', env: {} }).split('\n');
    const found = lines.filter((line) => /^(HIVEMQ_|JAVA_)/.test(line)).sort();
    expect(found).toEqual([
      'HIVEMQ_AUDIT_FOLDER=/srv/mq/log',
      'HIVEMQ_BACKUP_FOLDER=/srv/mq/backup',
      'HIVEMQ_CONFIG_FOLDER=/srv/mq/conf',
      'HIVEMQ_DATA_FOLDER=/srv/mq/data',
      'HIVEMQ_EXTENSION_FOLDER=/srv/mq/extensions',
      'HIVEMQ_HEAPDUMP_FOLDER=/srv/mq/log',
      'HIVEMQ_HOME=/srv/mq/current',
      'HIVEMQ_JMX_ENABLED=false',
      'HIVEMQ_LICENSE_FOLDER=/srv/mq/license',
      'HIVEMQ_LOG_FOLDER=/srv/mq/log',
      'JAVA_OPTS=-XX:+UseNUMA -Xmx4g',
    ]);
  });
});
