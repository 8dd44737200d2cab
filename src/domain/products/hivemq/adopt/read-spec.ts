import { formatIssue, parseClusterSpec } from '../../../spec/index.js';
import { asHivemqSpec, discoveryExtensions, type HivemqSpec } from '../spec/index.js';
import { overrideProblems } from '../override/index.js';
import { across } from './across.js';
import { brokerKeys } from './broker-keys.js';
import { extensionKeys, licenseKeys } from './content-keys.js';
import { childAt, textOf, writeElement, type Element } from './element.js';
import { Findings } from './findings.js';
import { hostKeys, hostView } from './host-keys.js';
import type { Installation } from './installation.js';
import { referencePrefix } from './mask-config.js';
import { merge } from './merge.js';
import { neededSecrets } from './needed-secrets.js';
import { filledOverride, openPlaceholders, overrideTexts, type OverriddenHost } from './override-text.js';
import { readApis } from './read-apis.js';
import { readCluster } from './read-cluster.js';
import { readLimits } from './read-limits.js';
import { readListeners } from './read-listeners.js';
import type { Installations, PackedExtensions, SpecReading } from './reading.js';
import type { AdoptRequest } from './request.js';
import { resolveConfig } from './resolve-config.js';
import { configDifferences, sameConfig, type ConfigDifference } from './same-config.js';
import { envKeys, serviceKeys } from './service-keys.js';
import type { HostView, Keys } from './values.js';

/** config.xml of one member, as the renderer writes it, with `${ENV:NAME}` in place of each secret of the spec. */
export type ConfigRenderer = (spec: HivemqSpec, members: readonly string[], name: string) => string;

export interface ReadSpecInput {
  readonly request: AdoptRequest;
  readonly installations: Installations;
  readonly packed: PackedExtensions;
  readonly renderConfig: ConfigRenderer;
}

/** A member as it was read. */
interface Read {
  readonly name: string;
  readonly installation: Installation;
  readonly root: Element;
  readonly view: HostView;
  /** Its entry among `hosts` of the spec. */
  readonly host: Keys;
}

/** Elements of config.xml that keys of a spec say. */
const elements: Readonly<Record<string, string>> = {
  cluster: 'cluster',
  listeners: 'listeners',
  restApi: 'rest-api',
  healthApi: 'health-api',
  controlCenter: 'control-center',
  mqtt: 'mqtt',
  restrictions: 'restrictions',
  security: 'security',
  overloadProtection: 'overload-protection',
};

function readHosts({ request, installations }: ReadSpecInput, findings: Findings): Read[] {
  return Object.entries(installations).flatMap(([name, installation]) => {
    const given = request.hosts.find((one) => one.name === name);
    if (!given) {
      findings.problem(`${name}: was read and is not among hosts`);
      return [];
    }
    const resolved = resolveConfig(installation);
    if (!resolved) {
      findings.problem(
        `${name}: config.xml cannot be taken over: ${installation.configProblem ?? 'it has no root element <hivemq>'}`,
      );
      return [];
    }
    for (const variable of resolved.unset) {
      findings.problem(
        `${name}: the placeholder \${${variable}} of config.xml has no value in the environment of the broker, which then runs with its default configuration`,
      );
    }
    for (const port of silentPorts(resolved.root, installation)) {
      findings.note(
        `${name}: config.xml names a listener at port ${port}, and the broker does not listen there: the file was changed since its start, and counts from the next one on`,
      );
    }
    const home = installation.home === homeOf(request, installations) ? undefined : installation.home;
    const host = hostKeys(given, resolved.root, home);
    return [{ name, installation, root: resolved.root, host, view: hostView(host, given, installation) }];
  });
}

/** Ports of listeners that the running broker has not opened. */
function silentPorts(root: Element, { process, ports }: Installation): string[] {
  if (process === null || ports.length === 0) return [];
  const named = childAt(root, 'listeners')?.children.flatMap((one) => textOf(one, 'port') ?? []) ?? [];
  return named.filter((port) => !ports.some((open) => String(open.port) === port));
}

const homeOf = ({ broker }: AdoptRequest, installations: Installations): string | undefined =>
  broker.home ?? Object.values(installations)[0]?.home;

/** The keys that say the config.xml of one host. */
function configKeys({ root, view }: Read, header: string): Keys {
  return {
    cluster: readCluster(root, view),
    listeners: readListeners(root, view),
    ...readApis(root, view, header),
    ...readLimits(root),
  };
}

const isEnabledExtension = (value: Keys): boolean => value['enabled'] === true;

/** The installed extension that finds the nodes, where one of its kind is there. */
function withDiscovery(keys: Keys, extensions: readonly Keys[]): Keys {
  const { cluster } = keys;
  const found = extensions
    .filter(isEnabledExtension)
    .map(({ id }) => id)
    .filter((id): id is string => typeof id === 'string');
  const known: readonly string[] = Object.values(discoveryExtensions).map(({ id }) => id);
  const extension = found.find((id) => known.includes(id)) ?? found.find((id) => /discovery/.test(id));
  if (extension === undefined || !isDiscoveredByExtension(cluster)) return keys;
  return { ...keys, cluster: merge(keysOf(cluster), { discovery: { type: 'extension', extension } }) };
}

const keysOf = (value: unknown): Keys =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};

const isDiscoveredByExtension = (cluster: unknown): boolean =>
  keysOf(keysOf(cluster)['discovery'])['type'] === 'extension';

/** Differences of one host's rendered config.xml from its own. */
function differencesOf(
  spec: HivemqSpec,
  read: readonly Read[],
  render: ConfigRenderer,
): Map<string, ConfigDifference[]> {
  const members = read.map(({ name }) => name);
  return new Map(
    read.map(({ name, root, view }) => {
      const rendered = render(spec, members, name);
      return [name, configDifferences(rendered, writeElement(root), view)];
    }),
  );
}

interface Attempt {
  readonly spec: Record<string, unknown>;
  readonly problems: readonly string[];
  readonly notes: readonly string[];
}

const parse = (spec: Keys): { readonly spec: HivemqSpec } | { readonly issues: string[] } => {
  const result = parseClusterSpec(spec);
  return result.ok ? { spec: asHivemqSpec(result.spec) } : { issues: result.issues.map(formatIssue) };
};

/** Says what a difference is, for people. */
const sentence = (host: string, { path, a, b }: ConfigDifference): string =>
  `${host}: <${path}> of config.xml is ${b ?? 'not there'}, and the spec says ${a ?? 'nothing of it'}`;

/** The spec with everything in keys; null where keys cannot say it exactly and nothing that was given is at fault. */
function byKeys(input: ReadSpecInput, read: readonly Read[], rest: Keys, keys: Keys): Attempt | null {
  const spec = { ...merge({ ...rest, ...keys }, givenKeys(input.request)) };
  const parsed = parse(spec);
  if ('issues' in parsed) return null;
  const given = Object.entries(elements).flatMap(([key, element]) => (key in input.request ? [element] : []));
  const found = [...differencesOf(parsed.spec, read, input.renderConfig)];
  const all = found.flatMap(([host, differences]) => differences.map((one) => ({ host, one })));
  if (all.length === 0) return { spec, problems: [], notes: [] };
  const ofGiven = all.filter(({ one }) => given.some((element) => one.path.split(/[/[]/)[0] === element));
  if (ofGiven.length === 0) return null;
  return { spec, problems: ofGiven.map(({ host, one }) => sentence(host, one)), notes: [] };
}

/** Hosts and what is nested in `broker` were merged before. */
function givenKeys(request: AdoptRequest): Keys {
  return Object.fromEntries(Object.entries(request).filter(([key]) => key !== 'hosts' && key !== 'nodes'));
}

const textLimit = 64 * 1024;

/** The spec with the whole config.xml, and those keys besides that Hivekeeper relies on. */
function byOverride(input: ReadSpecInput, read: readonly Read[], rest: Keys, keys: Keys, why: string): Attempt {
  const { request } = input;
  const hosts = read.map(({ name, root, view, installation }): OverriddenHost => {
    const { address = '' } = request.hosts.find((one) => one.name === name) ?? {};
    return {
      name,
      root,
      address,
      clusterAddress: view.clusterAddress,
      loopback: view.loopback,
      home: installation.home,
    };
  });
  const texts = overrideTexts(hosts);
  const text = texts[hosts[0]?.name ?? ''] ?? '';
  const env = Object.fromEntries(openPlaceholders(text).map((name) => [name, { env: name }]));
  const { cluster, listeners, restApi, healthApi } = keys;
  const base = { ...rest, cluster, listeners, restApi, healthApi, configOverride: { text } };
  const merged = merge({ ...base, env: { ...keysOf(rest['env']), ...env } }, givenKeys(request));
  const notes = [`config.xml is kept as a whole, as configOverride: ${why}`];
  const differences = hosts.flatMap((host, index) => {
    const view = read[index]?.view;
    return sameConfig(filledOverride(text, host), writeElement(host.root), view).map((one) => `${host.name}: ${one}`);
  });
  if (differences.length > 0) {
    const problems = differences.map(
      (one) => `no spec can say this difference between nodes: ${one}; make them equal first`,
    );
    return { spec: { ...merged }, problems, notes };
  }
  if (text.length > textLimit) {
    const problem = `config.xml has ${text.length} characters, and a spec takes ${textLimit}: give it as configOverride: { file }`;
    return { spec: { ...merged }, problems: [problem], notes };
  }
  const parsed = parse(merged);
  const problems =
    'issues' in parsed ? parsed.issues : overrideProblems(parsed.spec, text).map((one) => `config.xml, ${one}`);
  return { spec: { ...merged }, problems, notes };
}

/** Why keys do not say it: what the hosts do not agree in, or elements that the spec has no key for. */
function reasonOf(input: ReadSpecInput, read: readonly Read[], spec: Keys, differs: string | null): string {
  if (differs !== null) return `its keys are not the same on all nodes (${differs})`;
  const parsed = parse(spec);
  if ('issues' in parsed) return `keys of a spec do not take it (${parsed.issues.slice(0, 3).join('; ')})`;
  const found = [...differencesOf(parsed.spec, read, input.renderConfig)];
  const paths = [...new Set(found.flatMap(([, all]) => all.map(({ path }) => path)))];
  const more = paths.length > 5 ? ` and ${paths.length - 5} more` : '';
  return `a spec has no key that says exactly <${paths.slice(0, 5).join('>, <')}>${more}`;
}

/** The keys of all hosts, where they are the same; what the first has, and in which keys others differ, where not. */
function commonKeys(read: readonly Read[], header: string): { keys: Keys; differs: string | null } {
  const all = read.map((one) => [one.name, configKeys(one, header)] as const);
  const names = [...new Set(all.flatMap(([, keys]) => Object.keys(keys)))];
  const differing = names.filter(
    (key) => across(all.map(([host, keys]) => [host, keys[key] ?? null])).differs !== null,
  );
  return { keys: all[0]?.[1] ?? {}, differs: differing.length > 0 ? differing.join(', ') : null };
}

/** See `specOf`, which gives the renderer. */
export function readSpec(input: ReadSpecInput): SpecReading {
  const { request, installations, packed } = input;
  const findings = new Findings();
  if (Object.keys(installations).length === 0) findings.problem('no host was read');
  const read = readHosts(input, findings);
  const nodes = Object.keys(installations).length;
  if (typeof request['nodes'] === 'number' && request['nodes'] !== nodes) {
    findings.problem(`nodes is ${request['nodes']}, and ${nodes} hosts run the broker: write nodes: ${nodes}`);
  }
  const extensions = extensionKeys(installations, packed, findings);
  const rest: Keys = {
    broker: { ...brokerKeys(request, installations, findings) },
    hosts: request.hosts.map((given) => read.find(({ name }) => name === given.name)?.host ?? given),
    nodes,
    ...serviceKeys(installations, findings),
    env: envKeys(installations, findings),
    licenses: licenseKeys(installations, findings),
    extensions,
  };
  if (read.length === 0 || read.length < nodes) {
    return {
      spec: { ...merge(rest, givenKeys(request)) },
      secrets: [],
      notes: findings.notes,
      problems: findings.problems,
    };
  }
  const { keys: common, differs } = commonKeys(read, `${referencePrefix(request.name)}_REST_API_AUTHORIZATION`);
  const keys = withDiscovery(common, extensions);
  const attempt =
    (differs === null ? byKeys(input, read, rest, keys) : null) ??
    byOverride(
      input,
      read,
      rest,
      keys,
      reasonOf(input, read, merge({ ...rest, ...keys }, givenKeys(request)), differs),
    );
  findings.note(...attempt.notes);
  findings.problem(...attempt.problems);
  const secrets = neededSecrets(attempt.spec, installations, findings);
  return { spec: attempt.spec, secrets, notes: findings.notes, problems: findings.problems };
}
