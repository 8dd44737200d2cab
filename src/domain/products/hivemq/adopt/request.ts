import { z } from 'zod';
import { brokerSchema } from '../../../spec/broker.js';
import { commonShape } from '../../../spec/common.js';

const { version, home, user, supervisor, java, javaOptions } = brokerSchema.shape;

/** Without defaults: what is not said is read from the hosts. */
const broker = z.strictObject({
  product: z.literal('hivemq'),
  package: z.unknown().optional(),
  version: version.optional(),
  home: home.unwrap().optional(),
  user: user.unwrap().optional(),
  supervisor: supervisor.unwrap().optional(),
  java: java.unwrap().optional(),
  javaOptions,
});

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
