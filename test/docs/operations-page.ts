import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { z } from 'zod';
import { operationInput } from '../../src/client/cli/commands/operations/operation-input.js';
import { CliError } from '../../src/client/cli/cli-error.js';
import { isHivekeeperError } from '../../src/domain/errors/index.js';
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
async function temporalStart(definition: OperationDefinition): Promise<string> {
  const { type, cli } = definition;
  const start = `temporal workflow start --type ${type} --task-queue ${taskQueue}`;
  const inputs = await Promise.all(cli.examples.map((example) => inputOf(definition, example)));
  const input = inputs.findLast((one) => one !== null);
  if (input === undefined) return `${start} --input-file ${cli.command}.json`;
  return `${start} --input '${JSON.stringify(input)}'`;
}

/** What an example starts its operation with; null where that takes files, a spec among them. */
async function inputOf(definition: OperationDefinition, example: string): Promise<Record<string, unknown> | null> {
  // A spec is too long for a line.
  if (definition.cli.arguments.some(({ field }) => field === 'spec')) return null;
  let reached: CommandUnknownOpts | undefined;
  await bareProgram((command) => (reached = command)).parseAsync(shellWords(example).slice(1), { from: 'user' });
  if (reached === undefined) throw new Error(`${example} is no command of ${definition.type}.`);
  const io = { stdout: process.stdout, stderr: process.stderr, isTTY: false, env: {}, cwd: '/' };
  try {
    const input = await operationInput(definition, reached, io);
    // The id of an operation begins with its cluster.
    const cluster = input['cluster'] ?? reached.args[0]?.split('/')[0];
    return { cluster, ...input };
  } catch (error) {
    if (error instanceof CliError || isHivekeeperError(error, 'InvalidInput')) return null;
    throw error;
  }
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
