import { closest, distance } from 'fastest-levenshtein';
import { z } from 'zod';

/** The objects that may stand where this schema is: through defaults, options, codecs and unions. */
function objectsIn(schema: unknown): z.ZodObject[] {
  if (schema instanceof z.ZodObject) return [schema];
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return objectsIn(schema.unwrap());
  }
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(objectsIn);
  return [];
}

/** The schemas that may be one step further down, through defaults, options, codecs and unions. */
export function childrenOf(schema: unknown, key: string | number): unknown[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return childrenOf(schema.unwrap(), key);
  }
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => childrenOf(option, key));
  if (schema instanceof z.ZodCodec) return childrenOf(schema.def.in, key);
  if (schema instanceof z.ZodArray) return [schema.element];
  if (schema instanceof z.ZodRecord) return [schema.valueType];
  if (schema instanceof z.ZodObject) return Object.hasOwn(schema.shape, key) ? [schema.shape[key]] : [];
  return [];
}

/** The keys that the schema knows at a path, in the order of their declaration. */
export function knownKeys(schema: z.ZodType, path: readonly (string | number)[]): string[] {
  const here = path.reduce<unknown[]>((schemas, key) => schemas.flatMap((one) => childrenOf(one, key)), [schema]);
  return [...new Set(here.flatMap(objectsIn).flatMap((object) => Object.keys(object.shape)))];
}

/** Edits that still count as a slip of the hand; two letters swapped are two edits. */
const tolerance = (name: string) => (name.length < 4 ? 1 : Math.max(2, Math.floor(name.length / 3)));

/** The known name that was probably meant; none when nothing is near. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const lower = name.toLowerCase();
  const best = closest(
    lower,
    known.map((one) => one.toLowerCase()),
  );
  const found = known.find((one) => one.toLowerCase() === best);
  return distance(lower, best) <= tolerance(name) ? found : undefined;
}
