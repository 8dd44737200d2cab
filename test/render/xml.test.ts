import { XMLParser } from 'fast-xml-parser';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderXml } from '../../src/render/xml.js';

const parser = new XMLParser({ ignoreAttributes: false, parseTagValue: false, trimValues: false });
const text = fc.string({ unit: 'grapheme', minLength: 1 });

/** What is left between the tags: never a bare `<`, and every `&` begins an entity. */
const isEscaped = (xml: string) =>
  !/[<>]/.test(xml.replace(/<[^<>]*>/g, '')) && !/&(?!(amp|lt|gt|quot|apos);)/.test(xml);

describe('renderXml', () => {
  it('escapes whatever stands in texts and attributes', () => {
    fc.assert(
      fc.property(text, text, (value, attribute) => {
        const xml = renderXml({ root: { '@_a': attribute, child: value } });
        expect(isEscaped(xml), xml).toBe(true);
        expect(parser.parse(xml)).toMatchObject({ root: { '@_a': attribute, child: value } });
      }),
    );
  });

  it.each(['</child><evil/>', 'a & b', '"\'', ']]>', '<!-- x', '&amp;', '${ENV:X}'])('keeps %j as text', (value) => {
    const xml = renderXml({ root: { child: value } });
    expect(isEscaped(xml)).toBe(true);
    expect(parser.parse(xml)).toMatchObject({ root: { child: value } });
  });

  it('has a header, four blanks of indentation, and the order of the tree', () => {
    expect(renderXml({ z: { b: 1, a: [true, 'x'], empty: '' } })).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<z>\n    <b>1</b>\n    <a>true</a>\n    <a>x</a>\n    <empty/>\n</z>\n',
    );
  });
});
