import { XMLParser } from 'fast-xml-parser';
import { z } from 'zod';

/** An element of config.xml. Comments and the order among different names say nothing to the broker and are not kept. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  /** Text of an element without children, without blanks around it. */
  readonly text: string;
}

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
});

const attributesKey = ':@';
const textKey = '#text';
const node = z.record(z.string(), z.unknown());
const texts = z.record(z.string(), z.coerce.string());

function elementOf(value: unknown): Element[] {
  const parsed = node.safeParse(value);
  if (!parsed.success) return [];
  return Object.entries(parsed.data)
    .filter(([name]) => name !== attributesKey && name !== textKey)
    .map(([name, inner]) => {
      const all: unknown[] = Array.isArray(inner) ? inner : [];
      const attributes = texts.safeParse(parsed.data[attributesKey] ?? {});
      const text = all.flatMap((one) => {
        const found = node.safeParse(one);
        const part = found.success ? found.data[textKey] : undefined;
        return typeof part === 'string' || typeof part === 'number' ? [String(part)] : [];
      });
      return {
        name,
        attributes: attributes.success ? attributes.data : {},
        children: all.flatMap(elementOf),
        text: text.join(' ').trim(),
      };
    });
}

/** The root element of a document that is well-formed; undefined for another text. */
export function readElement(xml: string): Element | undefined {
  try {
    const top: unknown = parser.parse(xml);
    return Array.isArray(top) ? top.flatMap(elementOf)[0] : undefined;
  } catch {
    return undefined;
  }
}

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

function lines({ name, attributes, children, text }: Element, indent: string): string[] {
  const tag = [name, ...Object.entries(attributes).map(([key, value]) => `${key}="${escape(value)}"`)].join(' ');
  if (children.length > 0) {
    return [`${indent}<${tag}>`, ...children.flatMap((one) => lines(one, `${indent}    `)), `${indent}</${name}>`];
  }
  return [text === '' ? `${indent}<${tag}/>` : `${indent}<${tag}>${escape(text)}</${name}>`];
}

/** A document with this root, which `readElement` reads back. */
export const writeElement = (root: Element): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${lines(root, '').join('\n')}\n`;

/** The first child at a path of names. */
export function childAt(element: Element | undefined, ...path: readonly string[]): Element | undefined {
  return path.reduce<Element | undefined>((one, name) => one?.children.find((child) => child.name === name), element);
}

/** All children of a name. */
export const childrenOf = (element: Element | undefined, name: string): readonly Element[] =>
  element?.children.filter((child) => child.name === name) ?? [];

/** The text of the child at a path; undefined where there is none. */
export const textOf = (element: Element | undefined, ...path: readonly string[]): string | undefined =>
  childAt(element, ...path)?.text;

/** The tree with each text replaced. `path` has the names from the root on. */
export function mapTexts(
  element: Element,
  change: (text: string, path: readonly Element[]) => string,
  above: readonly Element[] = [],
): Element {
  const path = [...above, element];
  return {
    ...element,
    attributes: Object.fromEntries(
      Object.entries(element.attributes).map(([name, value]) => [
        name,
        change(value, [...path, attribute(name, value)]),
      ]),
    ),
    children: element.children.map((child) => mapTexts(child, change, path)),
    text: element.text === '' ? '' : change(element.text, path),
  };
}

const attribute = (name: string, text: string): Element => ({ name, attributes: {}, children: [], text });
