import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { rendererOf } from '../../../src/render/products/index.js';
import { firewallCommands, iptablesCommands } from '../../../src/render/firewall/commands.js';
import { mustSkip, type Requirement } from '../../support/requirements.js';
import { programRequirement } from '../../support/service-requirements.js';
import { parsedSpec } from '../parsed-spec.js';

const shielded = (listeners: readonly object[]) => parsedSpec({ listeners, policy: { drain: { shield: 'firewall' } } });
const any = { type: 'tcp', port: 1883, bindAddress: '0.0.0.0' };
const own = { type: 'tcp', port: 1884, bindAddress: 'host' };

describe('the firewall commands of a node', () => {
  it('name the client listeners with their addresses, and no other port', () => {
    const spec = shielded([any, own]);
    const text = firewallCommands({
      cluster: spec.name,
      host: 'n1',
      ports: [
        { address: null, port: 1883 },
        { address: '10.0.0.11', port: 1884 },
        { address: 'fd00::1', port: 1885 },
      ],
    }).map((argv) => argv.join(' '));
    const nft = text.find((line) => line.includes('/nft add')) ?? '';
    expect(nft).toContain('input tcp dport 1883 tcp flags');
    expect(nft).toContain('input ip daddr 10.0.0.11 tcp dport 1884 ');
    expect(nft).toContain('input ip6 daddr fd00::1 tcp dport 1885 ');
    const rules = (program: string): string[] =>
      text
        .filter((line) => line.includes(`/${program} -w 10 -A`))
        .map((line) => line.replace(/^.*-p tcp | --syn.*$/g, ''));
    expect(rules('iptables')).toEqual(['--dport 1883', '-d 10.0.0.11 --dport 1884']);
    expect(rules('ip6tables')).toEqual(['--dport 1883', '-d fd00::1 --dport 1885']);
  });

  it('fit into the name of a chain, however long the names of cluster and host are', () => {
    const names = ['a', 'b'.repeat(63)].map(
      (host) => iptablesCommands('iptables', { cluster: 'c'.repeat(40), host, ports: [] }).look.at(-1) ?? '',
    );
    expect(new Set(names).size).toBe(2);
    for (const name of names) expect(name.length).toBeLessThanOrEqual(28);
  });
});

/** Whether a mount of its own can hide the machine's sudoers files from a test. */
function ownSudoers(): Requirement {
  const tried = spawnSync('unshare', ['-m', 'sh', '-c', 'mount -t tmpfs -o mode=755 tmpfs /etc/sudoers.d'], {
    encoding: 'utf8',
  });
  const missing = tried.status === 0 ? undefined : `No mounts of a test's own here: ${tried.stderr}`;
  return { missing, install: 'run as root with CAP_SYS_ADMIN' };
}

const skip = [
  ownSudoers(),
  programRequirement('nft', 'nftables'),
  programRequirement('iptables', 'iptables'),
  programRequirement('sudo', 'sudo'),
];

describe.skipIf(skip.map(mustSkip).includes(true))('the sudoers file with the firewall as shield', () => {
  /** Which of these commands real sudo refuses the user `nobody`, who has the rendered lines. */
  function refused(commands: readonly string[]): string[] {
    const spec = shielded([any, own]);
    const folder = mkdtempSync(join(tmpdir(), 'hivekeeper-sudoers-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const lines = rendererOf(spec)
      .sudoers(spec, 'n1')
      .replaceAll(/\bops\b/g, 'nobody')
      .replaceAll('(hivemq)', '(root)');
    writeFileSync(join(folder, 'lines'), lines);
    const program = `
set -f
mount -t tmpfs -o mode=755 tmpfs /etc/sudoers.d && install -m 440 "$1/lines" /etc/sudoers.d/hivekeeper || exit 1
grep -q '^nobody ALL=(root) NOPASSWD: ALL$' /etc/sudoers.d/hivekeeper && sed -i '/NOPASSWD: ALL$/d' /etc/sudoers.d/hivekeeper
while read -r words; do setpriv --reuid=65534 --clear-groups sudo -n -l -- $words >/dev/null 2>&1 || echo "$words"; done`;
    const { stdout, stderr, status } = spawnSync('unshare', ['-m', 'sh', '-c', program, 'sh', folder], {
      input: commands.map((line) => `${line}\n`).join(''),
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return stdout.split('\n').filter((line) => line !== '');
  }

  const spec = shielded([any, own]);
  const all = rendererOf(spec)
    .rootCommands(spec, 'n1')
    .map((argv) => argv.join(' '))
    .filter((line) => line.includes('/usr/sbin/'));

  it('allows each command that the gate runs, and none like it', () => {
    expect(all.length).toBeGreaterThan(15);
    expect(refused(all)).toEqual([]);
    const others = [
      all.find((line) => line.includes('dport 1883'))?.replaceAll('1883', '22') ?? '',
      '/usr/sbin/nft delete table inet filter',
      '/usr/sbin/nft flush ruleset',
      `${all.find((line) => line.includes('nft list')) ?? ''} ; flush ruleset`,
    ];
    expect(refused(others)).toEqual(others);
  });

  it('has no such line where something else keeps clients away', () => {
    const plain = parsedSpec();
    expect(rendererOf(plain).sudoers(plain, 'n1')).not.toContain('/usr/sbin/');
  });
});
