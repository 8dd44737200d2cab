import { z } from 'zod';

/** As much of an OpenAPI schema as the vendor's document uses. */
export interface Schema {
  readonly $ref?: string | undefined;
  readonly type?: string | undefined;
  readonly nullable?: boolean | undefined;
  readonly enum?: readonly unknown[] | undefined;
  readonly required?: readonly string[] | undefined;
  readonly properties?: Readonly<Record<string, Schema>> | undefined;
  readonly items?: Schema | undefined;
}

const schemaSchema: z.ZodType<Schema> = z.object({
  $ref: z.string().optional(),
  type: z.string().optional(),
  nullable: z.boolean().optional(),
  enum: z.array(z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  properties: z
    .record(
      z.string(),
      z.lazy(() => schemaSchema),
    )
    .optional(),
  items: z.lazy(() => schemaSchema).optional(),
});

export const documentSchema = z.object({
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.looseObject({
        responses: z
          .record(
            z.string(),
            z.looseObject({
              content: z.record(z.string(), z.looseObject({ schema: schemaSchema.optional() })).optional(),
            }),
          )
          .optional(),
      }),
    ),
  ),
  components: z.object({ schemas: z.record(z.string(), schemaSchema) }),
});
export type OpenApi = z.infer<typeof documentSchema>;

/** Where a value departs from its schema: wrong type, value outside an enumeration, field that is missing or not documented. */
export function departures(api: OpenApi, schema: Schema, value: unknown, at = '$'): string[] {
  if (schema.$ref !== undefined) {
    const target = api.components.schemas[schema.$ref.split('/').at(-1) ?? ''];
    return target ? departures(api, target, value, at) : [`${at}: ${schema.$ref} is not defined`];
  }
  if (value === null) return schema.nullable === true ? [] : [`${at}: null`];
  if (schema.enum && !schema.enum.includes(value))
    return [`${at}: ${JSON.stringify(value)} is none of ${schema.enum.join(', ')}`];
  if (Array.isArray(value)) {
    const { items } = schema;
    return schema.type === 'array' && items
      ? value.flatMap((item, n) => departures(api, items, item, `${at}[${n}]`))
      : [`${at}: an array`];
  }
  if (typeof value === 'object') return ofObject(api, schema, value, at);
  const expected = schema.type === 'integer' ? 'number' : schema.type;
  return expected === undefined || expected === typeof value ? [] : [`${at}: ${typeof value} instead of ${expected}`];
}

function ofObject(api: OpenApi, schema: Schema, value: object, at: string): string[] {
  if (schema.properties === undefined) return [];
  const known = schema.properties;
  const missing = (schema.required ?? [])
    .filter((name) => !Object.hasOwn(value, name))
    .map((name) => `${at}.${name}: missing`);
  const wrong = Object.entries(value).flatMap(([name, field]) => {
    const of = known[name];
    return of ? departures(api, of, field, `${at}.${name}`) : [`${at}.${name}: not documented`];
  });
  return [...missing, ...wrong];
}
