import { posix } from 'node:path';
import { decoded, type Rows } from './rows.js';

/** The live process as the kernel tells of it; with values, so it stays here. */
export interface ProcessFacts {
  readonly pid: number;
  readonly startTime: string;
  readonly user: string;
  readonly cwd: string | null;
  readonly words: readonly string[];
  /** Null where the user may not read it. */
  readonly environment: Readonly<Record<string, string>> | null;
  readonly java: string | null;
}

const zeroEnded = (text: string): string[] => text.split('\0').filter((one) => one !== '');

const assignment = (one: string): [string, string][] => {
  const at = one.indexOf('=');
  return at <= 0 ? [] : [[one.slice(0, at), one.slice(at + 1)]];
};

export function processFacts(rows: Rows): ProcessFacts | null {
  const [pid, startTime = '', user = '', cwd = ''] = rows.all('process')[0] ?? [];
  if (pid === undefined) return null;
  const environ = rows.all('environ')[0];
  const exe = rows.first('exe') ?? '';
  return {
    pid: Number(pid),
    startTime,
    user,
    cwd: cwd === '' ? null : cwd,
    words: zeroEnded(decoded(rows.first('cmdline'))),
    environment: environ ? Object.fromEntries(zeroEnded(decoded(environ[0])).flatMap(assignment)) : null,
    java: posix.basename(exe) === 'java' ? exe : null,
  };
}

/** A property of the Java machine, the last one given. */
export function propertyOf(words: readonly string[], name: string): string | undefined {
  return words.findLast((one) => one.startsWith(`-D${name}=`))?.slice(name.length + 3);
}

/** Options that the vendor's run script gives (Community Edition, bin/run.sh), and those that are read otherwise. */
const usual: readonly RegExp[] = [
  /^-Dhivemq\./,
  /^-XX:(HeapDumpPath|ErrorFile)=/,
  /^-XX:\+(CrashOnOutOfMemoryError|HeapDumpOnOutOfMemoryError|ExitOnOutOfMemoryError)$/,
  /^-Djava\.net\.preferIPv4Stack=true$/,
  /^-Djava\.security\.egd=/,
  /^-Dcom\.sun\.management\.jmxremote/,
  /^--add-(opens|exports)(=|$)/,
];

/** Options on the command line of Java that neither JAVA_OPTS nor the vendor's run script gives. */
export function strayOptions(words: readonly string[], javaOptions: string): string[] {
  const [program = '', ...rest] = words;
  if (posix.basename(program) !== 'java') return [];
  const end = rest.indexOf('-jar');
  const given = new Set(javaOptions.split(/\s+/));
  return (end < 0 ? [] : rest.slice(0, end)).filter((one, index, all) => {
    const isValue = /^--add-(opens|exports)$/.test(all[index - 1] ?? '');
    return !isValue && !given.has(one) && !usual.some((pattern) => pattern.test(one));
  });
}
