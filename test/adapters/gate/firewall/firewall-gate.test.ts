import { once } from 'node:events';
import type { Duplex, Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createGates } from '../../../../src/adapters/gate/index.js';
import type { RemoteHost, TrafficGate } from '../../../../src/adapters/ports/index.js';
import { createNetwork, type Network, type NetworkHost, networkRequirement } from '../../../support/network.js';
import { mustSkip } from '../../../support/requirements.js';
import { programRequirement } from '../../../support/service-requirements.js';
import { until } from '../../../support/until.js';
import { parsedSpec } from '../../../render/parsed-spec.js';

const CLIENTS = 1883;
const CLUSTER = 7800;
const ADDRESS = '10.99.0.1';

/** Sends back what it gets, on IPv4 and IPv6. */
const echo = `
import socket, socketserver, threading
class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        while data := self.request.recv(99): self.request.sendall(data)
class Server(socketserver.ThreadingTCPServer):
    address_family, allow_reuse_address, daemon_threads = socket.AF_INET6, True, True
for port in (${CLIENTS}, ${CLUSTER}):
    threading.Thread(target=Server(('::', port), Echo).serve_forever).start()
print('up', flush=True)`;

const listeners = [{ type: 'tcp', port: CLIENTS, bindAddress: '0.0.0.0' }];
const spec = parsedSpec({ listeners, policy: { drain: { shield: 'firewall' } } });
const skip = [networkRequirement(), programRequirement('nft', 'nftables'), programRequirement('iptables', 'iptables')];

describe.skipIf(skip.map(mustSkip).includes(true))('the firewall of a node’s own host', () => {
  let network: Network;
  let n1: NetworkHost;
  let n2: NetworkHost;
  let server: Readable;
  let only: 'nft' | 'iptables' = 'nft';

  beforeAll(async () => {
    network = await createNetwork();
    n1 = await network.add('n1');
    n2 = await network.add('n2');
    await network.cable([
      { host: n1, device: 'e0', address: `${ADDRESS}/24` },
      { host: n2, device: 'e0', address: '10.99.0.2/24' },
    ]);
    server = await n1.host.stream({ argv: ['python3', '-c', echo] });
    await once(server, 'data');
  });
  afterAll(async () => {
    server.on('error', () => undefined);
    await network.stop();
  });

  /** A gate of its own each time, as each step of an operation has it, after a worker's death as well. */
  const gate = (host: RemoteHost = n1.host): TrafficGate => {
    const connect = (): Promise<RemoteHost> => Promise.resolve(only === 'nft' ? host : withoutNft(host));
    const found = createGates({})({ spec, connect });
    if (!found) throw new Error('no gate');
    return found;
  };
  const reached = (port: number): Promise<boolean> => n2.host.canConnect(ADDRESS, port, 2000);
  const rules = (): Promise<string> =>
    n1.run(
      'sh',
      '-c',
      'nft list tables | grep hivekeeper; iptables -S | grep hivekeeper; ip6tables -S | grep hivekeeper; true',
    );
  afterEach(async () => {
    await gate().open('n1', '');
  });

  describe.each(['nft', 'iptables'] as const)('by %s', (program) => {
    beforeAll(() => {
      only = program;
    });

    it('rejects new connections to the client ports, and no others', async () => {
      expect([await reached(CLIENTS), await reached(CLUSTER)]).toEqual([true, true]);
      expect(await gate().close('n1')).toBe('closed');
      expect([await reached(CLIENTS), await reached(CLUSTER)]).toEqual([false, true]);
      expect(await n1.host.canConnect('::1', CLIENTS, 2000)).toBe(false);
      expect((await gate().list())['n1']).toBe(false);
      expect(await gate().close('n1')).toBe('already-closed');
      expect(await reached(CLIENTS)).toBe(false);
    });

    it('leaves connections alone that exist, also those that no rule has ever seen begin', async () => {
      const existing = await n2.host.open(ADDRESS, CLIENTS);
      expect(await answer(existing, 'before')).toBe('before');
      await gate().close('n1');
      expect(await answer(existing, 'after')).toBe('after');
      existing.destroy();
    });

    it('is taken away whole, and once', async () => {
      expect(await rules()).toBe('');
      await gate().close('n1');
      expect(await rules()).toContain('hivekeeper');
      expect(await gate().open('n1', '')).toBe('opened');
      expect(await rules()).toBe('');
      expect(await reached(CLIENTS)).toBe(true);
      expect((await gate().list())['n1']).toBe(true);
      expect(await gate().open('n1', '')).toBe('already-open');
    });

    it('takes the rules of a node that leaves with it', async () => {
      await gate().close('n1');
      await gate().leave?.('n1');
      expect(await rules()).toBe('');
    });
  });

  it('says what is missing where neither program can be used, and touches nothing', async () => {
    only = 'nft';
    expect(await gate().problem?.('n1')).toBeNull();
    const bare = without(n1.host, ['nft|is not installed', 'iptables|sudo -n refuses: /usr/sbin/iptables -w']);
    const problem =
      'n1: its firewall cannot keep clients away: nft is not installed; iptables sudo -n refuses: /usr/sbin/iptables -w. Install nftables or iptables';
    expect(await gate(bare).problem?.('n1')).toContain(problem);
    await expect(gate(bare).close('n1')).rejects.toMatchObject({
      kind: 'GateFailed',
      message: expect.stringContaining(problem) as string,
    });
    expect(await rules()).toBe('');
  });

  it('does not take a command’s word that the way is closed', async () => {
    only = 'nft';
    const idle: RemoteHost = new Proxy(n1.host, {
      get: (target, name) =>
        name === 'run' ? () => Promise.resolve({ code: 0, stdout: '', stderr: '' }) : own(target, name),
    });
    await expect(gate(idle).close('n1')).rejects.toMatchObject({
      kind: 'GateFailed',
      message: expect.stringContaining('not in force') as string,
    });
  });

  it('a rule that is missing lets clients in: the test would notice', async () => {
    only = 'nft';
    await gate().close('n1');
    await n1.run('nft', 'flush', 'chain', 'inet', 'hivekeeper-prod-n1', 'input');
    await until(() => reached(CLIENTS));
  });
});

async function answer(connection: Duplex, text: string): Promise<string> {
  connection.write(text);
  const [data] = (await once(connection, 'data')) as [Buffer];
  return data.toString();
}

const withoutNft = (host: RemoteHost): RemoteHost => without(host, ['nft|is not installed']);

/** The host, with these lines besides in the answer to what is missing there. */
function without(host: RemoteHost, missing: readonly string[]): RemoteHost {
  return new Proxy(host, {
    get: (target, name) =>
      name === 'script'
        ? async (...args: Parameters<RemoteHost['script']>) => {
            const result = await target.script(...args);
            return { ...result, stdout: `${missing.join('\n')}\n${result.stdout}` };
          }
        : own(target, name),
  });
}

function own(host: RemoteHost, name: string | symbol): unknown {
  const value: unknown = Reflect.get(host, name);
  return typeof value === 'function' ? (value.bind(host) as unknown) : value;
}
