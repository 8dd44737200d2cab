/** A value that all hosts must have in common. */
export interface Common<T> {
  readonly value: T | undefined;
  /** What the hosts say, where they do not agree: `4.29.0 on n1 and 4.30.0 on n2, n3`. */
  readonly differs: string | null;
}

/** What all hosts say; hosts without a word of it (undefined) are left out. */
export function across<T>(
  values: readonly (readonly [string, T | undefined])[],
  shown: (value: T) => string = String,
): Common<T> {
  const groups = new Map<string, { value: T; hosts: string[] }>();
  for (const [host, value] of values) {
    if (value === undefined) continue;
    const key = JSON.stringify(value);
    const group = groups.get(key) ?? { value, hosts: [] };
    group.hosts.push(host);
    groups.set(key, group);
  }
  const all = [...groups.values()];
  const differs = all.map(({ value, hosts }) => `${shown(value)} on ${hosts.join(', ')}`).join(' and ');
  return { value: all[0]?.value, differs: all.length > 1 ? differs : null };
}
