import { z } from 'zod';
import { brokerSchema } from '../../../spec/broker.js';
import { commonShape } from '../../../spec/common.js';

const broker = brokerSchema.partial().extend({ product: z.literal('hivemq'), package: z.unknown().optional() });

/**
 * What somebody says of a cluster that runs already: the part of a spec that hosts cannot tell. Every other key of a
 * spec may stand here too; it wins over what is read and must agree with it.
 */
export const adoptRequestSchema = z.looseObject({
  name: commonShape.name,
  broker: z.looseObject(broker.shape),
  ssh: z.unknown(),
  hosts: z.array(z.looseObject({ name: z.string(), address: z.string() })).min(1),
});
export type AdoptRequest = z.infer<typeof adoptRequestSchema>;
