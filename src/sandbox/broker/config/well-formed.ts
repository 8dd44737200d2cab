/**
 * Checks what the parser is lenient about: every element is closed by its own name, and there is one root.
 * @throws when the text is not well-formed
 */
export function mustBeWellFormed(xml: string): void {
  const text = xml
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/<!\[CDATA\[[\s\S]*?\]\]>/g, '')
    .replace(/<\?[\s\S]*?\?>/g, '')
    .replace(/<![^>]*>/g, '');
  const open: string[] = [];
  let roots = 0;
  const rest = text.replace(
    /<(\/?)([A-Za-z_][\w.:-]*)((?:\s+[\w.:-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/g,
    (_match, closing: string, name: string, _attributes: string, empty: string) => {
      if (closing !== '') {
        const expected = open.pop();
        if (expected !== name) throw new Error(`</${name}> closes <${expected ?? ''}>.`);
      } else {
        if (open.length === 0) roots += 1;
        if (empty === '') open.push(name);
      }
      return '';
    },
  );
  if (rest.includes('<')) throw new Error('A "<" begins no tag.');
  if (open.length > 0) throw new Error(`<${open.join('>, <')}> is not closed.`);
  if (roots !== 1) throw new Error('There must be one root element.');
}
