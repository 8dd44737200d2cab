import { mapTexts, readElement, type Element } from './element.js';
import type { Installation } from './installation.js';
import { reference } from './mask-config.js';

const placeholder = /\$\{(?:ENV:)*([^{}]*)\}/g;

/** Elements whose `path` counts from the broker's home. */
const isStore = (name: string | undefined): boolean => name?.endsWith('store') === true;

export interface ResolvedConfig {
  /** What the running broker read, with references in place of secrets. */
  readonly root: Element;
  /** Placeholders without a value; with one of them the broker takes its default configuration instead. */
  readonly unset: readonly string[];
}

/** config.xml of a host with its placeholders filled in from the environment of the broker; null where there is none. */
export function resolveConfig({ config, environment, secrets, home }: Installation): ResolvedConfig | null {
  const root = config === null ? undefined : readElement(config);
  if (root?.name !== 'hivemq') return null;
  const known = new Set(secrets.map((one) => one.reference));
  const unset = new Set<string>();
  const filled = mapTexts(root, (text, path) => {
    const value = text.replace(placeholder, (all, name: string) => {
      if (known.has(name)) return reference(name);
      const found = Object.hasOwn(environment, name) ? environment[name] : undefined;
      if (found === undefined) unset.add(name);
      return found ?? all;
    });
    const isRelative = path.at(-1)?.name === 'path' && isStore(path.at(-2)?.name) && !value.startsWith('/');
    return isRelative ? `${home}/${value}` : value;
  });
  return { root: filled, unset: [...unset] };
}
