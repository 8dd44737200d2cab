import { z } from 'zod';
import { checkNames, type ClusterCheckName, type Purpose } from '../checks/index.js';
import type { SpecChange } from '../changes/index.js';
import type { NodeChange, PlanNode, PlannedAdoption } from '../plan/index.js';
import type { PlanContext } from '../planning/index.js';
import type { RecordChange, RecordState } from '../record/index.js';
import { type ClusterSpec, version } from '../spec/index.js';

export const clusterNameSchema = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/)
  .describe('Name of the cluster.');
export const hostNameSchema = z.string().regex(/^[a-z0-9]([a-z0-9.-]{0,62})$/i);
/** As in a spec: the record keeps the version in one. */
export const versionSchema = version;

const overrideSchema = z.strictObject({
  check: z.enum(checkNames).exclude(['one-operation']).describe('Name of the check.'),
  reason: z.string().trim().min(3).max(500).describe('Why it may be passed over; kept in history and report.'),
});

/** What every operation takes besides its own input. */
export const commonInput = {
  cluster: clusterNameSchema,
  dryRun: z.boolean().default(false).describe('Observe and plan, change nothing, return the plan.'),
  approval: z
    .enum(['none', 'required'])
    .default('none')
    .describe('`required`: wait for an `approve` signal that names the plan’s hash.'),
  overrideChecks: z.array(overrideSchema).max(20).default([]).describe('Checks to pass over, each with a reason.'),
  onBusy: z.enum(['wait', 'fail']).default('wait').describe('What to do while another operation holds the cluster.'),
  reason: z.string().max(500).optional().describe('Why the operation is started; kept in its history.'),
};
/** Input of operations that bring a spec. */
export const specInput = z.strictObject({
  ...commonInput,
  spec: z.record(z.string(), z.unknown()).describe('The cluster spec, as in a spec file.'),
});
export type CommonInput = z.output<z.ZodObject<typeof commonInput>>;

/** What the generic workflow needs of any operation's input. */
export type ParsedInput = Pick<CommonInput, 'cluster'> & Partial<CommonInput> & Readonly<Record<string, unknown>>;

/** Checks that are evaluated with a plan, as before one disturbance. */
export interface PlannedChecks {
  readonly names: readonly ClusterCheckName[];
  /** The node that is disturbed, if it is one. */
  readonly target: string | null;
  readonly purpose: Purpose;
  /** Nodes that run at most at once, those that join for a while counted; default: the members. */
  readonly nodesAtOnce?: number;
}

/** What a planner gives; the rest of the plan is the same for all operations. */
export interface PlanDraft {
  readonly title: string;
  readonly changes: readonly string[];
  readonly warnings?: readonly string[];
  readonly members: readonly string[];
  readonly root: PlanNode;
  readonly difference?: readonly SpecChange[];
  readonly nodes?: readonly NodeChange[];
  readonly adoption?: PlannedAdoption;
  /** Checks evaluated with the plan, so that what cannot work is refused before anything is touched. */
  readonly checks: readonly PlannedChecks[];
  /** Told to the record when the plan begins, and when it has completed. */
  readonly accepts?: readonly RecordChange[];
  readonly completes?: readonly RecordChange[];
}

/**
 * One option of the command line: `--<flag>` fills `field` of the input; `content.url` is the key `url` of the field `content`.
 * Options may share a field; only one of them is given then.
 */
export interface CliOption {
  readonly flag: string;
  readonly field: string;
  readonly value?: string;
  /**
   * `off`: a flag that makes the field false. `file`: brought to the content store and sent as content; `base64-file`: its
   * text is decoded before. `secret`: a reference, `env:NAME` or `file:PATH`. `headers`: `NAME=` with such a reference, repeated.
   * `users`: the same, sent as a list of name and password. `fields`: a YAML file whose keys are fields of the input.
   */
  readonly type:
    | 'string'
    | 'number'
    | 'list'
    | 'flag'
    | 'off'
    | 'file'
    | 'base64-file'
    | 'secret'
    | 'headers'
    | 'users'
    | 'fields';
  readonly required?: boolean;
  readonly describe: string;
}

export interface CliShape {
  readonly command: string;
  /** The command has a module of its own, since it does more than start the operation. */
  readonly own?: boolean;
  /** Takes `--override` although it changes nothing. */
  readonly overrides?: boolean;
  /** Positional arguments in order; `file` is a spec file, read, checked and sent as `spec`. */
  readonly arguments: readonly { name: string; field: string; describe: string }[];
  readonly options: readonly CliOption[];
  readonly examples: readonly string[];
}

type InputSchema = z.ZodType<ParsedInput>;

export interface Inspection {
  readonly spec: ClusterSpec;
  readonly record: RecordState;
}

export interface OperationDefinition<Type extends string = string, Input extends InputSchema = InputSchema> {
  /** Workflow type. */
  readonly type: Type;
  /** One sentence for help and docs. */
  readonly summary: string;
  readonly input: Input;
  /** Whether it may change anything and so needs the cluster’s lease. */
  readonly lease: boolean;
  /** Whether it may start the record of a cluster that has none. */
  readonly startsRecord?: boolean;
  /** The spec is read from the hosts, as far as the input lacks it. */
  readonly readsHosts?: boolean;
  readonly cli: CliShape;
  /** The spec to work with, when it comes with the input instead of from the record; unparsed, as in a file. */
  specFromInput?(input: z.output<Input>): unknown;
  /** The spec to work with, as the record has it from another time; as the record keeps it. @throws HivekeeperError PlanRefused */
  specFromRecord?(record: RecordState, input: z.output<Input>): Readonly<Record<string, unknown>>;
  /** The spec as the input changes it, e.g. another version. */
  adjustSpec?(spec: ClusterSpec, input: z.output<Input>): ClusterSpec;
  /** Hosts that a node would be put on: they are inspected before planning. */
  preflight?(inspection: Inspection, input: z.output<Input>): string[];
  /** Whether the machine that runs the recovery tool is inspected before planning. */
  readonly needsRecoveryHost?: boolean;
  /** Nodes that the operator confirms to be gone. */
  confirmedGone?(input: z.output<Input>): string[];
  /** @throws HivekeeperError PlanRefused, UnknownNode, ConfirmationMissing */
  plan(context: PlanContext, input: z.output<Input>): PlanDraft;
}

/** Declares an operation once; workflow type, CLI command, JSON schema and docs page derive from it. */
export function defineOperation<Type extends string, Input extends InputSchema>(
  definition: OperationDefinition<Type, Input>,
): OperationDefinition<Type, Input> {
  return definition;
}
