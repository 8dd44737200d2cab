import { nodeHosts, resolveHost, type ResolvedHost } from '../../../spec/resolved-host.js';
import { resolveBindAddress } from '../spec/bind-address.js';
import { transportEndpoint } from '../spec/endpoints.js';
import type { HivemqSpec } from '../spec/part.js';
import { expectedValues } from './expectations.js';
import { nodeVariables } from './node-variables.js';
import { isThere, lineOf, listAt, parseXml, syntaxFault, textAt } from './xml-document.js';

const root = 'hivemq';
const placeholder = /\$\{(?:ENV:)*(.*?)\}/g;

/** A config.xml as one host reads it. */
interface Document {
  readonly spec: HivemqSpec;
  readonly host: ResolvedHost;
  /** Placeholders whose values are no secrets are filled in. */
  readonly xml: string;
  readonly tree: unknown;
}

const at = ({ xml }: Document, path: readonly string[], sentence: string): string =>
  `line ${lineOf(xml, [root, ...path])}: ${sentence}`;

function unsetPlaceholders({ env }: HivemqSpec, host: ResolvedHost, xml: string): string[] {
  const own = Object.keys(nodeVariables(host));
  const known = new Set([...own, ...Object.keys(env)]);
  const lines = new Map<string, number>();
  for (const { 1: name = '', index } of xml.matchAll(placeholder)) {
    if (!known.has(name) && !lines.has(name)) lines.set(name, xml.slice(0, index).split('\n').length);
  }
  return [...lines].map(
    ([name, line]) =>
      `line ${line}: the placeholder \${${name}} would have no value, and the broker would start with its default ` +
      `configuration: add ${name} to env, or use one of ${own.join(', ')}`,
  );
}

/** What a secret stands for is not known here and not judged. */
const isOpen = (value: string): boolean => value.includes('${');

function wrongValues(document: Document): string[] {
  return expectedValues(document.spec, document.host).flatMap(({ path, value, fallback, key }) => {
    const found = textAt(document.tree, [root, ...path]) ?? fallback ?? 'not there';
    if (found === value || isOpen(found)) return [];
    return [
      at(document, path, `<${path.join('>/<')}> is ${found}, and ${key} of the spec is ${value}: make both the same`),
    ];
  });
}

/** The vendor takes UDP where nothing is said. */
function missingTransport(document: Document): string[] {
  const { enabled, transport } = document.spec.cluster;
  const path = ['cluster', 'transport', transport.type];
  if (!enabled || isThere(document.tree, [root, ...path])) return [];
  return [
    at(document, path, `no <${path.join('>/<')}>, and cluster.transport.type of the spec is ${transport.type}: add it`),
  ];
}

function missingListeners(document: Document): string[] {
  const { spec, host, tree } = document;
  return spec.listeners.flatMap(({ type, port, bindAddress }) => {
    const path = ['listeners', `${type}-listener`];
    const address = resolveBindAddress(bindAddress, host);
    const isIt = (one: unknown): boolean => {
      const [foundPort = '', foundAddress = '0.0.0.0'] = [textAt(one, ['port']), textAt(one, ['bind-address'])];
      return (foundPort === String(port) || isOpen(foundPort)) && (foundAddress === address || isOpen(foundAddress));
    };
    if (listAt(tree, [root, ...path]).some(isIt)) return [];
    const sentence = `no <${type}-listener> has the port ${port} and the address ${address} that listeners of the spec name: add it, or take the listener out of the spec`;
    return [at(document, path, sentence)];
  });
}

/** The file is the same while nodes come and go, so it names all hosts that may become members. */
function missingNodes(document: Document): string[] {
  const { spec, tree } = document;
  if (!spec.cluster.enabled || spec.cluster.discovery.type !== 'static') return [];
  const path = ['cluster', 'discovery', 'static'];
  const named = listAt(tree, [root, ...path, 'node']).map(
    (one) => `${textAt(one, ['host']) ?? ''} ${textAt(one, ['port']) ?? ''}`,
  );
  if (named.some(isOpen)) return [];
  return nodeHosts(spec).flatMap((each) => {
    const { address, port } = transportEndpoint(spec, resolveHost(spec, each));
    if (named.includes(`${address} ${port}`)) return [];
    const sentence = `<${path.join('>/<')}> has no <node> for host ${each.name}, ${address} port ${port}: name every host with the role node, because Hivekeeper does not change this file as nodes come and go`;
    return [at(document, path, sentence)];
  });
}

const checks: readonly ((document: Document) => string[])[] = [
  wrongValues,
  missingTransport,
  missingListeners,
  missingNodes,
];

function problemsOn(spec: HivemqSpec, host: ResolvedHost, text: string): string[] {
  const values = new Map([...Object.entries(nodeVariables(host)), ...Object.entries(spec.env)]);
  const xml = text.replace(placeholder, (all, name: string) => {
    const value = values.get(name);
    return typeof value === 'string' ? value : all;
  });
  const document: Document = { spec, host, xml, tree: parseXml(xml) };
  return checks.flatMap((check) => check(document));
}

/**
 * What is wrong with a whole config.xml of the user's own, one sentence with its line each: it must be well-formed (the
 * broker would start with its default configuration otherwise), have a value for each placeholder, and say the same as
 * the spec where Hivekeeper relies on it, on every host. None where it may be used.
 */
export function overrideProblems(spec: HivemqSpec, xml: string): string[] {
  const fault = syntaxFault(xml);
  if (fault !== null) return [`is not well-formed: ${fault}; the broker would start with its default configuration`];
  if (!isThere(parseXml(xml), [root])) return ['has no root element <hivemq>: write a whole config.xml'];
  const hosts = nodeHosts(spec).map((host) => resolveHost(spec, host));
  const [first] = hosts;
  const unset = first ? unsetPlaceholders(spec, first, xml) : [];
  return [...unset, ...new Set(hosts.flatMap((host) => problemsOn(spec, host, xml)))];
}
