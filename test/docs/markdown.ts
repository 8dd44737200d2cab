/** Rows of cells as a table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)].join('\n');
}

export const code = (text: string): string => `\`${text}\``;
export const codes = (texts: readonly string[]): string => texts.map(code).join(', ');

/** How a page that is made from the program is written again. */
export const madeFrom = (source: string): string =>
  `This page is made from ${source}; \`npx vitest run test/docs/reference.test.ts -u\` writes it again.`;
