import { XMLParser } from 'fast-xml-parser';
import { syntaxFault } from '../override/xml-document.js';
import type { AccessList, FoundPermission, FoundRole, FoundUser } from './access-list.js';

/** Blanks stay: the extension takes them as part of a name. Everything is a list of elements, so that none is lost. */
const parser = new XMLParser({
  ignoreAttributes: true,
  parseTagValue: false,
  trimValues: false,
  // Numeric references; of the names that it would decode besides, `foreignEntity` lets none through.
  htmlEntities: true,
  isArray: () => true,
});

type Element = unknown;

/** The elements of that name inside this one. */
function children(element: Element, name: string): Element[] {
  if (typeof element !== 'object' || element === null) return [];
  const found: unknown = Reflect.get(element, name);
  return Array.isArray(found) ? found : [];
}

function textOf(element: Element): string {
  if (typeof element === 'string') return element;
  if (typeof element !== 'object' || element === null) return '';
  const text: unknown = Reflect.get(element, '#text');
  if (Array.isArray(text)) return text.map(String).join('');
  return typeof text === 'string' ? text : '';
}

/** The text of the last element of that name, which counts for the extension; undefined without one. */
function text(element: Element, name: string): string | undefined {
  const last = children(element, name).at(-1);
  return last === undefined ? undefined : textOf(last);
}

/** An enumeration is read without the blanks around it. */
const word = (element: Element, name: string): string | undefined => text(element, name)?.trim();

const below = (element: Element, ...names: readonly string[]): Element[] =>
  names.reduce<Element[]>((found, name) => found.flatMap((one) => children(one, name)), [element]);

const permissionIn = (element: Element): FoundPermission => ({
  topic: text(element, 'topic'),
  activity: word(element, 'activity'),
  qos: word(element, 'qos'),
  retain: word(element, 'retain'),
  sharedSubscription: word(element, 'shared-subscription'),
  sharedGroup: text(element, 'shared-group'),
});

const roleIn = (element: Element): FoundRole => ({
  id: text(element, 'id'),
  permissions: below(element, 'permissions', 'permission').map(permissionIn),
});

const userIn = (element: Element): FoundUser => ({
  name: text(element, 'name'),
  password: text(element, 'password'),
  roles: below(element, 'roles', 'id').map(textOf),
});

const root = 'file-rbac';

/** A reference that XML does not know without a document type: the extension cannot read such a file at all. */
function foreignEntity(xml: string): string | null {
  const text = xml.replace(/<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>/g, '');
  return /&(?!(?:lt|gt|amp|quot|apos|#\d{1,7}|#x[0-9A-Fa-f]{1,6});)[^\s;<]{0,20};?/.exec(text)?.[0] ?? null;
}

/** Reads a credentials.xml of the File RBAC extension; a sentence where it is none. */
export function readCredentials(xml: string): AccessList | { readonly fault: string } {
  const fault = syntaxFault(xml);
  if (fault !== null) return { fault: `is not well-formed: ${fault}` };
  // What entities stand for is decided by the reader, so that two readers may see different users.
  if (/<!(DOCTYPE|ENTITY)/i.test(xml)) return { fault: 'has a document type: remove it, the file needs none' };
  const entity = foreignEntity(xml);
  if (entity !== null) return { fault: `has ${entity}, which stands for nothing in XML: write & as &amp;` };
  const document: unknown = parser.parse(xml);
  if (children(document, root).length !== 1) {
    return { fault: `has no root element <${root}>: it must be a credentials.xml of the File RBAC extension` };
  }
  return {
    users: below(document, root, 'users', 'user').map(userIn),
    roles: below(document, root, 'roles', 'role').map(roleIn),
  };
}
