import type { CliOption, OperationDefinition, ParsedInput } from './define-operation.js';

/** Words that a shell takes as they are. */
const plain = /^[A-Za-z0-9_@%+=:,./-]+$/;
const quoted = (text: string): string => (plain.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

/**
 * The command line that starts an operation with this input again. What came from a file stands there as FILE, and what
 * the spec of the record knows better is left out: it is for people to read, complete and type.
 */
export function commandLine({ cli }: OperationDefinition, input: ParsedInput): string {
  const words = cli.arguments.map(({ field }) => {
    const value = input[field];
    return field === 'spec' || value === undefined ? 'FILE' : textOf(value);
  });
  const { overrideChecks = [], approval, reason } = input;
  return [
    `hivekeeper ${cli.command}`,
    ...words,
    ...cli.options.flatMap((option) => optionWords(option, valueOf(input, option.field))),
    ...overrideChecks.flatMap(({ check, reason: why }) => ['--override', quoted(`${check}=${why}`)]),
    ...(approval === 'required' ? ['--approval', 'required'] : []),
    ...(reason === undefined ? [] : ['--reason', quoted(reason)]),
  ].join(' ');
}

const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? quoted(String(value)) : 'VALUE';

/** `content.url` is the key `url` of the field `content`. */
function valueOf(input: ParsedInput, path: string): unknown {
  const [outer = path, inner] = path.split('.');
  const value = input[outer];
  if (inner === undefined) return value;
  return typeof value === 'object' && value !== null ? Reflect.get(value, inner) : undefined;
}

function optionWords({ flag, type, value: placeholder = 'VALUE' }: CliOption, value: unknown): string[] {
  switch (type) {
    case 'flag':
      return value === true ? [`--${flag}`] : [];
    case 'off':
      return value === false ? [`--${flag}`] : [];
    case 'list':
      return Array.isArray(value) ? value.flatMap((one) => [`--${flag}`, quoted(String(one))]) : [];
    case 'string':
    case 'number':
      return typeof value === 'string' || typeof value === 'number' ? [`--${flag}`, quoted(String(value))] : [];
    case 'file':
      // One that is downloaded has options of its own.
      return typeof value === 'object' && value !== null && !('url' in value) ? [`--${flag}`, placeholder] : [];
    case 'secret':
    case 'headers':
    case 'users':
    case 'fields':
      return value === undefined ? [] : [`--${flag}`, placeholder];
    case 'base64-file':
      return [];
  }
}
