import { nodeVariables } from '../override/node-variables.js';
import { mapTexts, writeElement, type Element } from './element.js';

/** A host with what its configuration may name in place of an own value. */
export interface OverriddenHost {
  readonly name: string;
  readonly root: Element;
  readonly address: string;
  readonly clusterAddress: string;
  readonly loopback: string;
  readonly home: string;
}

const pathOf = (path: readonly Element[]): string => path.map(({ name }) => name).join('/');

/** Every member stands in the list of each, so nothing in it is a node's own. */
const isShared = (path: string): boolean => path.startsWith('hivemq/cluster/discovery/');

/** Paths at which the hosts have other values; with a single host its addresses. */
function ownPaths(hosts: readonly OverriddenHost[]): Set<string> {
  const found = new Map<string, Set<string>>();
  for (const { name, root } of hosts) {
    const texts = new Map<string, string[]>();
    mapTexts(root, (text, path) => {
      texts.set(pathOf(path), [...(texts.get(pathOf(path)) ?? []), text]);
      return text;
    });
    for (const [path, all] of texts) {
      const key = hosts.length === 1 && path.endsWith('/bind-address') ? name : all.sort().join('\n');
      found.set(path, (found.get(path) ?? new Set()).add(key));
    }
  }
  const isOwn = (path: string, values: Set<string>): boolean =>
    values.size > 1 || (hosts.length === 1 && path.endsWith('/bind-address'));
  return new Set([...found].flatMap(([path, values]) => (isOwn(path, values) && !isShared(path) ? [path] : [])));
}

const variables = [
  'HIVEKEEPER_CLUSTER_ADDRESS',
  'HIVEKEEPER_LOOPBACK',
  'HIVEKEEPER_ADDRESS',
  'HIVEKEEPER_NODE',
] as const;

function substituted(host: OverriddenHost, own: ReadonlySet<string>): Element {
  const values = nodeVariables(host);
  return mapTexts(host.root, (text, path) => {
    if (!own.has(pathOf(path))) return text;
    const name = variables.find((one) => values[one] === text);
    if (name !== undefined) return `\${${name}}`;
    return text.startsWith(`${host.home}/`) ? `\${HIVEKEEPER_HOME}${text.slice(host.home.length)}` : text;
  });
}

/** The config.xml of each host with variables in place of what is its own. They mean the same where one text serves all. */
export function overrideTexts(hosts: readonly OverriddenHost[]): Record<string, string> {
  const own = ownPaths(hosts);
  return Object.fromEntries(hosts.map((host) => [host.name, writeElement(substituted(host, own))]));
}

const any = /\$\{(?:ENV:)*([^{}]*)\}/g;

/** A `configOverride` as a host reads it. */
export function filledOverride(text: string, host: OverriddenHost): string {
  const values = nodeVariables(host);
  return text.replace(any, (all, name: string) => values[name] ?? all);
}

/** Names of all other placeholders, which the spec must give a value. */
export function openPlaceholders(text: string): string[] {
  const names = [...text.matchAll(any)].map(([, name = '']) => name);
  return [...new Set(names.filter((name) => !name.startsWith('HIVEKEEPER_')))].sort();
}
