import { isLoopback, isWildcard, type BindAddress } from '../../bind-address.js';
import { issueIf, type ClusterRule } from './rule.js';

const path = ['cluster', 'transport'];

/** Every node needs an address of its own to bind. */
export const bindAddresses: ClusterRule = ({ cluster: { transport, failureDetection }, nodes }) => {
  if (nodes === 1) return [];
  const { tcpHealthCheck: check } = failureDetection;
  const one = (address: BindAddress) => address !== 'host' && !isWildcard(address);
  const message = (address: BindAddress) =>
    isLoopback(address)
      ? 'other nodes cannot connect to a loopback address: write host'
      : 'every node would bind this one address; use host, the own address of each host';
  return [
    ...issueIf(one(transport.bindAddress), [...path, 'bindAddress'], message(transport.bindAddress)),
    ...(check.enabled && check.bindAddress !== undefined
      ? issueIf(
          one(check.bindAddress),
          ['cluster', 'failureDetection', 'tcpHealthCheck', 'bindAddress'],
          message(check.bindAddress),
        )
      : []),
  ];
};

/** Behind address translation each node has an address of its own, too. */
export const externalAddresses: ClusterRule = ({ cluster: { transport, failureDetection }, hosts, nodes }) => {
  const { tcpHealthCheck: check } = failureDetection;
  const translated =
    transport.externalAddress !== undefined || hosts.some((host) => host.externalAddress !== undefined);
  const perHost = 'every node would be announced at this one address: write externalAddress at each of hosts instead';
  return [
    ...issueIf(nodes > 1 && transport.externalAddress !== undefined, [...path, 'externalAddress'], perHost),
    ...issueIf(
      nodes > 1 && check.externalAddress !== undefined,
      ['cluster', 'failureDetection', 'tcpHealthCheck', 'externalAddress'],
      perHost,
    ),
    ...issueIf(
      transport.externalPort > 0 && !translated,
      [...path, 'externalPort'],
      'goes with an external address: write externalAddress at each of hosts, or leave the port out',
    ),
    ...issueIf(
      check.externalPort > 0 && !translated && check.externalAddress === undefined,
      ['cluster', 'failureDetection', 'tcpHealthCheck', 'externalPort'],
      'goes with an external address: write externalAddress at each of hosts, or leave the port out',
    ),
  ];
};

/** The stores that encrypted transport needs, where nobody makes them. */
export const transportStores: ClusterRule = ({ cluster: { transport }, tls: { issuer } }) => {
  const { tls } = transport;
  if (!tls?.enabled) return [];
  const at = (key: string) => [...path, 'tls', key];
  const authenticates = tls.clientAuthenticationMode !== 'NONE';
  const needed = [
    ['serverKeystore', "the node's key and certificate"],
    ['serverCertificateTruststore', 'the certificates that nodes are checked against'],
    ...(authenticates
      ? ([
          ['clientAuthenticationKeystore', 'the key and certificate that a node shows'],
          ['clientCertificateTruststore', 'the certificates that connecting nodes are checked against'],
        ] as const)
      : []),
  ] as const;
  const missing = needed.filter(([key]) => tls[key] === undefined);
  if (issuer === 'files') {
    return missing.map(([key, what]) => ({
      path: at(key),
      message: `TLS between nodes needs ${what}: name it here, or let Hivekeeper make it with tls: { issuer: internal-ca }`,
    }));
  }
  // A certificate of one's own is not in the truststore that the issuer makes, and the other way round.
  const pairs = [
    ['serverKeystore', 'serverCertificateTruststore'],
    ...(authenticates ? ([['clientAuthenticationKeystore', 'clientCertificateTruststore']] as const) : []),
  ] as const;
  return pairs.flatMap(([key, store]) => {
    if ((tls[key] === undefined) === (tls[store] === undefined)) return [];
    const [given, lacking] = tls[key] === undefined ? [store, key] : [key, store];
    return [
      {
        path: at(lacking),
        message: `${given} is your own, so ${lacking} must be, too: name it, or leave both to tls.issuer`,
      },
    ];
  });
};
