import { externalEndpoint, resolveBindAddress, type HivemqSpec } from '../../../domain/products/hivemq/spec/index.js';
import type { ResolvedHost } from '../../../domain/spec/index.js';
import type { XmlTree } from '../../xml.js';
import { transportTlsXml } from './transport-tls-xml.js';

function addresses(spec: HivemqSpec, host: ResolvedHost): XmlTree {
  const { bindAddress, bindPort, externalPort } = spec.cluster.transport;
  const external = externalEndpoint(spec, host);
  return {
    'bind-address': resolveBindAddress(bindAddress, host),
    'bind-port': bindPort,
    // The vendor's 0 means the port that is bound.
    ...(external === null
      ? {}
      : { 'external-address': external.address, 'external-port': host.external?.port ?? externalPort }),
  };
}

/** The transport element of one node. */
export function transportXml(spec: HivemqSpec, host: ResolvedHost): XmlTree {
  const { transport } = spec.cluster;
  if (transport.type === 'udp') {
    return {
      udp: {
        ...addresses(spec, host),
        'multicast-enabled': transport.multicastEnabled,
        'multicast-address': transport.multicastAddress,
        'multicast-port': transport.multicastPort,
      },
    };
  }
  return { tcp: { ...addresses(spec, host), ...(transport.tls ? { tls: transportTlsXml(transport.tls, host) } : {}) } };
}
