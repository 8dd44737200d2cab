import { fillDefaults, type Values } from './defaults.js';
import { readElement, textOf, type Element } from './element.js';

export interface ComparedConfigs {
  /** Whether a file without a word of the Control Center means that there is one; see `fillDefaults`. */
  readonly controlCenterByDefault?: boolean;
}

/** Elements that say something by being there. */
const markers =
  /^cluster\/(discovery\/(extension|multicast|static|broadcast)|transport\/(tcp|udp))$|^(rest|health)-api\/listeners\/http$/;

/** Lists whose elements have a name of their own: path of the element -> what tells one from another. */
const keyed: readonly [RegExp, (one: Element) => string][] = [
  [/^listeners\/[^/]+-listener$/, (one) => textOf(one, 'port') ?? ''],
  [/^cluster\/discovery\/static\/node$/, (one) => `${textOf(one, 'host') ?? ''}:${textOf(one, 'port') ?? ''}`],
  [/^control-center\/users\/user$/, (one) => textOf(one, 'name') ?? ''],
];

/** Lists of plain words, which count as one value. */
const words = /\/(protocols\/protocol|cipher-suites\/cipher-suite|subprotocols\/subprotocol)$/;

function collect(element: Element, path: string, values: Values): void {
  const below = path === '' ? '' : `${path}/`;
  const seen = new Map<string, number>();
  for (const child of element.children) {
    const plain = `${below}${child.name}`;
    if (words.test(plain)) {
      values.set(plain, [values.get(plain), child.text].filter((one) => one !== undefined).join(' '));
      continue;
    }
    const key = keyed.find(([pattern]) => pattern.test(plain))?.[1];
    const name = key ? `${plain}[${key(child)}]` : plain;
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    const own = count === 1 ? name : `${name}[${count}]`;
    if (child.children.length > 0) collect(child, own, values);
    else if (child.text !== '' || markers.test(own)) values.set(own, child.text);
  }
}

/** Every value of a config.xml with the vendor's defaults filled in; undefined where the text is none. */
export function configValues(xml: string, options: ComparedConfigs = {}): Values | undefined {
  const root = readElement(xml);
  if (root?.name !== 'hivemq') return undefined;
  const values: Values = new Map();
  collect(root, '', values);
  fillDefaults(values, options.controlCenterByDefault ?? true);
  // A marker beside its own values says nothing more.
  for (const [path, value] of [...values]) {
    if (value === '' && [...values.keys()].some((one) => one.startsWith(`${path}/`))) values.delete(path);
  }
  return values;
}

/** A value that stands in a file of the worker; nobody can tell here which one it is. */
const unknown = /^\$\{FILE:/;

const shown = (value: string | undefined): string =>
  value === undefined ? 'not there' : value === '' ? 'there' : value;

/** One path at which two config.xml mean different things. */
export interface ConfigDifference {
  /** Names of elements below the root, e.g. `cluster/replication/replica-count`. */
  readonly path: string;
  readonly a: string | undefined;
  readonly b: string | undefined;
}

/** Every difference, by path. @throws never; a text that is no config.xml differs at the path `hivemq` */
export function configDifferences(a: string, b: string, options: ComparedConfigs = {}): ConfigDifference[] {
  const [left, right] = [configValues(a, options), configValues(b, options)];
  if (!left || !right) return [{ path: 'hivemq', a: left && 'a config.xml', b: right && 'a config.xml' }];
  return [...new Set([...left.keys(), ...right.keys()])]
    .sort()
    .map((path) => ({ path, a: left.get(path), b: right.get(path) }))
    .filter(({ a: one, b: other }) => one !== other && ![one, other].some((value) => unknown.test(value ?? '')));
}

/**
 * Where two config.xml mean different things to the broker, one sentence with the path each; none where they mean the
 * same. Comments, order and the vendor's defaults, said or not, make no difference.
 */
export function sameConfig(a: string, b: string, options: ComparedConfigs = {}): string[] {
  return configDifferences(a, b, options).map(
    ({ path, a: one, b: other }) => `${path}: ${shown(one)}, and ${shown(other)}`,
  );
}
