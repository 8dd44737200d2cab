import { childAt, textOf, type Element } from './element.js';
import { wholePlaceholder } from './mask-config.js';

/** Keys of a spec in the form of a file; what is undefined is not there. */
export type Keys = Readonly<Record<string, unknown>>;

/** A node as its config.xml is read: what stands for words such as `host` there. */
export interface HostView {
  readonly name: string;
  readonly clusterAddress: string;
  readonly loopback: string;
  /** Whether config.xml without a word of the Control Center means one. */
  readonly controlCenterByDefault: boolean;
}

/** Without what is undefined. */
export const compact = (keys: Keys): Keys =>
  Object.fromEntries(Object.entries(keys).filter(([, value]) => value !== undefined));

/** A number where the text is one, else the text, which the schema then refuses by its path. */
export const numberOf = (text: string | undefined): number | string | undefined =>
  text !== undefined && /^-?\d{1,16}$/.test(text) ? Number(text) : text;

export const flagOf = (text: string | undefined): boolean | string | undefined =>
  text === 'true' ? true : text === 'false' ? false : text;

export const numberAt = (element: Element | undefined, ...path: readonly string[]) =>
  numberOf(textOf(element, ...path));
export const flagAt = (element: Element | undefined, ...path: readonly string[]) => flagOf(textOf(element, ...path));

/** The reference that stands for a secret. */
export function secretAt(element: Element | undefined, ...path: readonly string[]): { env: string } | undefined {
  const name = wholePlaceholder.exec(textOf(element, ...path) ?? '')?.[1];
  return name === undefined ? undefined : { env: name };
}

/** The words of a list such as `<protocols><protocol>`; undefined where there is none. */
export function wordsAt(element: Element | undefined, list: string): string[] | undefined {
  const words = childAt(element, list)?.children.map(({ text }) => text) ?? [];
  return words.length === 0 ? undefined : words;
}

type Word = 'host' | 'loopback';

/** An address as a spec says it: by the word for an own address of the host, the first that fits. */
export function bindAt(element: Element | undefined, host: HostView, ...words: readonly Word[]): string | undefined {
  const address = textOf(element, 'bind-address');
  const own: Readonly<Record<Word, string>> = { host: host.clusterAddress, loopback: host.loopback };
  return words.find((one) => own[one] === address) ?? address;
}
