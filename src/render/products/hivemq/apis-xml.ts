import { resolveBindAddress, type BindAddress, type HivemqSpec } from '../../../domain/products/hivemq/spec/index.js';
import type { ResolvedHost } from '../../../domain/spec/index.js';
import type { XmlTree } from '../../xml.js';
import { controlCenterPasswordVariable } from './key-material.js';
import { listenerTlsXml } from './listener-tls-xml.js';
import { placeholder } from './placeholder.js';
import { controlCenterUse } from './stores.js';

interface Api {
  readonly port: number;
  readonly bindAddress: BindAddress;
}

const at = ({ port, bindAddress }: Api, host: ResolvedHost): XmlTree => ({
  port,
  'bind-address': resolveBindAddress(bindAddress, host),
});

/** An API that is off says just that, whatever the broker's own default is. */
export function apiXml(one: Api & { enabled: boolean }, host: ResolvedHost, more: XmlTree = {}): XmlTree {
  if (!one.enabled) return { enabled: false };
  return { enabled: true, ...more, listeners: { http: at(one, host) } };
}

/** The Control Center: its listeners, and its users with a placeholder for the hash of each password. */
export function controlCenterXml(one: HivemqSpec['controlCenter'], host: ResolvedHost): XmlTree {
  if (!one.enabled) return { enabled: false };
  const { https } = one;
  return {
    enabled: true,
    listeners: {
      ...(one.http ? { http: at(one, host) } : {}),
      ...(https ? { https: { ...at(https, host), tls: listenerTlsXml(controlCenterUse, https.tls, host) } } : {}),
    },
    ...(one.users.length === 0
      ? {}
      : {
          users: {
            user: one.users.map(({ name }, index) => ({
              name,
              password: placeholder(controlCenterPasswordVariable(index)),
            })),
          },
        }),
  };
}
