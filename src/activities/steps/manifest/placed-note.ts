import type { Placed } from './place-manifest.js';

/** What was changed on a node, in one line for people. */
export function placedNote({ written, removed, started, stopped }: Placed, others: readonly string[] = []): string {
  const parts: (readonly [string, readonly string[]])[] = [
    ['wrote', [...written, ...others]],
    ['removed', removed],
    ['enabled', started],
    ['disabled', stopped],
  ];
  const said = parts.flatMap(([verb, names]) => (names.length > 0 ? [`${verb} ${names.join(', ')}`] : []));
  return said.length > 0 ? said.join('; ') : 'unchanged';
}
