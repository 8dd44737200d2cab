import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { observedExtensions } from '../../../../src/adapters/products/hivemq/observed-extensions.js';
import { observeProgram, parseReport } from '../../../../src/adapters/products/hivemq/observe-script.js';
import { readLog } from '../../../../src/domain/products/hivemq/log-facts.js';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'hivekeeper-observed-'));
});
afterEach(() => rmSync(home, { recursive: true }));

function put(file: string, content: string | Buffer = ''): void {
  const path = join(home, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
const described = (id: string, version: string): string =>
  `<hivemq-extension><!-- <version>0</version> --><id>${id}</id><name>The &lt;${id}&gt;</name><version>${version}</version></hivemq-extension>\n`;
const report = (...parameters: string[]) =>
  parseReport(execFileSync('sh', ['-c', observeProgram, 'sh', home, ...parameters]).toString());
const log = (...messages: string[]) => readLog(messages.map((message) => `2026-01-01 12:00:00,000 INFO  - ${message}`));

describe('the extensions of a node', () => {
  it('are told with version, state, archive and what the log said last', () => {
    const sum = 'ab'.repeat(32);
    put('extensions/on/hivemq-extension.xml', described('on', '1.2.3'));
    put('extensions/on/.hivekeeper-archive', `${sum}\n`);
    put('extensions/off/hivemq-extension.xml', described('off', '2.0.0'));
    put('extensions/off/DISABLED');
    mkdirSync(join(home, 'current/extensions/off'), { recursive: true });
    const facts = log(
      'Extension "The <on>" version 1.2.3 started successfully.',
      'Extension "The <off>" version 2.0.0 started successfully.',
      'Extension with id "off" cannot be started because of an uncaught exception thrown by the extension. Extension will be disabled.',
    );
    expect(observedExtensions(report(), facts)).toEqual([
      {
        ...{ id: 'off', version: '2.0.0', enabled: false, archive: null, said: 'failed', bundled: true },
        line: expect.stringContaining('uncaught exception') as unknown,
      },
      {
        ...{ id: 'on', version: '1.2.3', enabled: true, archive: sum, said: 'started', bundled: false },
        line: expect.stringContaining('started successfully') as unknown,
      },
    ]);
  });

  it('that started after a failed start are no failure', () => {
    put('extensions/on/hivemq-extension.xml', described('on', '1.2.3'));
    const facts = log(
      'Startup of extension with id "on" was prevented by the extension itself, reason: x. Extension will be disabled.',
      'Extension "The <on>" version 1.2.3 started successfully.',
    );
    expect(observedExtensions(report(), facts)?.[0]?.said).toBe('started');
  });

  it('may lie between anything else', () => {
    put('extensions/a file');
    put('extensions/no description/x');
    put('extensions/line\nbreak\ttab/hivemq-extension.xml', described('x', '1'));
    put('extensions/garbage/hivemq-extension.xml', Buffer.from([0, 1, 255, 0, 60]));
    put('extensions/garbage/.hivekeeper-archive', 'no hash $(reboot)\n');
    put('extensions/folders/hivemq-extension.xml/x');
    put('extensions/folders/.hivekeeper-archive/x');
    symlinkSync('/nowhere', join(home, 'extensions/leads-nowhere'));
    const found = observedExtensions(report(), log());
    expect(found?.map(({ id, version, archive }) => [id, version, archive])).toEqual([
      ['folders', null, null],
      ['garbage', null, null],
      ['line\nbreak\ttab', '1', null],
      ['no description', null, null],
    ]);
  });

  it('are none where there is no folder, and unknown where it cannot be read', () => {
    expect(observedExtensions(report(), log())).toEqual([]);
    put('extensions');
    expect(observedExtensions(report(), log())).toBeNull();
  });
});

describe('the files of a node', () => {
  it('are hashed as far as they are asked for, and links are read instead', () => {
    put('license/a b.lic', 'x');
    put('conf/secret', 'x');
    put('.hivekeeper/node.json', JSON.stringify({ items: { 'conf/secret': 'ab'.repeat(32) } }));
    symlinkSync('secret', join(home, 'conf/link'));
    const found = report('license/a b.lic', '../outside', 'conf/missing', '--links', 'conf/link', 'conf/gone');
    expect(found.get('sha256')).toEqual([expect.stringMatching(/^2d711642b726b044[0-9a-f]{48} license\/a b.lic$/)]);
    expect(found.get('link')).toEqual(['conf/link\tsecret']);
  });
});
