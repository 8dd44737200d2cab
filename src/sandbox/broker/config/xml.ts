import { XMLParser } from 'fast-xml-parser';
import { isObject } from '../../wire/guards.js';
import { mustBeWellFormed } from './well-formed.js';

/** Read access to one XML element: a missing one answers with defaults, as the vendor's reader does. */
export class Element {
  constructor(private readonly value: unknown) {}

  child(...path: string[]): Element {
    let value = this.value;
    for (const name of path) {
      const first: unknown = Array.isArray(value) ? value[0] : value;
      value = isObject(first) ? first[name] : undefined;
    }
    return new Element(value);
  }

  /** All elements of that name, none when absent. */
  all(name: string): Element[] {
    const { value } = this.child(name);
    if (value === undefined) return [];
    return (Array.isArray(value) ? value : [value]).map((entry: unknown) => new Element(entry));
  }

  get exists(): boolean {
    return this.value !== undefined;
  }

  text(fallback: string): string {
    const value: unknown = Array.isArray(this.value) ? this.value[0] : this.value;
    return typeof value === 'string' && value !== '' ? value : fallback;
  }

  /** A value that is no number is ignored without a word, as in the Community Edition. */
  number(fallback: number): number {
    const text = this.text('');
    return /^-?\d+$/.test(text.trim()) ? Number(text) : fallback;
  }

  flag(fallback: boolean): boolean {
    const text = this.text('').trim().toLowerCase();
    return text === 'true' ? true : text === 'false' ? false : fallback;
  }
}

/** @throws when the text is not well-formed or its root is not `hivemq` */
export function parseXml(xml: string, root: string): Element {
  mustBeWellFormed(xml);
  const parsed: unknown = new XMLParser({ parseTagValue: false, trimValues: true, ignoreAttributes: true }).parse(xml);
  const document = new Element(parsed).child(root);
  if (!document.exists) throw new Error(`The root element is not <${root}>.`);
  return document;
}

/** An unset placeholder; the vendor's message, with the variable's name. */
export class UnsetPlaceholder extends Error {
  constructor(readonly variable: string) {
    super(`Environment Variable ${variable} for HiveMQ config.xml is not set.`);
  }
}

/** `${VAR}` and `${ENV:VAR}`; a system property wins over the environment (Community Edition, EnvironmentVariables). */
export function fillPlaceholders(xml: string, properties: ReadonlyMap<string, string>, env: NodeJS.ProcessEnv): string {
  return xml.replace(/\$\{(?:ENV:)*(.*?)\}/g, (_match, name: string) => {
    const value = properties.get(name) ?? env[name];
    if (value === undefined) throw new UnsetPlaceholder(name);
    return value;
  });
}
