/** Lines `key:value` of a Java properties file; a key without a value is left out. */
export function renderProperties(values: Readonly<Record<string, string | number | boolean | undefined>>): string {
  return Object.entries(values)
    .flatMap(([key, value]) => (value === undefined ? [] : [`${key}:${escapeValue(String(value))}\n`]))
    .join('');
}

/** A backslash begins an escape, and leading blanks are dropped. Placeholders of secrets are left as they are. */
const escapeValue = (value: string): string => value.replace(/\\/g, '\\\\').replace(/^ /, '\\ ');
