import { type CommandUnknownOpts, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { type CheckName, checkNames } from '../../../../domain/checks/index.js';
import type { CliOption, OperationDefinition } from '../../../../domain/operations/index.js';
import { nearestName } from '../../../../domain/spec/known-keys.js';

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It needs a whole number.');
  return Number(text);
}

const gather = (text: string, before: unknown): string[] => [
  ...(Array.isArray(before) ? before.map(String) : []),
  text,
];

/** Whether the option names a file that is brought to the worker. */
export const isFileOption = ({ type }: Pick<CliOption, 'type'>): boolean => type === 'file' || type === 'base64-file';

/** Content as an option names it, before it is brought to the worker. */
export interface FileContent {
  readonly file: string;
}

/** `env:NAME` or `file:PATH`, both at the worker; never the secret itself, which others could read in the list of processes. */
function secretReference(text: string): Record<string, string> {
  const [, kind, name] = /^(env|file):(.+)$/.exec(text) ?? [];
  if (kind === undefined || name === undefined) {
    throw new InvalidArgumentError('It needs a reference, env:NAME or file:PATH, never the secret itself.');
  }
  return { [kind]: name };
}

/** `NAME=env:TOKEN`: what a header says may be a credential, so that its value comes by reference. */
function header(text: string, before: unknown): Record<string, unknown> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('It needs the form NAME=env:TOKEN or NAME=file:PATH.');
  const others = typeof before === 'object' && before !== null ? before : {};
  return { ...others, [text.slice(0, at)]: secretReference(text.slice(at + 1)) };
}

interface GivenUser {
  readonly name: string;
  readonly password: Record<string, string>;
}
const isGivenUser = (value: unknown): value is GivenUser =>
  typeof value === 'object' && value !== null && 'name' in value && 'password' in value;

/** `NAME=env:PASSWORD`. */
function user(text: string, before: unknown): GivenUser[] {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('It needs the form NAME=env:PASSWORD or NAME=file:PATH.');
  if (text.slice(at + 1).trim().length < leastReason)
    throw new InvalidArgumentError(`A reason has ${leastReason} characters at least.`);
  const others: unknown[] = Array.isArray(before) ? before : [];
  return [...others.filter(isGivenUser), { name: text.slice(0, at), password: secretReference(text.slice(at + 1)) }];
}

/** One option that an operation declares. */
export function operationOption({ flag, value = 'VALUE', type, required, describe }: CliOption): Option {
  if (type === 'flag' || type === 'off') return new Option(`--${flag}`, describe);
  const option = new Option(`--${flag} <${value}>`, describe).makeOptionMandatory(required === true);
  if (type === 'number') option.argParser(wholeNumber);
  if (type === 'list') option.argParser(gather);
  if (type === 'secret') option.argParser(secretReference);
  if (type === 'headers') option.argParser(header);
  if (type === 'users') option.argParser(user);
  if (isFileOption({ type })) option.argParser((file): FileContent => ({ file }));
  return option;
}

interface Override {
  readonly check: string;
  readonly reason: string;
}

const overridable = checkNames.filter((name): name is Exclude<CheckName, 'one-operation'> => name !== 'one-operation');

/** Shorter ones say nothing to whoever reads the report. */
const leastReason = 3;

/** `check=reason`; an unknown check is named with its nearest neighbour. */
function override(text: string, before: unknown): Override[] {
  const at = text.indexOf('=');
  const check = text.slice(0, at);
  if (at < 1 || text.slice(at + 1).trim() === '') throw new InvalidArgumentError('It needs the form check=reason.');
  if (!overridable.some((name) => name === check)) {
    const near = nearestName(check, overridable);
    throw new InvalidArgumentError(
      near === undefined ? `Checks are ${overridable.join(', ')}.` : `Did you mean ${near}?`,
    );
  }
  const others: unknown[] = Array.isArray(before) ? before : [];
  return [...others.filter(isOverride), { check, reason: text.slice(at + 1).trim() }];
}

function nonEmpty(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('It needs a reason.');
  return text.trim();
}

const isOverride = (value: unknown): value is Override =>
  typeof value === 'object' && value !== null && 'check' in value && 'reason' in value;

const overrideOption = (): Option =>
  new Option(
    '--override <check=reason>',
    'pass over a check that fails; the reason is kept; may be repeated',
  ).argParser(override);

/** The options that every operation has which may change something. */
function leaseOptions(): Option[] {
  return [
    new Option('--dry-run', 'observe and plan, change nothing, print the plan'),
    new Option('--approval <when>', 'required: wait for `hivekeeper approve` before anything is done').choices([
      'none',
      'required',
    ]),
    overrideOption(),
    new Option('--on-busy <what>', 'what to do while another operation holds the cluster; default: wait').choices([
      'wait',
      'fail',
    ]),
    new Option('--wait', 'show the progress until it has ended; Ctrl-C only ends the showing'),
  ];
}

/** For operations that may restart or remove nodes, and so wait for a maintenance window where the policy names one. */
const nowOption = (): Option =>
  new Option(
    '--now <reason>',
    'do not wait for a maintenance window; short for --override maintenance-window=<reason>',
  ).argParser(nonEmpty);

/** For operations that take a spec file: what it names beside it is brought to the worker. */
export const dataOption = (): Option =>
  new Option(
    '--data <folder>',
    'data folder of the worker, for files that the spec names; default: ~/.hivekeeper/data',
  );

const takesFiles = ({ cli }: OperationDefinition): boolean =>
  cli.arguments.some(({ field }) => field === 'spec') || cli.options.some(isFileOption);

/** Adds what is the same for all operations, as far as this one takes it. */
export function addCommonOptions(command: CommandUnknownOpts, definition: OperationDefinition): void {
  const options = [
    ...(takesFiles(definition) ? [dataOption()] : []),
    ...(definition.lease ? leaseOptions() : []),
    ...(definition.cli.overrides === true ? [overrideOption()] : []),
    // An adoption disturbs no node.
    ...(definition.lease && definition.readsHosts !== true ? [nowOption()] : []),
    new Option('--reason <text>', 'why it is started; kept in its history'),
    new Option('--json', 'print JSON, and nothing else, on stdout'),
  ];
  options.forEach((option) => command.addOption(option));
}
