/** What the recovery tool is asked to do. */
export interface Arguments {
  imports: string[];
  export: string;
  threads: number | undefined;
  sessionsOnly: boolean;
}

/** A wrong command line; its message goes to the user. */
export class UsageError extends Error {}

const names: Record<string, 'import' | 'export' | 'threads' | 'sessions' | 'internal'> = {
  '-i': 'import',
  '--import': 'import',
  '-e': 'export',
  '--export': 'export',
  '-t': 'threads',
  '--threads': 'threads',
  '-so': 'sessions',
  '--sessions-only': 'sessions',
  '-io': 'internal',
  '--internal-option': 'internal',
};

function valuesAfter(args: readonly string[], from: number): string[] {
  const end = args.findIndex((arg, index) => index >= from && arg.startsWith('-'));
  return args.slice(from, end < 0 ? undefined : end);
}

/**
 * The parameters of the vendor's table "Available HiveMQ Recovery Tool parameters": several paths may follow one -i, and
 * -i may be repeated; -so stands alone or with true or false; `-io=key=value` is accepted and has no effect here.
 * @throws UsageError
 */
export function parseArguments(args: readonly string[]): Arguments {
  const result: Arguments = { imports: [], export: '', threads: undefined, sessionsOnly: false };
  let at = 0;
  while (at < args.length) {
    const [flag, inline] = /^(--?[a-z-]+)=(.*)$/.exec(args[at] ?? '')?.slice(1) ?? [args[at] ?? ''];
    const name = names[flag ?? ''];
    if (!name) throw new UsageError(`Unknown parameter '${args[at] ?? ''}'.`);
    const values = inline === undefined ? valuesAfter(args, at + 1) : [inline];
    at += 1 + (inline === undefined ? values.length : 0);
    const [first] = values;
    if (name === 'sessions') result.sessionsOnly = first !== 'false';
    else if (first === undefined) throw new UsageError(`Parameter '${flag ?? ''}' needs a value.`);
    else if (name === 'import') result.imports.push(...values);
    else if (name === 'export') result.export = first;
    else if (name === 'threads') result.threads = Number(first);
  }
  if (result.imports.length === 0) throw new UsageError("Missing required parameter '-i' (--import).");
  if (result.export === '') throw new UsageError("Missing required parameter '-e' (--export).");
  if (result.threads !== undefined && !(result.threads >= 1))
    throw new UsageError("Parameter '-t' needs a number of at least 1.");
  return result;
}
