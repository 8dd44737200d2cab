/** What the network between hosts lets through, tried out rather than assumed. */
export { type DatagramKind, type DatagramResult, probeDatagrams } from './datagrams.js';
export type { ProbeHost } from './hosts.js';
export { type HostNetwork, readNetworks } from './networks.js';
export { probeTcp, type TcpHost, type TcpResult } from './tcp.js';
