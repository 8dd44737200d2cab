import { z } from 'zod';
import { clientsPerSecond } from '../spec/policy.js';

/** The signal `setDrainRate`: how fast clients are moved from now on, at one node or at all that the operation drains. */
export const setDrainRateSchema = z.strictObject({
  clientsPerSecond: clientsPerSecond.describe('Clients that are moved in a second, instead of the policy’s number.'),
  node: z.string().optional().describe('The node that it is for; default: all, those included that follow.'),
});
export type SetDrainRate = z.infer<typeof setDrainRateSchema>;

/** Answer of the query `drainRates`: what was set since the operation began. */
export const drainRatesSchema = z.object({
  /** Null: the policy’s. */
  all: z.number().nullable(),
  /** Host name -> its own. */
  nodes: z.record(z.string(), z.number()),
});
export type DrainRates = z.infer<typeof drainRatesSchema>;

export const policyRates: DrainRates = { all: null, nodes: {} };

/** One for all replaces what single nodes were given before. */
export function withDrainRate({ all, nodes }: DrainRates, { clientsPerSecond: rate, node }: SetDrainRate): DrainRates {
  return node === undefined ? { all: rate, nodes: {} } : { all, nodes: { ...nodes, [node]: rate } };
}

/** Null: as the policy says. */
export function drainRateOf({ all, nodes }: DrainRates, node: string): number | null {
  return (Object.hasOwn(nodes, node) ? nodes[node] : undefined) ?? all;
}
