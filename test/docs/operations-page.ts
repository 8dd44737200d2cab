import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { z } from 'zod';
import { operationInput } from '../../src/client/cli/commands/operations/operation-input.js';
import {
  commonInput,
  isOperationType,
  operationDefinition,
  type OperationDefinition,
  operations,
  taskQueue,
} from '../../src/domain/operations/index.js';
import { stepDefinition, isStepKind, steps } from '../../src/domain/steps/index.js';
import { bareProgram } from './bare-program.js';
import { shellWords } from './command-lines.js';
import { code, codes, madeFrom, table } from './markdown.js';

const fieldSchema = z.looseObject({
  type: z.string().optional(),
  enum: z.array(z.string()).optional(),
  const: z.union([z.string(), z.boolean()]).optional(),
  default: z.unknown().optional(),
  description: z.string().optional(),
});
const inputSchema = z.looseObject({
  properties: z.record(z.string(), fieldSchema),
  required: z.array(z.string()).default([]),
});
type Field = z.output<typeof fieldSchema>;

function fieldsOf(input: z.ZodType): [string, Field, boolean][] {
  const { properties, required } = inputSchema.parse(z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }));
  return Object.entries(properties).map(([name, field]) => [name, field, required.includes(name)]);
}

const kindOf = ({ type, enum: values, const: only }: Field): string => {
  if (only !== undefined) return code(String(only));
  if (values) return codes(values);
  return (
    { string: 'text', integer: 'whole number', boolean: 'true, false', array: 'list', object: 'mapping' }[type ?? ''] ??
    'any'
  );
};

function fieldTable(fields: readonly [string, Field, boolean][]): string {
  const rows = fields.map(([name, field, required]) => {
    const fallback = field.default === undefined || field.default === '' ? '' : code(JSON.stringify(field.default));
    return [code(name), kindOf(field), required ? 'required' : fallback, field.description ?? ''];
  });
  return table(['field', 'value', 'default', 'meaning'], rows);
}

/** The same start as that of a command line, by any Temporal client. */
async function temporalStart({ type, cli }: OperationDefinition): Promise<string> {
  const start = `temporal workflow start --type ${type} --task-queue ${taskQueue}`;
  const example = cli.examples.at(-1) ?? '';
  // A spec is too long for a line.
  if (cli.arguments.some(({ field }) => field === 'spec')) return `${start} --input-file ${cli.command}.json`;
  let reached: CommandUnknownOpts | undefined;
  await bareProgram((command) => (reached = command)).parseAsync(shellWords(example).slice(1), { from: 'user' });
  if (reached === undefined || !isOperationType(type)) throw new Error(`${example} is no command of ${type}.`);
  const io = { stdout: process.stdout, stderr: process.stderr, isTTY: false, env: {}, cwd: '/' };
  const input = await operationInput(operationDefinition(type), reached, io);
  return `${start} --input '${JSON.stringify(input)}'`;
}

async function sectionOf(definition: OperationDefinition): Promise<string> {
  const own = fieldsOf(definition.input).filter(([name]) => !definition.lease || !Object.hasOwn(commonInput, name));
  return `## ${definition.type}

${definition.summary}${definition.startsRecord === true ? ' The cluster may be a new one.' : ''}

${own.length === 0 ? 'It takes the common fields alone.' : fieldTable(own)}

\`\`\`sh
${definition.cli.examples.join('\n')}
${await temporalStart(definition)}
\`\`\`
`;
}

const stepRows = (): string[][] =>
  Object.keys(steps)
    .filter(isStepKind)
    .map((kind) => {
      const { meaning, guards } = stepDefinition(kind);
      return [code(kind), meaning, codes(guards)];
    });

/** The reference page of the operations, made from their registry and that of the steps. */
export async function operationsPage(): Promise<string> {
  const definitions = Object.keys(operations).filter(isOperationType).map(operationDefinition);
  const sections: string[] = [];
  for (const definition of definitions) sections.push(await sectionOf(definition));
  return `# Operations

Each operation is a Temporal workflow on the task queue \`${taskQueue}\` that takes one JSON object.
[Operate a cluster](../operate.md) says when to use which.

${madeFrom('the registries of the program')}

## Common fields

Every operation but \`checkCluster\`, which changes nothing, takes:

${fieldTable(fieldsOf(z.strictObject(commonInput)))}

\`overrideChecks\` is a list of \`{ "check": NAME, "reason": TEXT }\`; the names are those of the [checks](checks.md).

${sections.join('\n')}
## Steps

What plans are made of. Each is an activity that looks first, does what is missing, and can be run again at any point. Its
guards are evaluated on a fresh observation right before it acts.

${table(['step', 'what it does', 'guards'], stepRows())}
`;
}
