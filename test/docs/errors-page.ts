import { exitCodeMeanings, exitCodeOf } from '../../src/client/cli/exit-codes.js';
import { errorKinds, isErrorKind } from '../../src/domain/errors/index.js';
import { code, madeFrom, table } from './markdown.js';

const kinds = Object.keys(errorKinds).filter(isErrorKind);

/** The reference page of the errors, made from their registry. */
export const errorsPage = (): string => `# Errors

The kind of an error is the \`type\` of the failure in Temporal, \`error.kind\` in what \`--json\` prints, and decides the exit
code of the command. Its message names the cluster or node, what was expected, what was found and what to do next. No
message holds the value of a secret.

${madeFrom('the registry of errors')}

Where the last column says "by itself", the step is tried again without anybody acting, up to 20 times, and the operation goes
on when the cause is gone. Otherwise the operation ends: put right what the message names and run the same command again; it
looks at the cluster anew and does what is left.

${table(
  ['kind', 'meaning', 'exit code', 'tried again'],
  kinds.map((kind) => [
    code(kind),
    errorKinds[kind].meaning,
    String(exitCodeOf(kind)),
    errorKinds[kind].retryable ? 'by itself' : '',
  ]),
)}

## Exit codes

${table(
  ['code', 'meaning'],
  Object.entries(exitCodeMeanings).map(([exit, meaning]) => [exit, meaning]),
)}
`;
