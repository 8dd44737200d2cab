import { formatIssue, nodeHosts, type SpecWarning } from '../../../domain/spec/index.js';
import { exitCodes } from '../exit-codes.js';
import { loadSpecFile, SpecFileError, type LoadedSpec } from '../spec-file/index.js';
import { CliError } from '../cli-error.js';
import type { CliIo } from '../io.js';
import type { CommandModule } from './index.js';

const warningText = (file: string, warning: SpecWarning) => `${file}: warning: ${formatIssue(warning)}\n`;

async function printJson(file: string, io: CliIo): Promise<void> {
  const print = (result: object) => io.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  try {
    const { warnings } = await loadSpecFile(file, io);
    print({ valid: true, issues: [], warnings });
  } catch (error) {
    if (!(error instanceof SpecFileError)) throw error;
    print({ valid: false, issues: error.issues, warnings: [] });
    const count = error.issues.length;
    throw new CliError(exitCodes.usage, `${file} is not valid: ${count} ${count === 1 ? 'problem' : 'problems'}`, {
      cause: error,
    });
  }
}

function summary({ spec }: LoadedSpec): string {
  const { product, version } = spec.broker;
  return `cluster ${spec.name}, ${spec.nodes} nodes on ${nodeHosts(spec).length} hosts, ${product} ${version}`;
}

/** `hivekeeper validate FILE`: everything that is wrong with a spec, without touching any host. */
export const registerValidate: CommandModule = (program, io) => {
  program
    .command('validate')
    .summary('check a cluster spec')
    .description(
      'Checks a cluster spec without touching any host. Each problem is one line: file, line, column, key, reason.',
    )
    .argument('<file>', 'cluster spec, YAML or JSON')
    .option('--json', 'print the result as JSON', false)
    .action(async (file, { json }) => {
      if (json) return printJson(file, io);
      const loaded = await loadSpecFile(file, io);
      loaded.warnings.forEach((warning) => io.stderr.write(warningText(file, warning)));
      io.stdout.write(`${file} is valid: ${summary(loaded)}\n`);
    });
};
