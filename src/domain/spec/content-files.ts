import { z } from 'zod';
import { HivekeeperError } from '../errors/index.js';
import type { ClusterSpec } from './common.js';
import { base64ContentSchema, type Content, fileContentSchema, textContentSchema } from './content.js';
import { formatIssue, formatPath } from './issue.js';
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

/** A content that stands in a spec itself, and where. */
export interface InlineContent {
  readonly path: Path;
  readonly content: Extract<Content, { readonly text: string } | { readonly base64: string }>;
}

/** The schemas that may be here, unions and wrappers taken apart. */
function alternatives(schema: unknown): unknown[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return alternatives(schema.unwrap());
  }
  return schema instanceof z.ZodUnion ? schema.options.flatMap(alternatives) : [schema];
}

/** A described copy of a schema shares its definition. */
const allows = (schemas: readonly unknown[], form: z.ZodObject): boolean =>
  schemas.some((schema) => alternatives(schema).some((one) => one instanceof z.ZodObject && one.def === form.def));

/** What stands in the place of a content of one of these forms. */
type Visit<Form extends z.ZodObject> = (content: z.output<Form>, path: Path) => unknown;

/** Goes through a spec along its schema: `{ file }` is a content only where the schema has one; a secret looks alike. */
function walk<Form extends z.ZodObject>(
  value: unknown,
  schemas: readonly unknown[],
  path: Path,
  forms: readonly Form[],
  visit: Visit<Form>,
): unknown {
  if (typeof value !== 'object' || value === null) return value;
  for (const form of forms) {
    const read = allows(schemas, form) ? form.safeParse(value) : undefined;
    if (read?.success === true) return visit(read.data, path);
  }
  const below = (key: string | number, item: unknown): unknown =>
    walk(
      item,
      schemas.flatMap((schema) => childrenOf(schema, key)),
      [...path, key],
      forms,
      visit,
    );
  if (Array.isArray(value)) return value.map((item: unknown, index) => below(index, item));
  return Object.fromEntries(Object.entries(value).map(([key, item]: [string, unknown]) => [key, below(key, item)]));
}

function walkSpec<Form extends z.ZodObject>(spec: ClusterSpec, forms: readonly Form[], visit: Visit<Form>): unknown {
  const chosen = chooseSchema(spec);
  if ('issue' in chosen) throw new HivekeeperError('InvalidInput', formatIssue(chosen.issue));
  return walk(spec, [chosen.schema], [], forms, visit);
}

/** Every `{ file }` of a spec that is a content; secrets and the package, which has a template, are none. */
export function contentFiles(spec: ClusterSpec): ContentFile[] {
  const found: ContentFile[] = [];
  walkSpec(spec, [fileContentSchema], ({ file }, path) => {
    found.push({ path, file });
    return { file };
  });
  return found;
}

/** The spec with its files named as they lie in the content store. @param stored by the path of the file */
export function withStoredFiles(spec: ClusterSpec, stored: ReadonlyMap<string, StoredFile>): ClusterSpec {
  return reviveClusterSpec(walkSpec(spec, [fileContentSchema], ({ file }) => stored.get(file) ?? { file }));
}

const inlineForms = [textContentSchema, base64ContentSchema];

/** Every content whose text or bytes stand in the spec itself. */
export function inlineContents(spec: ClusterSpec): InlineContent[] {
  const found: InlineContent[] = [];
  walkSpec(spec, inlineForms, (content, path) => {
    found.push({ path, content });
    return content;
  });
  return found;
}

/** The spec with these contents named as they lie in the content store. @param stored by `formatPath` of where they stand */
export function withStoredContents(
  spec: ClusterSpec,
  stored: ReadonlyMap<string, Extract<Content, { readonly stored: string }>>,
): ClusterSpec {
  return reviveClusterSpec(walkSpec(spec, inlineForms, (content, path) => stored.get(formatPath(path)) ?? content));
}
