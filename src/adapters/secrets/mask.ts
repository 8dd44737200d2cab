/** Replaces each value in a text, the longest first, so that no part of one survives. Empty values mask nothing. */
export function mask(text: string, values: readonly string[]): string {
  const known = values.filter((value) => value !== '').sort((a, b) => b.length - a.length);
  return known.reduce((masked, value) => masked.replaceAll(value, '***'), text);
}
