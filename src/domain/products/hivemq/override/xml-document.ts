import { XMLParser } from 'fast-xml-parser';
import { SyntaxValidator } from 'fast-xml-validator';
import { z } from 'zod';
import { messageOf } from '../../../errors/index.js';

type Path = readonly string[];

const place = z.object({ line: z.number(), col: z.number() });

/** Why the text is no XML, with its line; null where it is. */
export function syntaxFault(xml: string): string | null {
  try {
    SyntaxValidator.validate(xml);
    return null;
  } catch (error) {
    const where = place.safeParse(error);
    const at = where.success ? `line ${where.data.line}, column ${where.data.col}: ` : '';
    return `${at}${messageOf(error)}`;
  }
}

const parser = new XMLParser({ ignoreAttributes: true, parseTagValue: false, trimValues: true });

export const parseXml = (xml: string): unknown => parser.parse(xml);

/** The first value at a path of element names; undefined where there is none. */
function at(tree: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, key) => {
    const one: unknown = Array.isArray(value) ? value[0] : value;
    return typeof one === 'object' && one !== null ? Reflect.get(one, key) : undefined;
  }, tree);
}

/** The text of an element; undefined where there is no such element, or it has others in it. */
export function textAt(tree: unknown, path: Path): string | undefined {
  const value = at(tree, path);
  return typeof value === 'string' ? value : undefined;
}

export const isThere = (tree: unknown, path: Path): boolean => at(tree, path) !== undefined;

/** All elements at a path. */
export function listAt(tree: unknown, path: Path): unknown[] {
  const value = at(tree, path);
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

/** Comments and the like, or a tag: its slash where it closes one, its name, its slash where it closes itself. */
const token =
  /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<[?!][^>]*>|<(\/?)([\w.:-]+)(?:"[^"]*"|'[^']*'|[^'">])*?(\/?)>/g;

/** The line, counted from 1, of the element at a path, or of the nearest one around it that the text has. */
export function lineOf(xml: string, path: Path): number {
  const open: string[] = [];
  let depth = 0;
  let offset = 0;
  for (const { 1: closing, 2: name, 3: empty, index } of xml.matchAll(token)) {
    if (name === undefined) continue;
    if (closing === '/') {
      open.pop();
      continue;
    }
    const isOnPath = open.length === depth && path[depth] === name && open.every((one, level) => one === path[level]);
    if (isOnPath) {
      depth += 1;
      offset = index;
    }
    if (empty !== '/') open.push(name);
  }
  return xml.slice(0, offset).split('\n').length;
}
