import { z } from 'zod';
import { HivekeeperError } from '../errors/index.js';
import type { ClusterSpec } from './common.js';
import { fileContentSchema } from './content.js';
import { formatIssue } from './issue.js';
import { childrenOf } from './known-keys.js';
import { chooseSchema, reviveClusterSpec } from './parse.js';

type Path = readonly (string | number)[];

/** A file that a spec names as a content, and where. */
export interface ContentFile {
  readonly path: Path;
  readonly file: string;
}

/** A file that lies in the content store, as a spec names it there. */
export interface StoredFile {
  readonly stored: string;
  readonly name: string;
  readonly bytes: number;
}

/** The schemas that may be here, unions and wrappers taken apart. */
function alternatives(schema: unknown): unknown[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return alternatives(schema.unwrap());
  }
  return schema instanceof z.ZodUnion ? schema.options.flatMap(alternatives) : [schema];
}

/** A described copy of a schema shares its definition. */
const isContentFile = (schema: unknown): boolean =>
  alternatives(schema).some((one) => one instanceof z.ZodObject && one.def === fileContentSchema.def);

/** Goes through a spec along its schema: `{ file }` is a content only where the schema has one; a secret looks alike. */
function walk(
  value: unknown,
  schemas: readonly unknown[],
  path: Path,
  visit: (found: ContentFile) => unknown,
): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const read = schemas.some(isContentFile) ? fileContentSchema.safeParse(value) : undefined;
  if (read?.success === true) return visit({ path, file: read.data.file });
  const below = (key: string | number, item: unknown): unknown =>
    walk(
      item,
      schemas.flatMap((schema) => childrenOf(schema, key)),
      [...path, key],
      visit,
    );
  if (Array.isArray(value)) return value.map((item: unknown, index) => below(index, item));
  return Object.fromEntries(Object.entries(value).map(([key, item]: [string, unknown]) => [key, below(key, item)]));
}

function walkSpec(spec: ClusterSpec, visit: (found: ContentFile) => unknown): unknown {
  const chosen = chooseSchema(spec);
  if ('issue' in chosen) throw new HivekeeperError('InvalidInput', formatIssue(chosen.issue));
  return walk(spec, [chosen.schema], [], visit);
}

/** Every `{ file }` of a spec that is a content; secrets and the package, which has a template, are none. */
export function contentFiles(spec: ClusterSpec): ContentFile[] {
  const found: ContentFile[] = [];
  walkSpec(spec, (file) => {
    found.push(file);
    return file;
  });
  return found;
}

/** The spec with its files named as they lie in the content store. @param stored by the path of the file */
export function withStoredFiles(spec: ClusterSpec, stored: ReadonlyMap<string, StoredFile>): ClusterSpec {
  return reviveClusterSpec(walkSpec(spec, ({ file }) => stored.get(file) ?? { file }));
}
