import { childAt, textOf, type Element } from './element.js';
import type { Installation } from './installation.js';
import type { AdoptRequest } from './request.js';
import { compact, numberAt, type HostView, type Keys } from './values.js';

type GivenHost = AdoptRequest['hosts'][number];

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const isAnywhere = (address: string): boolean => ['0.0.0.0', '::'].includes(address);
const isLocal = (address: string): boolean => address.startsWith('127.') || address === '::1';

/** Where the element of cluster transport is. */
const transportOf = (root: Element): Element | undefined =>
  childAt(root, 'cluster', 'transport', 'tcp') ?? childAt(root, 'cluster', 'transport', 'udp');

/** The address of its own loopback that an API of the host listens at, where it is not the usual one. */
function loopbackOf(root: Element): string | undefined {
  const addresses = ['health-api', 'rest-api', 'control-center'].map((api) =>
    textOf(root, api, 'listeners', 'http', 'bind-address'),
  );
  return addresses.find((one) => one !== undefined && one.startsWith('127.') && one !== '127.0.0.1');
}

/** A host of the spec: what is given, and what its config.xml says of its addresses. */
export function hostKeys(given: GivenHost, root: Element, home: string | undefined): Keys {
  const transport = textOf(root, 'cluster', 'enabled') === 'true' ? transportOf(root) : undefined;
  const bound = textOf(transport, 'bind-address');
  const external = textOf(transport, 'external-address');
  const port = numberAt(transport, 'external-port');
  const isOwn = bound !== undefined && !isAnywhere(bound) && bound !== given.address;
  return compact({
    clusterAddress: isOwn && (!isLocal(bound) || isLocal(given.address)) ? bound : undefined,
    externalAddress: external,
    externalPort: external !== undefined && port !== 0 ? port : undefined,
    loopback: loopbackOf(root),
    home,
    ...given,
  });
}

/** Where the process does not run, the vendor's default counts. */
function hasControlCenter({ process, ports }: Installation): boolean {
  return process === null || ports.some(({ protocol, port }) => protocol === 'tcp' && port === 8080);
}

/** How config.xml of a host is read. */
export const hostView = (keys: Keys, given: GivenHost, installation: Installation): HostView => ({
  name: given.name,
  clusterAddress: text(keys['clusterAddress']) ?? given.address,
  loopback: text(keys['loopback']) ?? '127.0.0.1',
  controlCenterByDefault: hasControlCenter(installation),
});
