import XMLBuilder from 'fast-xml-builder';

/** A tree of XML: element name -> text, children, or several elements of that name. `@_name` is an attribute, `#comment` a comment. */
export interface XmlTree {
  readonly [name: string]: XmlValue | readonly XmlValue[] | undefined;
}
type XmlValue = string | number | boolean | XmlTree;

const builder = new XMLBuilder({
  format: true,
  indentBy: '    ',
  ignoreAttributes: false,
  attributeNamePrefix: '@_',
  commentPropName: '#comment',
  suppressEmptyNode: true,
  suppressBooleanAttributes: false,
});

/** Writes a document with header, four blanks of indentation, elements in the order of the tree, and all text escaped. */
export function renderXml(tree: XmlTree): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${builder.build(tree)}`;
}
