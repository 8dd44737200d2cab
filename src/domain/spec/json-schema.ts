import { z } from 'zod';
import { HivekeeperError } from '../errors/index.js';
import { productSpecs } from './products/index.js';

/** The products that a spec may name. */
export const specProducts: readonly string[] = Object.keys(productSpecs);

/**
 * The JSON Schema (draft 2020-12) of a spec file of one product: what an author writes, before defaults are filled in.
 * @throws HivekeeperError InvalidInput for a product that is none.
 */
export function specJsonSchema(product: string): z.core.JSONSchema.JSONSchema {
  const schema = Object.hasOwn(productSpecs, product) ? productSpecs[product] : undefined;
  if (!schema)
    throw new HivekeeperError('InvalidInput', `product ${product} is not known; known: ${specProducts.join(', ')}`);
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input', target: 'draft-2020-12' });
  return { $schema, title: `Hivekeeper cluster spec, ${product}`, ...rest };
}
