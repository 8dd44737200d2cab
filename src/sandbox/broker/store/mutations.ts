import { type Guarded, list, literal, oneOf, record, text } from '../../wire/guards.js';
import { isQueued, isRetained, isSession, isUnit } from '../../wire/records.js';

const isPut = oneOf(
  record({ kind: literal('session'), session: isSession }),
  oneOf(
    record({ kind: literal('enqueue'), clientId: text, message: isQueued }),
    record({ kind: literal('remove'), clientId: text, ids: list(text) }),
  ),
);
const isWhole = oneOf(
  record({ kind: literal('retained'), retained: isRetained }),
  record({ kind: literal('unit'), unit: isUnit }),
);

/** One durable change; applying it twice is the same as once. */
export const isMutation = oneOf(isPut, isWhole);
export type Mutation = Guarded<typeof isMutation>;
