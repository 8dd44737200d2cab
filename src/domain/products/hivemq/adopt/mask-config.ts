import { looksSecret } from '../../../secrets/looks-secret.js';
import { mapTexts, textOf, type Element } from './element.js';

/** A secret of a config.xml with its value, which must go nowhere but into a comparison. */
export interface FoundSecret {
  readonly reference: string;
  /** Names of elements below the root. */
  readonly path: string;
  readonly kind: 'clear' | 'hash' | 'placeholder';
  /** As it stands in the file; for a placeholder its text. */
  readonly value: string;
}

/** `${NAME}` and `${ENV:NAME}` are the same to the broker. */
export const wholePlaceholder = /^\$\{(?:ENV:)*([^{}]+)\}$/;

/** A text that the broker takes from its environment. */
export const reference = (name: string): string => `\${ENV:${name}}`;

/** Name and password within an address, or a header of HTTP. */
const credentials = /:\/\/[^/\s:@]*:[^@\s]+@|^(Basic|Bearer)\s+\S/i;

const word = (text: string): string =>
  text
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');

/** What references of a cluster begin with. Names that begin with HIVEKEEPER_ are the product's own. */
export function referencePrefix(cluster: string): string {
  const name = word(cluster);
  return /^(HIVEKEEPER|[0-9]|$)/.test(name) ? `N_${name}` : name;
}

/** A reference for a variable of the broker: its own name, unless a spec cannot have it. */
export const referenceTo = (variable: string, cluster: string): string =>
  /^(?!HIVEKEEPER_)[A-Z_][A-Z0-9_]{0,99}$/.test(variable) ? variable : `${referencePrefix(cluster)}_${word(variable)}`;

/** Words for an element: a listener by its port, a user by name, all others as they are called. */
function wordsOf(element: Element): string {
  const { name } = element;
  if (name.endsWith('-listener')) return `LISTENER_${word(textOf(element, 'port') ?? '')}`;
  if (name === 'user') return word(textOf(element, 'name') ?? name);
  return ['listeners', 'tls', 'users'].includes(name) ? '' : word(name);
}

const titleOf = (element: Element): string => {
  const mark = textOf(element, element.name === 'user' ? 'name' : 'port');
  return element.children.length > 0 && mark !== undefined ? `${element.name} ${mark}` : element.name;
};

/** The same config.xml with a reference in place of each value that may be a secret, and these values. */
export function maskConfig(root: Element, cluster: string): { root: Element; found: FoundSecret[] } {
  const found: FoundSecret[] = [];
  const taken = new Set<string>();
  const generated = (path: readonly Element[]): string => {
    const plain = [referencePrefix(cluster), ...path.slice(1).map(wordsOf)].filter((one) => one !== '').join('_');
    let name = plain;
    for (let count = 2; taken.has(name); count += 1) name = `${plain}_${count}`;
    taken.add(name);
    return name;
  };
  const masked = mapTexts(root, (value, path) => {
    const last = path.at(-1);
    if (last === undefined || !(looksSecret(last.name) || credentials.test(value))) return value;
    const title = path.slice(1).map(titleOf).join('/');
    const placeholder = wholePlaceholder.exec(value)?.[1];
    if (placeholder !== undefined) {
      const name = referenceTo(placeholder, cluster);
      found.push({ reference: name, path: title, kind: 'placeholder', value });
      return reference(name);
    }
    const isHash = path.map(({ name }) => name).join('/') === 'hivemq/control-center/users/user/password';
    const name = generated(path);
    found.push({ reference: name, path: title, kind: isHash ? 'hash' : 'clear', value });
    return reference(name);
  });
  return { root: masked, found };
}
