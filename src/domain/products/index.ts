import { HivekeeperError } from '../errors/index.js';
import type { ClusterSpec } from '../spec/index.js';
import { hivemq } from './hivemq/product.js';
import type { BrokerProduct } from './product.js';

export type { CrossedRelease } from './crossed-release.js';
export { balancerEndpoints } from './balancer-endpoints.js';
export type { DiscoveryBucket, DiscoveryDatagrams, DiscoveryName, DiscoveryNeeds } from './discovery.js';
export type { ClientEndpoint, ClientPort, MetricsEndpoint } from './endpoint.js';
export type { GateListener, GateTarget } from './gate-listener.js';
export type { GivenKeyMaterial, IssuedStores } from './key-material.js';
export {
  type BoundAddress,
  type BrokerProduct,
  type CertificateWish,
  logLevels,
  type LogLevel,
  type NodePorts,
} from './product.js';
export {
  type GivenControlCenterUser,
  type GivenUsers,
  type ProductUsers,
  usersCredentials,
  usersLists,
  usersSettings,
} from './users.js';

/** Every broker product, by the name that `broker.product` gives it. */
const products: Readonly<Record<string, BrokerProduct>> = { [hivemq.name]: hivemq };

/** @throws HivekeeperError InvalidInput for a product that this version does not know. */
export function productOf(spec: ClusterSpec): BrokerProduct {
  const product = products[spec.broker.product];
  if (product) return product;
  const known = Object.keys(products).join(', ');
  throw new HivekeeperError(
    'InvalidInput',
    `${spec.name}: product ${spec.broker.product} is not known; known: ${known}`,
  );
}
