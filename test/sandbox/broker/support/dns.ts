import { type DnsServer as Server, startDnsServer } from '../../../../src/sandbox/services/index.js';
import { dnsRequirement } from '../../../support/service-requirements.js';

/** A real DNS server that knows one name. */
export class DnsServer {
  static readonly record = 'nodes.stage.test';

  private constructor(private readonly server: Server) {}

  static async start(addresses: readonly string[]): Promise<DnsServer> {
    const { program } = await dnsRequirement();
    return new DnsServer(await startDnsServer({ program, records: { [DnsServer.record]: addresses } }));
  }

  get address(): string {
    return `${this.server.address}:${this.server.port}`;
  }

  /** Changes what the name stands for. */
  set(addresses: readonly string[]): Promise<void> {
    return this.server.setRecords({ [DnsServer.record]: addresses });
  }

  stop(): Promise<void> {
    return this.server.stop();
  }
}
