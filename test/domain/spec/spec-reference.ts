import { z } from 'zod';
import { specJsonSchema } from '../../../src/domain/spec/index.js';

/** The part of JSON Schema that the specs use. */
interface Node {
  description?: string;
  type?: string;
  default?: unknown;
  const?: string | number | boolean;
  enum?: (string | number | boolean)[];
  anyOf?: Node[];
  oneOf?: Node[];
  items?: Node | boolean;
  properties?: Record<string, Node>;
  additionalProperties?: Node | boolean;
  required?: string[];
  not?: unknown;
}

const scalar = z.union([z.string(), z.number(), z.boolean()]);

const node: z.ZodType<Node> = z.lazy(() =>
  z.looseObject({
    description: z.string().optional(),
    type: z.string().optional(),
    default: z.unknown().optional(),
    const: scalar.optional(),
    enum: z.array(scalar).optional(),
    anyOf: z.array(node).optional(),
    oneOf: z.array(node).optional(),
    items: z.union([node, z.boolean()]).optional(),
    properties: z.record(z.string(), node).optional(),
    additionalProperties: z.union([node, z.boolean()]).optional(),
    required: z.array(z.string()).optional(),
    not: z.unknown().optional(),
  }),
);

/** One key of a spec file. */
export interface SpecKey {
  readonly path: string;
  readonly kind: string;
  readonly required: boolean;
  readonly fallback: string;
  readonly text: string;
}

const alternatives = (one: Node): Node[] => one.anyOf ?? one.oneOf ?? [];
const isEmpty = (value: unknown) => typeof value === 'object' && value !== null && Object.keys(value).length === 0;

function kindOf(one: Node): string {
  if (one.not !== undefined) return 'nothing';
  if (one.const !== undefined) return `\`${String(one.const)}\``;
  if (one.enum) return one.enum.map((value) => `\`${String(value)}\``).join(', ');
  const kinds = [...new Set(alternatives(one).map(kindOf))];
  if (kinds.length > 0) return kinds.join(' or ');
  if (one.type === 'array')
    return typeof one.items === 'object' && !one.items.not ? `list of ${kindOf(one.items)}` : 'list';
  return (
    { string: 'text', integer: 'whole number', boolean: 'true, false', object: 'mapping' }[one.type ?? ''] ?? 'any'
  );
}

function fallbackOf(one: Node): string {
  if (one.default === undefined || isEmpty(one.default)) return '';
  return `\`${JSON.stringify(one.default).replaceAll('"', '')}\``;
}

/** The keys of several alternatives: a key is required when each alternative requires it. */
function merge(alternativeKeys: readonly SpecKey[][]): SpecKey[] {
  const merged = new Map<string, SpecKey[]>();
  for (const key of alternativeKeys.flat()) merged.set(key.path, [...(merged.get(key.path) ?? []), key]);
  return [...merged.values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const kind = [...new Set(same.map((key) => key.kind))].join(' or ');
    const text = [...new Set(same.map((key) => key.text))].join(' Or: ');
    const required = same.length === alternativeKeys.length && same.every((key) => key.required);
    return [{ ...first, kind, text, required }];
  });
}

function walk(one: Node, path: string): SpecKey[] {
  return [
    ...Object.entries(one.properties ?? {}).flatMap(([key, child]): SpecKey[] => {
      const below = path === '' ? key : `${path}.${key}`;
      const required = (one.required ?? []).includes(key);
      const text = child.description ?? '';
      return [{ path: below, kind: kindOf(child), required, fallback: fallbackOf(child), text }, ...walk(child, below)];
    }),
    ...merge(alternatives(one).map((option) => walk(option, path))),
    ...(typeof one.items === 'object' ? walk(one.items, `${path}[]`) : []),
    ...(typeof one.additionalProperties === 'object' ? walk(one.additionalProperties, `${path}.<name>`) : []),
  ];
}

/** Every key of a product's spec, in the order of the schema. */
export const specKeys = (product: string): SpecKey[] => walk(node.parse(specJsonSchema(product)), '');

const cell = (text: string) => text.replaceAll('|', '\\|');

/** The reference page of the spec, made from the schema. */
export function specReference(product: string): string {
  const rows = specKeys(product).map(
    ({ path, kind, required, fallback, text }) =>
      `| \`${path}\` | ${cell(kind)} | ${required ? 'required' : fallback} | ${cell(text)} |`,
  );
  return `# The cluster spec

Every key of a spec for the product \`${product}\`. This page is made from the schema: \`npx vitest run
test/domain/spec/reference.test.ts -u\` writes it again. \`hivekeeper schema\` prints the same as JSON Schema, and
\`hivekeeper validate FILE\` names everything that is wrong with a file, with its line.

- One YAML 1.2 or JSON file. Unknown keys, and keys that stand twice, are errors.
- Durations are a whole number with a unit: \`250ms\`, \`30s\`, \`6m\`, \`2h\`, \`1d\`. Where a key says milliseconds it is the
  broker's own, and a bare number.
- Versions are text of three numbers, such as \`"4.30.0"\`.
- Content is one of \`{ file }\`, \`{ url, sha256 }\`, \`{ text }\`, \`{ base64 }\` and \`{ stored }\`; paths are relative to the spec.
- A secret is a reference, \`{ env: NAME }\` or \`{ file: PATH }\`, that is resolved at the worker.
- An address to bind is an IP address, \`host\` for each host's own cluster address, or \`loopback\` for its loopback.
- Text that could mean something to a shell, control characters included, is refused wherever it would reach a host.

| Key | Value | Default | Meaning |
|---|---|---|---|
${rows.join('\n')}
`;
}
