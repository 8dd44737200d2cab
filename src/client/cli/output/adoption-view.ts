import type { PlannedAdoption } from '../../../domain/plan/index.js';
import { type Line, line } from './line.js';

/** What was read of a cluster that was made by hand: its nodes, the secrets that the worker needs, and what comes later. */
export function adoptionLines({ nodes, secrets, notes }: PlannedAdoption): Line[] {
  return [
    ...nodes.flatMap(({ host, lines }) => [line(host, 'strong'), ...lines.map((text) => line(`  ${text}`))]),
    ...(secrets.length > 0 ? [line('Secrets that the worker needs', 'strong')] : []),
    ...secrets.map(({ reference, where, howToSet, set }) =>
      set
        ? line(`  ✔ { env: ${reference} }: ${where.join(', ')}`, 'good')
        : line(`  ✘ { env: ${reference} }: ${where.join(', ')}; ${howToSet}`, 'bad'),
    ),
    ...(notes.length > 0 ? [line('To know', 'strong')] : []),
    ...notes.map((note) => line(`  - ${note}`)),
    line(''),
  ];
}
