/**
 * Aligned columns, two spaces apart, without trailing blanks. A column that is empty in all rows is left out.
 * @param head titles of the columns
 */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const used = head.map((_, column) => rows.some((row) => (row[column] ?? '') !== ''));
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)));
  return [head, ...rows].map((row) =>
    head
      .map((_, column) => (row[column] ?? '').padEnd(widths[column] ?? 0))
      .filter((_, column) => used[column])
      .join('  ')
      .trimEnd(),
  );
}
