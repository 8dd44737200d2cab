import { transportEndpoint, type HivemqSpec } from '../../../domain/products/hivemq/spec/index.js';
import type { ResolvedHost } from '../../../domain/spec/index.js';
import type { XmlTree } from '../../xml.js';

/**
 * The discovery element. With a static list every member stands in it, the node itself included; S3 and DNS are
 * extensions, with files of their own.
 */
export function discoveryXml(spec: HivemqSpec, members: readonly ResolvedHost[]): XmlTree {
  const { discovery } = spec.cluster;
  switch (discovery.type) {
    case 'static':
      return {
        static: {
          node: members.map((member) => {
            const { address, port } = transportEndpoint(spec, member);
            return { host: address, port };
          }),
        },
      };
    case 'multicast':
      return { multicast: '' };
    case 'broadcast':
      return {
        broadcast: {
          'broadcast-address': discovery.broadcastAddress,
          port: discovery.port,
          'port-range': discovery.portRange,
        },
      };
    case 'extension':
    case 's3':
    case 'dns':
      return { extension: '' };
  }
}
