import type { z } from 'zod';
import type { ClusterSpec } from './common.js';
import type { HostSpec } from './host.js';
import { packageContent } from './package.js';
import { nodeHosts, resolveHost } from './resolved-host.js';
import { parseVersion } from './version.js';

type Context = z.core.$RefinementCtx;

/** Reports each host whose key an earlier host has already; a host is reported once. */
function repeated(
  hosts: readonly HostSpec[],
  rules: readonly Rule[],
): Map<number, { field: keyof HostSpec; message: string }> {
  const found = new Map<number, { field: keyof HostSpec; message: string }>();
  for (const { what, read } of rules) {
    const owners = new Map<string, string>();
    hosts.forEach((host, index) => {
      const key = read(host);
      if (key === null) return;
      const owner = owners.get(key.text);
      if (owner === undefined) owners.set(key.text, host.name);
      else if (!found.has(index))
        found.set(index, { field: key.field, message: `${what} ${key.text} is already that of host ${owner}` });
    });
  }
  return found;
}

interface Rule {
  readonly what: string;
  readonly read: (host: HostSpec) => { readonly text: string; readonly field: keyof HostSpec } | null;
}

function checkHosts(spec: ClusterSpec, context: Context): void {
  const found = repeated(spec.hosts, [
    { what: 'the name', read: (host) => ({ text: host.name, field: 'name' }) },
    {
      what: 'the address',
      read: (host) => ({
        text: `${host.address.toLowerCase()} with SSH port ${resolveHost(spec, host).ssh.port}`,
        field: 'address',
      }),
    },
    {
      what: 'the cluster address',
      read: (host) =>
        host.roles.includes('node')
          ? {
              text: resolveHost(spec, host).clusterAddress.toLowerCase(),
              field: host.clusterAddress === undefined ? 'address' : 'clusterAddress',
            }
          : null,
    },
  ]);
  for (const [index, { field, message }] of found) {
    context.addIssue({ code: 'custom', path: ['hosts', index, field], message });
  }
}

/** The rules that tie keys of the common part together. */
export function checkCommon(spec: ClusterSpec, context: Context): void {
  checkHosts(spec, context);
  const able = nodeHosts(spec).length;
  if (spec.nodes > able) {
    const message = `${spec.nodes} nodes are asked for, and ${able} hosts have the role node`;
    context.addIssue({ code: 'custom', path: ['nodes'], message });
  }
  // A version that is none has been reported where it stands.
  if (parseVersion(spec.broker.version) === null) return;
  const content = packageContent(spec.broker.package, spec.broker.version);
  if (!content.ok) context.addIssue({ code: 'custom', path: ['broker', 'version'], message: content.reason });
}
